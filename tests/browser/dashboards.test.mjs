// Does each customer's dashboard show that customer's rows, and nobody else's?

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startDemo, strikesInTable } from "./demo.mjs";
import { startPlace } from "./place.mjs";

const TILES = 7;
const expected = {
  "american-airlines": strikesInTable("AMERICAN AIRLINES"),
  "us-airways": strikesInTable("US AIRWAYS*"),
};
let place;
let demo;

before(async () => {
  place = await startPlace();
  demo = await startDemo(place);
});

after(async () => {
  await demo?.close();
  await place?.close();
});

const allDrawn = (page) =>
  page.waitForFunction(
    (count) => document.querySelectorAll('[data-tile][data-state="ready"]').length === count,
    2 * TILES,
  );

const dashboard = (page, id) => page.locator(`[data-customer="${id}"]`);

const total = async (page, id) =>
  Number(await dashboard(page, id).locator('[data-tile="total"] [data-value]').getAttribute("data-value"));

for (const width of [1280, 390]) {
  test(`at ${width} px each side shows its own strikes, without sideways scrolling or complaints`, async () => {
    const { page, complaints } = await demo.openPage({ width });
    await allDrawn(page);
    for (const [id, strikes] of Object.entries(expected)) assert.equal(await total(page, id), strikes);
    const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(widths[0] <= widths[1], `${widths[0]} px of content in ${widths[1]} px`);
    assert.deepEqual(complaints, []);
    await page.close();
  });
}

test("the page runs under a policy that lets no inline script run", async () => {
  const { page, headers } = await demo.openPage({ width: 1280 });
  const policy = headers["content-security-policy"];
  assert.match(policy, /script-src 'self' 'wasm-unsafe-eval';/);
  assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval(?<!wasm-unsafe-eval)/);
  await page.close();
});

test("an OR in the query does not break out of the key's filter", async () => {
  const { page } = await demo.openPage({ width: 1280 });
  await allDrawn(page);
  for (const [id, strikes] of Object.entries(expected)) {
    await dashboard(page, id).getByRole("button", { name: "Run this query" }).click();
    const answer = dashboard(page, id).locator("[data-attempt]");
    const { plain, attempt, seen } = await answer.evaluate(({ dataset }) => ({ ...dataset }));
    assert.deepEqual({ plain, attempt, seen }, { plain: String(strikes), attempt: String(strikes), seen: id });
  }
  await page.close();
});

test("nothing on the page moves when the answers come", async () => {
  const { page } = await demo.openPage({ width: 1280 });
  await page.waitForSelector("[data-tile]");
  const tops = () => page.$$eval("[data-tile]", (tiles) => tiles.map((tile) => tile.getBoundingClientRect().top));
  const early = await tops();
  await allDrawn(page);
  assert.deepEqual(await tops(), early);
  await page.close();
});

test("other years are asked for, and the dashboards follow", async () => {
  const { page } = await demo.openPage({ width: 1280 });
  await allDrawn(page);
  await page.selectOption("#span", "1999");
  for (const id of Object.keys(expected)) {
    await dashboard(page, id).locator('[data-tile="total"]').getByText("1998").waitFor();
  }
  assert.equal(await total(page, "us-airways"), 91);
  assert.equal(await total(page, "american-airlines"), 127);
  await page.close();
});

test("a key that is not valid shows as refused, tile by tile", async () => {
  const customers = [{ ...demo.demo.customers[0], key: "kh_wrong" }];
  const { page } = await demo.openPage({ width: 1280, given: { ...demo.demo, customers } });
  await page.waitForFunction(
    (count) => document.querySelectorAll('[data-tile][data-state="forbidden"]').length === count,
    TILES,
  );
  await page.close();
});

test("without keys the page says how to get one, and takes one by hand", async () => {
  const { page } = await demo.openPage({ width: 390, given: {} });
  const [{ id, key }] = demo.demo.customers;
  await page.getByRole("heading", { name: "No keys here yet" }).waitFor();
  await page.getByLabel("Access key", { exact: true }).fill(key);
  await page.getByRole("button", { name: "Open the dashboard" }).click();
  await page.getByText("Project id must").waitFor();
  await page.getByLabel("Project id", { exact: true }).fill(demo.demo.projectId);
  await page.getByLabel("Access key", { exact: true }).fill("kh_wrong");
  await page.getByRole("button", { name: "Open the dashboard" }).click();
  await page.getByText("This key is not known.").waitFor();
  assert.equal(await page.locator("[data-tile]").count(), 0);
  await page.getByLabel("Access key", { exact: true }).fill(key);
  await page.getByRole("button", { name: "Open the dashboard" }).click();
  await page.waitForFunction(
    (count) => document.querySelectorAll('[data-tile][data-state="ready"]').length === count,
    TILES,
  );
  assert.equal(await total(page, "entered"), expected[id]);
  await page.close();
});
