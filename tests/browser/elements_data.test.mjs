// Do the elements compute, sort, export and refresh what was answered, without changing it?

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ASKED, colours, gallery, open, reach, tableText } from "./elements_page.mjs";
import { answers, LARGE_DIGITS } from "./gallery_answers.mjs";

test("a metric shows the whole number to who asks, and compares with the time before in one question", async () => {
  const page = await open(
    `<keyhole-metric heading="Sales" ${ASKED.replace("this_60_days", "this_7_days")} compare better="up"></keyhole-metric>`,
  );
  await reach(page, "keyhole-metric", "ready");
  assert.equal(await page.locator("[data-value]").getAttribute("data-value"), "1840");
  assert.equal(await page.locator("[data-change]").textContent(), "up 26% on the time before");
  assert.equal(await page.locator("[data-tone]").getAttribute("data-tone"), "good");
  assert.deepEqual(
    gallery.asked.map(({ json }) => json),
    [{ event_collection: "sales", timeframe: "this_14_days", interval: "every_7_days" }],
  );
  await page.close();
});

test("with an absolute timeframe a metric is compared with as long a time before", async () => {
  gallery.answer = ({ json }) => ({ json: { result: json.timeframe.start.startsWith("2026-02") ? 5 : null } });
  const timeframe = JSON.stringify({ start: "2026-02-01T00:00:00Z", end: "2026-02-15T00:00:00Z" });
  const page = await open(
    `<keyhole-metric analysis="maximum" collection="a" target-property="b" timeframe='${timeframe}' compare></keyhole-metric>`,
  );
  await reach(page, "keyhole-metric", "ready");
  assert.deepEqual(
    gallery.asked.map(({ json }) => json.timeframe).find(({ end }) => end.startsWith("2026-02-01")),
    {
      start: "2026-01-18T00:00:00.000Z",
      end: "2026-02-01T00:00:00.000Z",
    },
  );
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

test("where nothing was answered a line has a gap, and only there", async () => {
  const gaps = async () => {
    const page = await open(`<keyhole-chart type="line" ${ASKED} interval="daily"></keyhole-chart>`);
    await reach(page, "keyhole-chart", "ready");
    const slices = Array.from({ length: 20 }, (_, at) => 0.45 + at / 100);
    const drawn = await Promise.all(slices.map((from) => colours(page, "keyhole-chart", from, from + 0.01)));
    await page.close();
    return drawn.filter((found) => found["42,99,196"] === undefined).length;
  };
  const [some, of] = [await gaps(), 20];
  assert.ok(some >= 1 && some < of / 2, `${some} of ${of} slices are without the line`);
  gallery.answer = (question) => {
    const { result } = answers(question);
    return { json: { result: result.map((bucket) => ({ ...bucket, value: bucket.value ?? 90 })) } };
  };
  assert.equal(await gaps(), 0);
});

test("a table sorts by any column with the missing last, and turns its pages", async () => {
  const page = await open(
    `<keyhole-table heading="Orders" columns="order.id,price,order.number" analysis="extraction" collection="a" timeframe="today"></keyhole-table>`,
  );
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
  const page = await open(
    `<keyhole-table heading="All orders!" analysis="extraction" collection="a" timeframe="today"></keyhole-table>`,
  );
  await reach(page, "keyhole-table", "ready");
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Actions" }).click();
  await page.getByRole("button", { name: "Download CSV" }).click();
  const download = await downloading;
  assert.equal(download.suggestedFilename(), "All-orders.csv");
  const lines = readFileSync(await download.path(), "utf8").split("\r\n");
  assert.equal(lines[0], "keen.timestamp,order.id,order.number,price,tags,note");
  assert.equal(
    lines[3],
    `2026-01-03T00:00:00.000Z,A-102,${LARGE_DIGITS},6.5,"[""new"",""<b>""]","She said ""yes"", twice"`,
  );
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
    const brush = Object.assign(document.createElement("canvas"), {
      width: bitmap.width,
      height: bitmap.height,
    }).getContext("2d");
    brush.drawImage(bitmap, 0, 0);
    return [[...new Uint8Array(await blob.arrayBuffer()).slice(1, 4)], [...brush.getImageData(0, 0, 1, 1).data]];
  });
  assert.equal(String.fromCharCode(...bytes), "PNG");
  assert.deepEqual(corner, [255, 255, 255, 255]);
  await page.close();
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

test("who refreshes hears of it, also when another question takes its place or the element is taken away", async () => {
  const page = await open(`<keyhole-metric ${ASKED}></keyhole-metric>`);
  await reach(page, "keyhole-metric", "ready");
  gallery.answer = async () => {
    await new Promise((resolve) => setTimeout(resolve, 400));
    return { json: { result: 7 } };
  };
  const heard = await page.evaluate(async () => {
    const element = document.querySelector("keyhole-metric");
    const late = new Promise((resolve) => setTimeout(() => resolve("nothing heard"), 3_000));
    const hears = (promise) => Promise.race([promise.then(() => "heard", String), late]);
    const superseded = hears(element.refresh());
    element.setAttribute("timeframe", "this_1_days");
    const removed = document.createElement("keyhole-metric");
    const never = hears(removed.refresh());
    const first = await superseded;
    const taken = hears(element.refresh());
    element.remove();
    const list = [first, await never, await taken];
    element.setAttribute("refresh", "0.05");
    return [...list, await hears(element.refresh())];
  });
  assert.deepEqual(heard, ["heard", "heard", "heard", "heard"]);
  const asked = gallery.asked.length;
  await page.waitForTimeout(900);
  assert.equal(gallery.asked.length, asked);
  await page.close();
});

for (const type of ["pie", "donut"]) {
  test(`a ${type} of the largest number there is does not hold the page up`, async () => {
    const page = await open("");
    await page.evaluate((type) => {
      const query = { analysisType: "sum", eventCollection: "sales", groupBy: "plan" };
      const answer = { result: [{ plan: "free", result: 1 }, { plan: "pro", result: Number.MAX_VALUE }] };
      const element = Object.assign(document.createElement("keyhole-chart"), { query, answer });
      element.setAttribute("type", type);
      document.querySelector("keyhole-connection").append(element);
    }, type);
    await reach(page, "keyhole-chart", "ready");
    assert.equal(await page.evaluate(() => document.querySelector("keyhole-chart").state), "ready");
    await page.close();
  });
}
