// Do the elements show what was answered, to everybody, and say why when there is nothing to show?

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, beforeEach, test } from "node:test";
import { galleryPage, startGallery } from "./gallery.mjs";
import { LARGE_DIGITS } from "./gallery_answers.mjs";
import { launchBrowser } from "../support/browser.mjs";

const ASKED = 'analysis="count" collection="sales" timeframe="this_60_days"';
const STEPS = JSON.stringify(["visits", "carts", "orders", "reviews"].map((name) => ({ event_collection: name, actor_property: "user" })));
const CHARTS = {
  line: `${ASKED} interval="daily" group-by="country"`,
  area: `${ASKED} interval="daily"`,
  bar: `${ASKED} group-by="country"`,
  stacked: `${ASKED} interval="daily" group-by="country"`,
  "horizontal-bar": `${ASKED} group-by="country"`,
  pie: 'saved-query="by_country"',
  donut: `${ASKED} group-by="country"`,
  funnel: `analysis="funnel" timeframe="this_7_days" steps='${STEPS}'`,
  heatmap: `${ASKED} group-by="hour,day"`,
};
let gallery;
let browser;

before(async () => {
  gallery = await startGallery();
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await gallery?.close();
});
beforeEach(() => {
  gallery.asked.length = 0;
  gallery.answer = undefined;
});

/** A page with these elements; `complaints` gathers what the browser's console complains of. */
async function open(elements, { width = 1280, colorScheme = "light", ...page } = {}) {
  gallery.html = galleryPage(gallery.url, elements, page);
  const opened = await browser.newPage({ viewport: { width, height: 900 }, colorScheme, reducedMotion: "reduce" });
  const complaints = [];
  opened.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
  opened.on("pageerror", (error) => complaints.push(String(error)));
  await opened.goto(gallery.url);
  return Object.assign(opened, { complaints });
}

const reach = (page, tag, state) => page.waitForSelector(`${tag}[data-state="${state}"]`);
const tableText = (page, tag) =>
  page.$eval(tag, (element) => [...element.shadowRoot.querySelectorAll("tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent)));

/** How many pixels of the chart's canvas have which colour, in the part from `from` to `to` of its width. */
const colours = (page, tag, from = 0, to = 1) =>
  page.$eval(
    tag,
    (element, [begin, end]) => {
      const canvas = element.shadowRoot.querySelector("canvas");
      const left = Math.round(canvas.width * begin);
      const { data } = canvas.getContext("2d").getImageData(left, 0, Math.round(canvas.width * end) - left, canvas.height);
      const found = {};
      for (let at = 0; at < data.length; at += 4) {
        if (data[at + 3] < 255) continue;
        const colour = data.slice(at, at + 3).join();
        found[colour] = (found[colour] ?? 0) + 1;
      }
      return found;
    },
    [from, to],
  );

const mostOf = (found) => Object.keys(found).reduce((most, colour) => (found[colour] > found[most] ? colour : most));

for (const [type, attributes] of Object.entries(CHARTS)) {
  test(`a chart of the type ${type} is drawn by its attributes alone, under a strict policy`, async () => {
    const page = await open(`<keyhole-chart type="${type}" heading="Sales" ${attributes}></keyhole-chart>`);
    await reach(page, "keyhole-chart", "ready");
    const drawn = Object.values(await colours(page, "keyhole-chart")).reduce((sum, count) => sum + count, 0);
    assert.ok(drawn > 500, `${drawn} pixels are drawn`);
    assert.ok((await tableText(page, "keyhole-chart")).length > 0);
    assert.deepEqual(page.complaints, []);
    await page.close();
  });
}

test("on a narrow page nothing scrolls sideways", async () => {
  const all = Object.entries(CHARTS).map(([type, attributes]) => `<keyhole-chart type="${type}" heading="${type}" ${attributes}></keyhole-chart>`);
  const page = await open(`${all.join("")}<keyhole-table heading="t" analysis="extraction" collection="a" timeframe="today"></keyhole-table>`, { width: 390 });
  await page.waitForFunction((count) => document.querySelectorAll('[data-state="ready"]').length === count, all.length + 1);
  const [content, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(content <= room, `${content} px of content in ${room} px`);
  await page.close();
});

test("the question is that of the attributes, sent with the connection's key", async () => {
  const filters = [{ property_name: "plan", operator: "eq", property_value: "pro" }];
  const page = await open(
    `<keyhole-chart ${ASKED} interval="daily" group-by="a, b" timezone="Europe/Warsaw" limit="3" filters='${JSON.stringify(filters)}'></keyhole-chart>
     <keyhole-chart saved-query="by_country"></keyhole-chart>
     <keyhole-chart dataset="per customer" index-by='{"customer.id":"acme"}' timeframe="this_7_days"></keyhole-chart>`,
  );
  await page.waitForFunction(() => document.querySelectorAll('[data-state="ready"]').length === 3);
  const [posted] = gallery.asked.filter(({ json }) => json);
  const project = "/3.0/projects/0123456789abcdef01234567";
  assert.equal(posted.path, `${project}/queries/count`);
  assert.equal(posted.key, "kh_gallery");
  assert.deepEqual(posted.json, {
    event_collection: "sales",
    timeframe: "this_60_days",
    interval: "daily",
    group_by: ["a", "b"],
    timezone: "Europe/Warsaw",
    limit: 3,
    filters,
  });
  const paths = gallery.asked.filter(({ json }) => !json).map(({ path }) => path).sort();
  assert.deepEqual(paths, [
    `${project}/datasets/per%20customer/results?index_by=%7B%22customer.id%22%3A%22acme%22%7D&timeframe=this_7_days`,
    `${project}/queries/saved/by_country/result`,
  ]);
  await page.close();
});

test("a chart is there for who cannot see it: its numbers as a table, its places by the arrow keys", async () => {
  const page = await open(`<keyhole-chart heading="By country" type="bar" null-label="Unknown" ${ASKED} group-by="country"></keyhole-chart>`);
  await reach(page, "keyhole-chart", "ready");
  const rows = await tableText(page, "keyhole-chart");
  assert.deepEqual(rows[0], ["Poland", "900"]);
  assert.deepEqual(rows[4], ["Unknown", "140"]);
  const chart = page.getByRole("img", { name: "By country: 5 values" });
  assert.match(await chart.getAttribute("aria-label"), /Highest: Poland, 900\./);
  await chart.focus();
  const said = () => page.$eval("keyhole-chart", (element) => element.shadowRoot.querySelector("[aria-live]").textContent);
  await page.keyboard.press("ArrowRight");
  assert.equal(await said(), "Poland: 900");
  await page.keyboard.press("ArrowRight");
  assert.equal(await said(), "Germany: 710");
  await page.keyboard.press("End");
  assert.equal(await said(), "Unknown: 140");
  await page.keyboard.press("Escape");
  assert.equal(await said(), "");
  await page.close();
});

test("the menu opens, walks and closes by keyboard, and turns the chart into a table", async () => {
  const page = await open(`<keyhole-chart heading="By country" ${ASKED} group-by="country"></keyhole-chart>`);
  await reach(page, "keyhole-chart", "ready");
  const button = page.getByRole("button", { name: "Actions" });
  await button.focus();
  await page.keyboard.press("Enter");
  assert.equal(await button.getAttribute("aria-expanded"), "true");
  await page.keyboard.press("Escape");
  assert.equal(await button.getAttribute("aria-expanded"), "false");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await page.getByRole("cell", { name: "900" }).waitFor();
  assert.equal(await page.locator("canvas").count(), 0);
  await button.click();
  await page.getByRole("button", { name: "Show as chart" }).click();
  await page.locator("canvas").waitFor();
  await page.close();
});

test("loading, empty, refused and failed look as what they are; trying again helps", async () => {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  const answersOf = {
    slow: () => held.then(() => undefined),
    nothing: () => ({ json: { result: [] } }),
    secret: () => ({ status: 403, json: { message: "This key may not read `secret`.", error_code: "RequestForbiddenError" } }),
    broken: () => ({ status: 400, json: { message: "At /timeframe: no.", error_code: "TimeframeDefinitionError" } }),
  };
  gallery.answer = ({ json }) => answersOf[json.event_collection]?.();
  const page = await open(
    Object.keys(answersOf).map((name) => `<keyhole-chart id="${name}" analysis="count" collection="${name}" timeframe="today" group-by="country"></keyhole-chart>`).join(""),
  );
  await reach(page, "#slow", "loading");
  assert.equal(await page.getAttribute("#slow", "aria-busy"), "true");
  await reach(page, "#nothing", "empty");
  await reach(page, "#secret", "forbidden");
  await page.getByText("This key may not read `secret`.").waitFor();
  await reach(page, "#broken", "error");
  assert.equal(await page.getByRole("alert").textContent(), "At /timeframe: no.");
  release();
  await reach(page, "#slow", "ready");
  assert.equal(await page.getAttribute("#slow", "aria-busy"), null);
  gallery.answer = undefined;
  await page.getByRole("button", { name: "Try again" }).click();
  await reach(page, "#broken", "ready");
  await page.close();
});

test("an attribute that means nothing is said, not guessed", async () => {
  const page = await open(
    `<keyhole-chart type="sunburst" ${ASKED}></keyhole-chart><keyhole-table ${ASKED} filters="[{"></keyhole-table><keyhole-metric ${ASKED} number-format="{"></keyhole-metric>`,
  );
  for (const tag of ["keyhole-chart", "keyhole-table", "keyhole-metric"]) await reach(page, tag, "error");
  await page.getByText("type is one of line, area").waitFor();
  await page.getByText("filters is not JSON").waitFor();
  await page.getByText("number-format is not JSON").waitFor();
  await page.close();
});

test("a metric shows the whole number to who asks, and compares with the time before in one question", async () => {
  const page = await open(
    `<keyhole-metric heading="Sales" ${ASKED.replace("this_60_days", "this_7_days")} compare better="up"></keyhole-metric>`,
  );
  await reach(page, "keyhole-metric", "ready");
  assert.equal(await page.locator("[data-value]").getAttribute("data-value"), "1840");
  assert.equal(await page.locator("[data-change]").textContent(), "up 26% on the time before");
  assert.equal(await page.locator("[data-tone]").getAttribute("data-tone"), "good");
  assert.deepEqual(gallery.asked.map(({ json }) => json), [
    { event_collection: "sales", timeframe: "this_14_days", interval: "every_7_days" },
  ]);
  await page.close();
});

test("with an absolute timeframe a metric is compared with as long a time before", async () => {
  gallery.answer = ({ json }) => ({ json: { result: json.timeframe.start.startsWith("2026-02") ? 5 : null } });
  const timeframe = JSON.stringify({ start: "2026-02-01T00:00:00Z", end: "2026-02-15T00:00:00Z" });
  const page = await open(`<keyhole-metric analysis="maximum" collection="a" target-property="b" timeframe='${timeframe}' compare></keyhole-metric>`);
  await reach(page, "keyhole-metric", "ready");
  assert.deepEqual(gallery.asked.map(({ json }) => json.timeframe).find(({ end }) => end.startsWith("2026-02-01")), {
    start: "2026-01-18T00:00:00.000Z",
    end: "2026-02-01T00:00:00.000Z",
  });
  assert.equal(await page.locator(".change").textContent(), "none in the time before");
  await page.close();
});

test("a null stays null: a gap in a line, a dash in a table, nothing in a file", async () => {
  const page = await open(`<keyhole-chart heading="Sales" ${ASKED} interval="daily"></keyhole-chart>`);
  await reach(page, "keyhole-chart", "ready");
  assert.equal((await tableText(page, "keyhole-chart"))[30][1], "—");
  const [sheet, csv] = await page.$eval("keyhole-chart", (element) => [element.sheet.rows[30][1], element.toCsv()]);
  assert.equal(sheet, null);
  assert.equal(csv.split("\r\n")[31], "2026-01-31T00:00:00.000Z,2026-02-01T00:00:00.000Z,");
  await page.close();
});

test("a table sorts by any column with the missing last, and turns its pages", async () => {
  const page = await open(`<keyhole-table heading="Orders" columns="order.id,price,order.number" analysis="extraction" collection="a" timeframe="today"></keyhole-table>`);
  await reach(page, "keyhole-table", "ready");
  const column = async (at) => (await tableText(page, "keyhole-table")).map((row) => row[at]);
  assert.equal((await column(0)).length, 10);
  const sort = page.getByRole("button", { name: "price" });
  await sort.click();
  assert.deepEqual((await column(1)).slice(0, 3), ["3.25", "6.5", "9.75"]);
  assert.equal(await page.getByRole("columnheader", { name: "price" }).getAttribute("aria-sort"), "ascending");
  assert.equal(await page.evaluate(() => document.activeElement.shadowRoot.activeElement.textContent), "price▴");
  await page.keyboard.press("Enter");
  assert.deepEqual((await column(1)).slice(0, 2), ["71.5", "68.25"]);
  await page.getByRole("button", { name: "Next page" }).click();
  await page.getByRole("button", { name: "Next page" }).click();
  assert.deepEqual(await column(1), ["—", "—", "—"]);
  await page.getByText("21–23 of 23").waitFor();
  assert.equal(await page.getByRole("button", { name: "Next page" }).isDisabled(), true);
  await page.close();
});

test("a file holds every row as it was answered, every digit and every quote", async () => {
  const page = await open(`<keyhole-table heading="All orders!" analysis="extraction" collection="a" timeframe="today"></keyhole-table>`);
  await reach(page, "keyhole-table", "ready");
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Actions" }).click();
  await page.getByRole("button", { name: "Download CSV" }).click();
  const download = await downloading;
  assert.equal(download.suggestedFilename(), "All-orders.csv");
  const lines = readFileSync(await download.path(), "utf8").split("\r\n");
  assert.equal(lines[0], "keen.timestamp,order.id,order.number,price,tags,note");
  assert.equal(lines[3], `2026-01-03T00:00:00.000Z,A-102,${LARGE_DIGITS},6.5,"[""new"",""<b>""]","She said ""yes"", twice"`);
  assert.equal(lines[4].split(",")[2], "");
  assert.equal(lines.length, 23 + 2);
  await page.close();
});

test("a picture holds the chart on its background", async () => {
  const page = await open(`<keyhole-chart heading="By country" ${ASKED} group-by="country"></keyhole-chart>`);
  await reach(page, "keyhole-chart", "ready");
  const [bytes, corner] = await page.$eval("keyhole-chart", async (element) => {
    const blob = await element.toPng();
    const bitmap = await createImageBitmap(blob);
    const brush = Object.assign(document.createElement("canvas"), { width: bitmap.width, height: bitmap.height }).getContext("2d");
    brush.drawImage(bitmap, 0, 0);
    return [[...new Uint8Array(await blob.arrayBuffer()).slice(1, 4)], [...brush.getImageData(0, 0, 1, 1).data]];
  });
  assert.equal(String.fromCharCode(...bytes), "PNG");
  assert.deepEqual(corner, [255, 255, 255, 255]);
  await page.close();
});

test("charts follow the colours of the page: another scheme, or another custom property", async () => {
  const page = await open(`<keyhole-chart type="bar" ${ASKED} group-by="country"></keyhole-chart>`);
  await reach(page, "keyhole-chart", "ready");
  assert.equal(mostOf(await colours(page, "keyhole-chart")), "42,99,196");
  await page.evaluate(() => (document.documentElement.style.colorScheme = "dark"));
  await page.waitForTimeout(300);
  assert.equal(mostOf(await colours(page, "keyhole-chart")), "116,167,255");
  await page.evaluate(() => document.documentElement.style.setProperty("--keyhole-accent", "rgb(1, 120, 3)"));
  await page.waitForTimeout(300);
  assert.equal(mostOf(await colours(page, "keyhole-chart")), "1,120,3");
  await page.close();
});

test("in a language from right to left charts begin at the right, and the arrow keys know", async () => {
  const largestAt = async (dir) => {
    const page = await open(`<keyhole-chart type="bar" ${ASKED} group-by="country"></keyhole-chart>`, { dir, lang: dir === "rtl" ? "ar" : "en" });
    await reach(page, "keyhole-chart", "ready");
    const [left, right] = [await colours(page, "keyhole-chart", 0, 0.5), await colours(page, "keyhole-chart", 0.5, 1)];
    await page.getByRole("img").focus();
    await page.keyboard.press(dir === "rtl" ? "ArrowLeft" : "ArrowRight");
    await page.keyboard.press(dir === "rtl" ? "ArrowLeft" : "ArrowRight");
    const said = await page.$eval("keyhole-chart", (element) => element.shadowRoot.querySelector("[aria-live]").textContent);
    await page.close();
    assert.match(said, /^Germany/);
    return left["42,99,196"] > right["42,99,196"] ? "left" : "right";
  };
  assert.equal(await largestAt("ltr"), "left");
  assert.equal(await largestAt("rtl"), "right");
});

test("a live tile asks again, not while the page is hidden, and keeps what it shows when that fails", async () => {
  const page = await open(`<keyhole-metric ${ASKED} refresh="0.2"></keyhole-metric>`);
  await reach(page, "keyhole-metric", "ready");
  while (gallery.asked.length < 3) await page.waitForTimeout(50);
  const hide = (hidden) =>
    page.evaluate((value) => {
      Object.defineProperty(document, "hidden", { value, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
  await hide(true);
  await page.waitForTimeout(300);
  const asked = gallery.asked.length;
  await page.waitForTimeout(600);
  assert.equal(gallery.asked.length, asked);
  gallery.answer = () => ({ status: 400, json: { message: "No.", error_code: "InvalidRequestError" } });
  await hide(false);
  await page.getByText(/Shown as of .*refreshing failed/).waitFor();
  assert.equal(await page.locator("[data-value]").getAttribute("data-value"), "1840");
  gallery.answer = () => ({ json: { result: 7 } });
  await page.waitForSelector('[data-value="7"]');
  assert.equal(await page.getByText(/refreshing failed/).isVisible(), false);
  await page.close();
});

test("a property says more than attributes, set before or after the tag is known; an answer needs no question", async () => {
  const page = await open("");
  await page.evaluate(() => {
    const element = Object.assign(document.createElement("keyhole-chart"), {
      query: { analysisType: "count", eventCollection: "sales", timeframe: "today", groupBy: "country" },
      labels: { Poland: "Polska" },
    });
    document.querySelector("keyhole-connection").append(element);
  });
  await reach(page, "keyhole-chart", "ready");
  assert.equal((await tableText(page, "keyhole-chart"))[0][0], "Polska");
  await page.evaluate(() => {
    const element = document.querySelector("keyhole-chart");
    element.answer = { result: [{ country: "x", result: 12345678901234567890n }] };
  });
  await page.getByText("12,345,678,901,234,567,890").first().waitFor({ state: "attached" });
  assert.equal(gallery.asked.length, 1);
  await page.close();
});
