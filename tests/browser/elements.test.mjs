// Do the elements show what was answered, to everybody, and say why when there is nothing to show?

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ASKED, colours, gallery, mostOf, open, reach, tableText } from "./elements_page.mjs";

const STEPS = JSON.stringify(
  ["visits", "carts", "orders", "reviews"].map((name) => ({ event_collection: name, actor_property: "user" })),
);
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
  const all = Object.entries(CHARTS).map(
    ([type, attributes]) => `<keyhole-chart type="${type}" heading="${type}" ${attributes}></keyhole-chart>`,
  );
  const page = await open(
    `${all.join("")}<keyhole-table heading="t" analysis="extraction" collection="a" timeframe="today"></keyhole-table>`,
    { width: 390 },
  );
  await page.waitForFunction(
    (count) => document.querySelectorAll('[data-state="ready"]').length === count,
    all.length + 1,
  );
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
  const paths = gallery.asked
    .filter(({ json }) => !json)
    .map(({ path }) => path)
    .sort();
  assert.deepEqual(paths, [
    `${project}/datasets/per%20customer/results?index_by=%7B%22customer.id%22%3A%22acme%22%7D&timeframe=%22this_7_days%22`,
    `${project}/queries/saved/by_country/result`,
  ]);
  await page.close();
});

test("a chart is there for who cannot see it: its numbers as a table, its places by the arrow keys", async () => {
  const page = await open(
    `<keyhole-chart heading="By country" type="bar" null-label="Unknown" ${ASKED} group-by="country"></keyhole-chart>`,
  );
  await reach(page, "keyhole-chart", "ready");
  const rows = await tableText(page, "keyhole-chart");
  assert.deepEqual(rows[0], ["Poland", "900"]);
  assert.deepEqual(rows[4], ["Unknown", "140"]);
  const chart = page.getByRole("img", { name: "By country: 5 values" });
  assert.match(await chart.getAttribute("aria-label"), /Highest: Poland, 900\./);
  await chart.focus();
  const said = () =>
    page.$eval("keyhole-chart", (element) => element.shadowRoot.querySelector("[aria-live]").textContent);
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
    secret: () => ({
      status: 403,
      json: { message: "This key may not read `secret`.", error_code: "RequestForbiddenError" },
    }),
    broken: () => ({ status: 400, json: { message: "At /timeframe: no.", error_code: "TimeframeDefinitionError" } }),
  };
  gallery.answer = ({ json }) => answersOf[json.event_collection]?.();
  const page = await open(
    Object.keys(answersOf)
      .map(
        (name) =>
          `<keyhole-chart id="${name}" analysis="count" collection="${name}" timeframe="today" group-by="country"></keyhole-chart>`,
      )
      .join(""),
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

test("charts that could not be loaded are said to be missing, and are there once the network is", async () => {
  const page = await open("");
  await page.route("**/chart-engine.js", (route) => route.abort());
  await page.$eval(
    "keyhole-connection",
    (connection, html) => connection.insertAdjacentHTML("beforeend", html),
    `<keyhole-chart ${ASKED}></keyhole-chart><keyhole-metric ${ASKED}></keyhole-metric>`,
  );
  await reach(page, "keyhole-metric", "ready");
  await reach(page, "keyhole-chart", "error");
  assert.equal(await page.getByRole("alert").textContent(), "The chart could not be loaded.");
  await page.unroute("**/chart-engine.js");
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await reach(page, "keyhole-chart", "ready");
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
    const page = await open(`<keyhole-chart type="bar" ${ASKED} group-by="country"></keyhole-chart>`, {
      dir,
      lang: dir === "rtl" ? "ar" : "en",
    });
    await reach(page, "keyhole-chart", "ready");
    const [left, right] = [await colours(page, "keyhole-chart", 0, 0.5), await colours(page, "keyhole-chart", 0.5, 1)];
    await page.getByRole("img").focus();
    await page.keyboard.press(dir === "rtl" ? "ArrowLeft" : "ArrowRight");
    await page.keyboard.press(dir === "rtl" ? "ArrowLeft" : "ArrowRight");
    const said = await page.$eval(
      "keyhole-chart",
      (element) => element.shadowRoot.querySelector("[aria-live]").textContent,
    );
    await page.close();
    assert.match(said, /^Germany/);
    return left["42,99,196"] > right["42,99,196"] ? "left" : "right";
  };
  assert.equal(await largestAt("ltr"), "left");
  assert.equal(await largestAt("rtl"), "right");
});

test("the dashboard of the README is one", async () => {
  const readme = readFileSync(new URL("../../sdk/npm/README.md", import.meta.url), "utf8");
  const [, html] = /```html\n([^]*?)```/.exec(readme);
  const placed = html
    .replace("https://analytics.example.com", gallery.url)
    .replace('"PROJECT_ID"', '"0123456789abcdef01234567"');
  const page = await open(placed);
  await page.waitForFunction(() => document.querySelectorAll('[data-state="ready"]').length === 4);
  assert.deepEqual(page.complaints, []);
  await page.close();
});
