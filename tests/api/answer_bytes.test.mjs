// Is no answer larger than an isolate can hold, and is nothing of it cut silently?

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startWorker } from "../support/harness.mjs";
import { customerKey, makeProject } from "../support/project.mjs";

const TEXT = 800_000;
const EVENTS = 15;
const everything = { event_collection: "c", timeframe: { start: "2026-01-01", end: "2026-02-01" } };

let worker;
let project;

before(async () => {
  worker = await startWorker();
  project = await makeProject(worker);
  const event = (_, n) => ({ n, text: `${n} ${"é".repeat(TEXT / 2)}`, customer: { id: "a" }, keen: { timestamp: `2026-01-${10 + n}T00:00:00Z` } });
  const events = Array.from({ length: EVENTS }, event);
  for (const half of [events.slice(0, 8), events.slice(8)]) {
    const { body } = await project.record({ c: half });
    assert.ok(body.c.every(({ success }) => success));
  }
});
after(() => worker?.close());

const numbers = (events) => events.map(({ n }) => n);
const all = Array.from({ length: EVENTS }, (_, n) => n);
const text = { target_property: "text" };

for (const [what, analysis, more] of [
  ["all events", "extraction", {}],
  ["all events as CSV", "extraction", { content_type: "text/csv" }],
  ["the newest events", "extraction", { latest: EVENTS }],
  ["long values", "select_unique", text],
  ["long groups", "count", { group_by: "text" }],
  ["long values among others", "multi_analysis", { analyses: { a: { analysis_type: "select_unique", ...text }, b: { analysis_type: "count" } } }],
  ["long actors", "funnel", { event_collection: undefined, timeframe: undefined, steps: [{ ...everything, actor_property: "text", with_actors: true }, { ...everything, actor_property: "text" }] }],
]) {
  test(`${what} of 12 MB are refused, not cut`, async () => {
    const { status, body } = await project.query(analysis, { ...everything, ...more });
    assert.deepEqual([status, body.error_code], [400, "TooManyResultsError"], JSON.stringify(body).slice(0, 500));
    assert.match(body.message, /10000000 bytes/);
  });
}

test("fewer of them are answered, and what is counted only is no matter", async () => {
  const newest = await project.query("extraction", { ...everything, latest: 10 });
  assert.deepEqual(numbers(newest.body.result), all.slice(-10).reverse());
  assert.equal((await project.query("count", everything)).body.result, EVENTS);
  assert.equal((await project.query("count_unique", { ...everything, ...text })).body.result, EVENTS);
  const some = await project.query("select_unique", { ...everything, ...text, timeframe: { start: "2026-01-10", end: "2026-01-15" } });
  assert.equal(some.body.result.length, 5);
});

for (const page_size of [1, 10, 12, 13, 14, 15, 100]) {
  test(`pages of ${page_size} end before they are too large, and hold each event once`, async () => {
    const pages = [];
    let cursor;
    do {
      const { status, body } = await project.query("extraction", { ...everything, page_size, ...(cursor && { cursor }) });
      assert.equal(status, 200, body.message);
      pages.push(numbers(body.result));
      ({ cursor } = body);
    } while (cursor);
    assert.deepEqual(pages.flat(), all);
    const largest = Math.max(...pages.map((page) => page.length));
    assert.equal(largest, Math.min(page_size, 12), "what fits is answered");
  });
}

test("the schema of one's own events is that of the newest which fit", async () => {
  const { key } = await project.key(customerKey("a", { permitted: ["schema"] }));
  const { status, body } = await project.call("GET", "/events/c", { key });
  assert.deepEqual([status, body.properties?.n, body.properties?.text], [200, "num", "string"], JSON.stringify(body));
});

test("a regex is tried on all of them, whoever's it is", async () => {
  const starts = (pattern) => ({ property_name: "text", operator: "regex", property_value: pattern });
  assert.equal((await project.query("count", { ...everything, filters: [starts("^1")] })).body.result, 6);
  const definition = customerKey("a");
  definition.options.queries.filters.push(starts("^1"));
  const { key } = await project.key(definition);
  assert.equal((await project.query("count", everything, key)).body.result, 6);
});
