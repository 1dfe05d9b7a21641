// Do pages, CSV, ordered funnels, funnels over intervals and the listings do what their documentation says?

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startWorker } from "../support/harness.mjs";
import { call, customerKey, makeProject } from "../support/project.mjs";

const MARCH = { start: "2026-03-01T00:00:00Z", end: "2026-04-01T00:00:00Z" };
const at = (day, hour = 0) => new Date(Date.UTC(2026, 2, day, hour)).toISOString();
const visit = (day, hour, properties) => ({ ...properties, keen: { timestamp: at(day, hour) } });

let worker;
let project;

before(async () => {
  worker = await startWorker();
  project = await makeProject(worker);
  const customer = (n) => ({ id: n % 2 ? "odd" : "even" });
  await project.record({
    numbers: Array.from({ length: 25 }, (_, n) => visit(1 + (n % 5), 0, { n, customer: customer(n) })),
    table: [
      visit(1, 0, { name: 'quote " comma , line\n', empty: "", nothing: null, list: [1, { a: "b" }], deep: { x: 1.5 } }),
      visit(2, 0, { later: true, name: "=1+1" }),
    ],
    seen: [visit(1, 1, { who: "a" }), visit(1, 1, { who: "b" }), visit(2, 1, { who: "c" }), visit(9, 1, { who: "b" })],
    bought: [visit(1, 2, { who: "a" }), visit(1, 0, { who: "b" }), visit(9, 9, { who: "c" }), visit(9, 5, { who: "b" })],
  });
});

after(() => worker?.close());

const ask = (analysis, body, key) => project.query(analysis, { timeframe: MARCH, ...body }, key);
const numbers = (more, key) => ask("extraction", { event_collection: "numbers", property_names: ["n"], ...more }, key);

async function allPages(size, key, between = async () => {}) {
  const pages = [];
  for (let cursor; cursor !== null; ) {
    const { status, body, text } = await numbers({ page_size: size, ...(cursor ? { cursor } : {}) }, key);
    assert.equal(status, 200, text);
    pages.push(body.result.map(({ n }) => n));
    cursor = body.cursor;
    await between();
  }
  return pages;
}

function refuse({ status, body, text }, code, pointer) {
  assert.deepEqual([status, body?.error_code], [400, code], text);
  if (pointer) assert.ok(body.message.startsWith(`At ${pointer}: `), body.message);
}

// ── pages

for (const size of [1, 7, 24, 25, 26, 10_000]) {
  test(`pages of ${size} hold every event once, the oldest first`, async () => {
    const whole = (await numbers({})).body.result.map(({ n }) => n);
    const pages = await allPages(size);
    assert.deepEqual(pages.flat(), whole);
    assert.ok(pages.slice(0, -1).every((page) => page.length === size));
  });
}

test("a customer's pages hold that customer's events only", async () => {
  const { key } = await project.key(customerKey("odd"));
  const pages = await allPages(5, key);
  assert.deepEqual(pages.flat().sort((a, b) => a - b), Array.from({ length: 12 }, (_, n) => 2 * n + 1));
});

test("events recorded meanwhile make no page repeat or skip an older one", async () => {
  const own = await makeProject(worker);
  const record = (n) => own.record({ numbers: [visit(10, 0, { n }), visit(1, 0, { n: -n })] });
  for (let n = 1; n <= 10; n += 1) await record(n);
  const page = (cursor) =>
    own.query("extraction", { event_collection: "numbers", timeframe: MARCH, page_size: 3, ...(cursor ? { cursor } : {}) });
  const seen = [];
  for (let cursor, n = 100; cursor !== null; n += 1) {
    const { body } = await page(cursor);
    seen.push(...body.result.map((event) => event.n));
    cursor = body.cursor;
    if (n < 104) await record(n);
  }
  const older = seen.filter((n) => Math.abs(n) <= 10);
  assert.deepEqual([older.length, new Set(older).size], [20, 20]);
  assert.equal(new Set(seen).size, seen.length);
});

test("a cursor opens for its own key and its own question only", async () => {
  const [odd, even] = [await project.key(customerKey("odd")), await project.key(customerKey("even"))];
  const { cursor } = (await numbers({ page_size: 3 }, odd.key)).body;
  const bad = [...cursor];
  bad[40] = bad[40] === "0" ? "1" : "0";
  for (const [more, key] of [
    [{ page_size: 3, cursor }, even.key],
    [{ page_size: 3, cursor }, project.keys.read],
    [{ page_size: 4, cursor }, odd.key],
    [{ page_size: 3, cursor, filters: [] }, odd.key],
    [{ page_size: 3, cursor: bad.join("") }, odd.key],
    [{ page_size: 3, cursor: "" }, odd.key],
    [{ page_size: 3, cursor: 7 }, odd.key],
    [{ cursor }, odd.key],
  ]) {
    refuse(await numbers(more, key), "ExtractionDefinitionError");
  }
  assert.equal((await numbers({ page_size: 3, cursor }, odd.key)).status, 200);
});

test("a page may stand in the parameters of a GET too", async () => {
  const timeframe = encodeURIComponent(JSON.stringify(MARCH));
  const path = `/queries/extraction?event_collection=numbers&timeframe=${timeframe}&page_size=20`;
  const first = await project.call("GET", path, { key: project.keys.read });
  assert.equal(first.body.result.length, 20, first.text);
  const next = await project.call("GET", `${path}&cursor=${encodeURIComponent(first.body.cursor)}`, { key: project.keys.read });
  assert.deepEqual([next.body.result.length, next.body.cursor], [5, null]);
});

// ── CSV

const TABLE = { event_collection: "table", timeframe: MARCH };

test("asked-for properties are columns in their order, quoted where they must be", async () => {
  const property_names = ["name", "empty", "nothing", "missing", "list", "deep.x"];
  const body = { ...TABLE, property_names, content_type: "text/csv" };
  const { status, text, headers } = await project.query("extraction", body);
  assert.equal(status, 200);
  assert.equal(headers.get("content-type"), "text/csv; charset=utf-8");
  const rows = ['"quote "" comma , line\n","",,,"[1,{""a"":""b""}]",1.5', "=1+1,,,,,"];
  assert.equal(text, ["name,empty,nothing,missing,list,deep.x", ...rows, ""].join("\r\n"));
});

test("without names every path is a column, those of keen first", async () => {
  const { text } = await project.call("POST", "/queries/extraction", {
    key: project.keys.read, body: TABLE, headers: { accept: "text/csv" },
  });
  const header = text.slice(0, text.indexOf("\r\n"));
  assert.equal(header, "keen.timestamp,keen.created_at,keen.id,name,empty,nothing,list,deep.x,later");
});

test("an error is JSON also to who wants CSV", async () => {
  const { status, headers, body } = await project.call("POST", "/queries/extraction", {
    key: project.keys.read, body: {}, headers: { accept: "text/csv" },
  });
  assert.equal(status, 400);
  assert.match(headers.get("content-type"), /^application\/json/);
  assert.equal(body.error_code, "MissingRequiredRequestFieldError");
});

// ── funnels

const steps = (...collections) => collections.map((event_collection) => ({ event_collection, actor_property: "who" }));

for (const [name, more, result] of [
  ["in any order all three did both", {}, [3, 3]],
  ["in order b counts by its second visit", { ordered: true }, [3, 3]],
  ["within three hours c is too late and b not", { ordered: true, within: "PT4H" }, [3, 2]],
  ["within one hour only a is in time", { ordered: true, within: "PT1H" }, [3, 1]],
  ["within a second nobody is", { ordered: true, within: "PT1S" }, [3, 0]],
]) {
  test(`a funnel: ${name}`, async () => {
    const { body, text } = await ask("funnel", { steps: steps("seen", "bought"), ...more });
    assert.deepEqual(body.result, result, text);
  });
}

test("a step at the same instant is not after the one before", async () => {
  const { body } = await ask("funnel", { steps: steps("seen", "seen"), ordered: true });
  assert.deepEqual(body.result, [3, 1]);
});

test("an optional step of an ordered funnel is counted and narrows nothing", async () => {
  const [first, second] = steps("seen", "bought");
  const optional = [first, { ...second, filters: [{ property_name: "who", operator: "eq", property_value: "a" }], optional: true }, second];
  const { body } = await ask("funnel", { steps: optional, ordered: true });
  assert.deepEqual(body.result, [3, 1, 3]);
});

test("a funnel over an interval is one funnel for each bucket, of the events inside it", async () => {
  const { body } = await ask("funnel", { steps: steps("seen", "bought"), interval: "weekly" });
  const found = body.result.map(({ value, timeframe }) => [timeframe.start, value]);
  assert.deepEqual(found, [
    ["2026-03-01T00:00:00.000Z", [3, 2]],
    ["2026-03-08T00:00:00.000Z", [1, 1]],
    ["2026-03-15T00:00:00.000Z", [0, 0]],
    ["2026-03-22T00:00:00.000Z", [0, 0]],
    ["2026-03-29T00:00:00.000Z", [0, 0]],
  ]);
});

// ── what is refused

for (const [name, analysis, body, code, pointer] of [
  ["within without ordered", "funnel", { steps: steps("seen"), within: "P7D" }, "FunnelDefinitionError", "/within"],
  ["within that is no duration", "funnel", { steps: steps("seen"), ordered: true, within: "7 days" }, "FunnelDefinitionError", "/within"],
  ["within of a month, however long that is", "funnel", { steps: steps("seen"), ordered: true, within: "P1M" }, "FunnelDefinitionError", "/within"],
  ["ordered that is no boolean", "funnel", { steps: steps("seen"), ordered: "yes" }, "FunnelDefinitionError", "/ordered"],
  ["inverted in order", "funnel", { steps: [...steps("seen"), { ...steps("bought")[0], inverted: true }], ordered: true }, "FunnelDefinitionError", "/steps/1"],
  ["actors over an interval", "funnel", { steps: [{ ...steps("seen")[0], with_actors: true }], interval: "daily" }, "FunnelDefinitionError", "/steps/0"],
  ["101 funnels", "funnel", { steps: steps("seen"), interval: "daily", timeframe: { start: "2026-01-01", end: "2026-04-12" } }, "IntervalDefinitionError", "/interval"],
  ["a page of nothing", "extraction", { event_collection: "numbers", page_size: 0 }, "ExtractionDefinitionError", "/page_size"],
  ["a page of 10,001", "extraction", { event_collection: "numbers", page_size: 10_001 }, "ExtractionDefinitionError", "/page_size"],
  ["pages of the latest", "extraction", { event_collection: "numbers", page_size: 5, latest: 5 }, "ExtractionDefinitionError", "/page_size"],
  ["another content type", "extraction", { event_collection: "numbers", content_type: "text/html" }, "ExtractionDefinitionError", "/content_type"],
  ["mail, which is not sent here", "extraction", { event_collection: "numbers", email: "a@b.c" }, "ExtractionDefinitionError", "/email"],
]) {
  test(`refused with its place: ${name}`, async () => refuse(await ask(analysis, body), code, pointer));
}

test("a hundred funnels are answered", async () => {
  const timeframe = { start: "2026-01-01", end: "2026-04-11" };
  const { body, text } = await ask("funnel", { steps: steps("seen"), interval: "daily", timeframe });
  assert.equal(body.result?.length, 100, text);
});

// ── listings

test("the analyses are listed for who may ask one", async () => {
  const { status, body } = await project.call("GET", "/queries", { key: project.keys.read });
  assert.equal(status, 200);
  assert.equal(body.count_url, `/3.0/projects/${project.id}/queries/count`);
  assert.equal((await project.call("GET", "/queries", { key: project.keys.write })).status, 403);
});

test("the time zones are listed for everyone, with their offset now", async () => {
  const { status, body, headers } = await call(worker, "GET", "/timezones");
  assert.equal(status, 200);
  assert.equal(headers.get("access-control-allow-origin"), "*");
  const zone = (name) => body.find((zone) => zone.name === name);
  assert.deepEqual(zone("Asia/Kolkata"), { name: "Asia/Kolkata", utc_offset: "+05:30", number_of_seconds_to_offset_time: 19800 });
  assert.ok(zone("US/Pacific") && zone("UTC") && body.length > 400);
});
