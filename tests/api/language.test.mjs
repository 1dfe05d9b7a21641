// Is what goes beyond Keen, and what stands around the queries, answered as its documentation says?

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startWorker } from "../support/harness.mjs";
import { always, call, customerKey, makeProject } from "../support/project.mjs";

let worker;
let project;

before(async () => {
  worker = await startWorker();
  project = await makeProject(worker);
});

after(() => worker?.close());

const at = (time, event = {}) => ({ ...event, keen: { timestamp: time } });

async function record(events) {
  const recorded = await project.record(events);
  assert.equal(recorded.status, 200, recorded.text);
  for (const outcome of Object.values(recorded.body).flat()) assert.deepEqual(outcome, { success: true });
}

async function result(analysis, body, key) {
  const answered = await project.query(analysis, body, key);
  assert.equal(answered.status, 200, answered.text);
  return answered.body.result;
}

/** The CSV that an extraction is answered as; the headers, too. */
async function csv(body, headers = { accept: "text/csv" }, key = project.keys.read) {
  const answered = await project.call("POST", "/queries/extraction", { key, headers, body });
  assert.equal(answered.status, 200, answered.text);
  assert.equal(answered.headers.get("content-type"), "text/csv; charset=utf-8");
  return answered;
}

test("CSV has the asked-for columns in their order, and every byte as RFC 4180 has it", async () => {
  await record({
    plain: [
      at("2026-03-01T00:00:00Z", { text: 'a "b", c', number: 1.5, yes: true, list: [1, "x", { y: null }], deep: { x: "ż\r\n" } }),
      at("2026-03-02T00:00:00Z", { text: "", number: null, deep: {} }),
      at("2026-03-03T00:00:00Z", { text: " =1+1 ", number: -1e21, deep: "flat" }),
    ],
  });
  const property_names = ["text", "number", "yes", "list", "deep.x", "deep", "keen.timestamp"];
  const { text } = await csv({ event_collection: "plain", timeframe: always, property_names });
  const rows = [
    "text,number,yes,list,deep.x,deep,keen.timestamp",
    '"a ""b"", c",1.5,true,"[1,""x"",{""y"":null}]","ż\r\n","{""x"":""ż\\r\\n""}",2026-03-01T00:00:00.000Z',
    '"",,,,,{},2026-03-02T00:00:00.000Z',
    " =1+1 ,-1e21,,,,flat,2026-03-03T00:00:00.000Z",
  ];
  assert.equal(text, rows.map((row) => `${row}\r\n`).join(""));
});

test("without property names the columns are all paths, keen first, then in order of appearance", async () => {
  await record({ all: [at("2026-03-01T00:00:00Z", { b: 1, a: { y: 2 } }), at("2026-03-02T00:00:00Z", { a: { x: 3, y: 4 }, c: [] })] });
  const { text } = await csv({ event_collection: "all", timeframe: always });
  const [header, ...rows] = text.split("\r\n");
  assert.equal(header, "keen.timestamp,keen.created_at,keen.id,b,a.y,a.x,c");
  assert.deepEqual(rows.map((row) => row.split(",").slice(3).join(",")), ["1,2,,", ",4,3,[]", ""]);
  assert.equal((await csv({ event_collection: "never", timeframe: always })).text, "");
  assert.equal((await csv({ event_collection: "never", timeframe: always, property_names: ["a", "b"] })).text, "a,b\r\n");
  assert.equal((await csv({ event_collection: "all", timeframe: always, property_names: "b" })).text, 'b\r\n1\r\n""\r\n');
});

test("CSV comes by header, by body and by parameter; the question goes before the header", async () => {
  const asked = { event_collection: "all", timeframe: always, property_names: "b" };
  const expected = 'b\r\n1\r\n""\r\n';
  assert.equal((await csv({ ...asked, content_type: "text/csv" }, {})).text, expected);
  assert.equal((await csv({ ...asked, content_type: "text/csv" }, { accept: "application/json" })).text, expected);
  assert.equal((await csv(asked, { accept: "text/csv, */*;q=0.1" })).text, expected);
  const parameters = new URLSearchParams({ ...asked, timeframe: JSON.stringify(always), content_type: "text/csv" });
  const got = await project.call("GET", `/queries/extraction?${parameters}`, { key: project.keys.read });
  assert.deepEqual([got.headers.get("content-type"), got.text], ["text/csv; charset=utf-8", expected]);
  for (const [body, accept] of [
    [{ ...asked, content_type: "application/json" }, "text/csv"],
    [asked, "*/*"],
    [asked, "application/json, text/csv;q=0.5"],
  ]) {
    const answered = await project.call("POST", "/queries/extraction", { key: project.keys.read, headers: { accept }, body });
    assert.deepEqual([answered.headers.get("content-type"), answered.body.result.length], ["application/json; charset=utf-8", 2]);
  }
  const count = await project.call("POST", "/queries/count", { key: project.keys.read, headers: { accept: "text/csv" }, body: { event_collection: "all", timeframe: always } });
  assert.deepEqual(count.body, { result: 2 });
});

test("what is refused is refused in JSON, whatever was to be answered", async () => {
  const refused = await project.call("POST", "/queries/extraction", { key: project.keys.read, headers: { accept: "text/csv" }, body: { event_collection: "all" } });
  assert.deepEqual([refused.status, refused.body.error_code], [400, "MissingRequiredRequestFieldError"]);
  assert.match(refused.headers.get("content-type"), /^application\/json/);
});

test("a key sees in CSV what it sees in JSON", async () => {
  await record({ shared: [at("2026-03-01T00:00:00Z", { customer: { id: "a", secret: 1 }, n: 1 }), at("2026-03-02T00:00:00Z", { customer: { id: "b" }, n: 2 })] });
  const definition = customerKey("a");
  definition.options.queries.properties = { except: ["customer.secret", "keen"] };
  const { key } = await project.key(definition);
  const { text } = await csv({ event_collection: "shared", timeframe: always }, undefined, key);
  assert.equal(text, "customer.id,n\r\na,1\r\n");
});

/** Follows the cursor to the end. Gives the events of each page. */
async function pages(body, { key = project.keys.read, between = async () => {} } = {}) {
  const found = [];
  for (let cursor; cursor !== null; ) {
    const { status, text, body: page } = await project.query("extraction", { ...body, ...(cursor && { cursor }) }, key);
    assert.equal(status, 200, text);
    assert.deepEqual(Object.keys(page), ["result", "cursor"]);
    found.push(page.result);
    cursor = page.cursor;
    await between(found.length);
  }
  return found;
}

const numbers = (events) => events.map(({ n }) => n);
const count = (length, make) => Array.from({ length }, (_, index) => make(index));

test("pages hold every event once, the oldest first, also where many share one instant", async () => {
  const times = ["2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00.001Z", "2026-03-20T00:00:00Z"];
  await record({ paged: count(23, (n) => at(times[n % 4], { n })) });
  const asked = { event_collection: "paged", timeframe: always };
  const whole = await result("extraction", asked);
  for (const page_size of [1, 5, 22, 23, 24, 10_000]) {
    const found = await pages({ ...asked, page_size });
    assert.deepEqual(found.flat(), whole, `${page_size}`);
    assert.equal(found.length, Math.ceil(23 / page_size));
    for (const page of found.slice(0, -1)) assert.equal(page.length, page_size);
  }
  const filters = [{ property_name: "n", operator: "lt", property_value: 7 }];
  const few = await pages({ ...asked, page_size: 2, filters, property_names: "n" });
  assert.deepEqual(numbers(few.flat()).sort(), [0, 1, 2, 3, 4, 5, 6]);
  assert.deepEqual(await pages({ event_collection: "never", timeframe: always, page_size: 5 }), [[]]);
});

test("events recorded between the pages repeat none and hide none that was there", async () => {
  const day = (n) => `2026-04-${String(n).padStart(2, "0")}T00:00:00Z`;
  await record({ moving: count(9, (n) => at(day(2 * n + 2), { n })) });
  const found = await pages(
    { event_collection: "moving", timeframe: { start: "2026-04-01", end: "2026-05-01" }, page_size: 3 },
    {
      between: (page) =>
        record({ moving: [at(day(1), { n: "earlier" }), at(day(29), { n: `later ${page}` }), at("2026-05-02T00:00:00Z", { n: "outside" })] }),
    },
  );
  const seen = numbers(found.flat());
  assert.deepEqual(seen.filter((n) => typeof n === "number"), count(9, (n) => n));
  assert.ok(!seen.includes("earlier") && !seen.includes("outside"), String(seen));
  assert.equal(new Set(seen).size, seen.length);
  for (const page of [1, 2, 3]) assert.ok(seen.includes(`later ${page}`), `${page}: ${seen}`);
});

test("a cursor goes on from the span of the first page, for the same question and the same key only", async () => {
  const asked = { event_collection: "paged", timeframe: "this_100_years", timezone: "Europe/Warsaw", page_size: 4 };
  const first = (await project.query("extraction", asked)).body;
  const next = (body, key = project.keys.read) => project.query("extraction", { ...asked, cursor: first.cursor, ...body }, key);
  const second = await next({});
  assert.equal(second.status, 200, second.text);
  assert.equal(second.body.result.length, 4);
  assert.deepEqual((await next({})).body.result, second.body.result, "a page may be asked for again");
  const { page_size, timezone, ...others } = asked;
  const reordered = await project.query("extraction", { timezone, cursor: first.cursor, page_size, ...others });
  assert.deepEqual(reordered.body.result, second.body.result);
  const access = await project.key({ name: "reader", permitted: ["queries"] });
  const damaged = (place) => first.cursor.replace(/./g, (digit, index) => (index === place ? (digit === "0" ? "1" : "0") : digit));
  for (const [what, answered] of [
    ["another kind of key", await next({}, project.keys.master)],
    ["another access key", await next({}, access.key)],
    ["another filter", await next({ filters: [{ property_name: "n", operator: "gt", property_value: 1 }] })],
    ["another collection", await next({ event_collection: "moving" })],
    ["another timeframe", await next({ timeframe: always })],
    ["another page size", await next({ page_size: 5 })],
    ["other properties", await next({ property_names: ["n"] })],
    ["one digit changed at the start", await next({ cursor: damaged(0) })],
    ["one digit changed in the middle", await next({ cursor: damaged(100) })],
    ["one digit changed at the end", await next({ cursor: damaged(first.cursor.length - 1) })],
    ["a digit too few", await next({ cursor: first.cursor.slice(1) })],
    ["no cursor of ours", await next({ cursor: "next" })],
    ["nothing in it", await next({ cursor: "" })],
    ["a number", await next({ cursor: 7 })],
  ]) {
    assert.deepEqual([answered.status, answered.body.error_code], [400, "ExtractionDefinitionError"], `${what}: ${answered.text}`);
    assert.match(answered.body.message, /\/cursor/, what);
    assert.ok(!answered.text.includes(first.cursor), what);
  }
});

test("a cursor opens nothing that its key may not see any more", async () => {
  const made = await project.key({ name: "narrowed", permitted: ["queries"] });
  const asked = { event_collection: "paged", timeframe: always, page_size: 20 };
  const { cursor } = (await project.query("extraction", asked, made.key)).body;
  const filters = [{ property_name: "n", operator: "eq", property_value: 999 }];
  const narrowed = { name: "narrowed", permitted: ["queries"], options: { queries: { filters } } };
  await project.call("POST", `/keys/${made.id}`, { key: project.keys.master, body: narrowed });
  const next = await project.query("extraction", { ...asked, cursor }, made.key);
  assert.deepEqual(next.body, { result: [], cursor: null });
  await project.call("POST", `/keys/${made.id}/revoke`, { key: project.keys.master });
  assert.equal((await project.query("extraction", { ...asked, cursor }, made.key)).status, 401);
});

test("a customer's pages hold that customer's events only", async () => {
  await record({ ours: count(25, (n) => at("2026-03-01T00:00:00Z", { n, customer: { id: n % 2 ? "odd" : "even" } })) });
  const { key } = await project.key(customerKey("odd"));
  const found = await pages({ event_collection: "ours", timeframe: always, page_size: 5 }, { key });
  assert.deepEqual(numbers(found.flat()).toSorted((one, other) => one - other), count(12, (n) => 2 * n + 1));
});

test("pages go as GET parameters, and as CSV with the cursor in a header", async () => {
  const asked = { event_collection: "paged", timeframe: JSON.stringify(always), page_size: "15", property_names: "n" };
  const get = (more) => project.call("GET", `/queries/extraction?${new URLSearchParams({ ...asked, ...more })}`, { key: project.keys.read });
  const first = await get({});
  const second = await get({ cursor: first.body.cursor });
  assert.deepEqual([first.body.result.length, second.body.result.length, second.body.cursor], [15, 8, null]);
  const [one, other] = [await get({ content_type: "text/csv" }), await get({ content_type: "application/json" })];
  const cursor = one.headers.get("keyhole-cursor");
  const last = await get({ content_type: "text/csv", cursor });
  assert.equal(last.headers.get("keyhole-cursor"), null);
  assert.deepEqual(`${one.text}${last.text}`.split("\r\n").filter((n) => n !== "n" && n !== "").map(Number), numbers([...first.body.result, ...second.body.result]));
  assert.deepEqual(other.body.result, first.body.result);
  assert.match(one.headers.get("access-control-expose-headers"), /keyhole-cursor/);
});

const step = (event_collection, more = {}) => ({ event_collection, actor_property: "user", ...more });

test("an ordered funnel counts who took each step after the one before", async () => {
  await record({
    visit: [at("2026-03-01T10:00:00Z", { user: "a" }), at("2026-03-01T10:00:00Z", { user: "b" }), at("2026-03-01T12:00:00Z", { user: "c" }), at("2026-03-09T10:00:00Z", { user: "b" }), at("2026-03-01T10:00:00Z")],
    trial: [at("2026-03-01T11:00:00Z", { user: "a" }), at("2026-03-01T10:00:00Z", { user: "c" }), at("2026-03-10T10:00:00Z", { user: "b" })],
    buy: [at("2026-03-05T10:00:00Z", { user: "a" }), at("2026-03-05T10:00:00Z", { user: "b" }), at("2026-03-11T10:00:00Z", { user: "b" }), at("2026-03-05T10:00:00Z", { user: "c" })],
  });
  const steps = [step("visit"), step("trial"), step("buy", { with_actors: true })];
  const ask = (more) => project.query("funnel", { timeframe: always, steps, ...more });
  assert.deepEqual((await ask({})).body.result, [3, 3, 3]);
  const ordered = (await ask({ ordered: true })).body;
  assert.deepEqual([ordered.result, ordered.actors], [[3, 2, 2], [null, null, ["a", "b"]]]);
  // b's first visit is too long before; the second one is not.
  assert.deepEqual((await ask({ ordered: true, within: "P4D" })).body.result, [3, 2, 2]);
  assert.deepEqual((await ask({ ordered: true, within: "P3D" })).body.actors[2], ["b"]);
  assert.deepEqual((await ask({ ordered: true, within: "PT1H" })).body.result, [3, 1, 0]);
  const again = await ask({ steps: [step("visit"), step("visit")], ordered: true });
  assert.deepEqual(again.body.result, [3, 1], "a step at the same instant is not after the one before");
  const optional = [step("visit"), step("trial", { optional: true }), step("buy")];
  assert.deepEqual((await ask({ steps: optional, ordered: true })).body.result, [3, 2, 3]);
  const parameters = new URLSearchParams({ steps: JSON.stringify(steps), timeframe: JSON.stringify(always), ordered: "true", within: "PT1H" });
  assert.deepEqual((await project.call("GET", `/queries/funnel?${parameters}`, { key: project.keys.read })).body.result, [3, 1, 0]);
});

test("a funnel over an interval is one funnel for each bucket", async () => {
  const timeframe = { start: "2026-03-01T00:00:00Z", end: "2026-03-12T00:00:00Z" };
  const steps = [step("visit"), step("trial"), step("buy")];
  const series = await result("funnel", { timeframe, steps, interval: "weekly", timezone: "UTC" });
  const bucket = (value, start, end) => ({ value, timeframe: { start: `2026-03-${start}T00:00:00.000Z`, end: `2026-03-${end}T00:00:00.000Z` } });
  assert.deepEqual(series, [bucket([3, 2, 2], "01", "08"), bucket([1, 1, 1], "08", "12")]);
  assert.deepEqual(await result("funnel", { timeframe, steps, interval: "weekly", ordered: true }), [bucket([3, 1, 1], "01", "08"), bucket([1, 1, 1], "08", "12")]);
  const own = [step("visit"), step("buy", { timeframe: { start: "2026-03-10", end: "2027-01-01" } })];
  assert.deepEqual((await result("funnel", { timeframe, steps: own, interval: "weekly" })).map(({ value }) => value), [[3, 0], [1, 1]]);
  const clocks = { start: "2026-03-28T23:00:00Z", end: "2026-03-30T22:00:00Z" };
  const days = await result("funnel", { timeframe: clocks, timezone: "Europe/Warsaw", steps, interval: "daily" });
  assert.deepEqual(days.map(({ timeframe: { start } }) => start), ["2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"]);
});

test("100 buckets of 20 steps are answered, and 101 are refused with the limit", async () => {
  const steps = count(20, () => step("visit"));
  const days = (end) => ({ steps, interval: "daily", timeframe: { start: "2026-01-01", end } });
  assert.equal((await result("funnel", days("2026-04-11"))).length, 100);
  const ordered = { ...days("2026-04-11"), ordered: true, within: "P1D" };
  assert.equal((await result("funnel", { ...ordered, steps: steps.slice(10) })).length, 100);
  const long = await project.query("funnel", { ...ordered, steps: steps.slice(9) });
  assert.deepEqual([long.status, long.body.error_code], [400, "FunnelDefinitionError"]);
  assert.match(long.body.message, /11 steps of a funnel in order.*10/);
  const refused = await project.query("funnel", days("2026-04-12"));
  assert.deepEqual([refused.status, refused.body.error_code], [400, "IntervalDefinitionError"]);
  assert.match(refused.body.message, /101 intervals.*100/);
});

const visit = { event_collection: "paged", timeframe: always };
const walk = { timeframe: always, steps: [step("visit"), step("buy")] };

for (const [what, analysis, body, code, message] of [
  ["a page size of 0", "extraction", { ...visit, page_size: 0 }, "ExtractionDefinitionError", /page_size.*1 to 10,000/],
  ["a page size of 10,001", "extraction", { ...visit, page_size: 10_001 }, "ExtractionDefinitionError", /page_size.*1 to 10,000/],
  ["a page size that is no whole number", "extraction", { ...visit, page_size: 1.5 }, "ExtractionDefinitionError", /page_size/],
  ["a page size in quotes", "extraction", { ...visit, page_size: "5" }, "ExtractionDefinitionError", /page_size.*a number.*a string/],
  ["pages of the latest", "extraction", { ...visit, page_size: 5, latest: 5 }, "ExtractionDefinitionError", /`latest`.*`page_size`/],
  ["a cursor without a page size", "extraction", { ...visit, cursor: "00" }, "ExtractionDefinitionError", /`page_size`/],
  ["a cursor with the latest", "extraction", { ...visit, cursor: "00", latest: 5 }, "ExtractionDefinitionError", /`page_size`/],
  ["an unknown content type", "extraction", { ...visit, content_type: "text/html" }, "ExtractionDefinitionError", /content_type.*text\/csv/],
  ["a content type that is no string", "extraction", { ...visit, content_type: 1 }, "ExtractionDefinitionError", /content_type/],
  ["a mail", "extraction", { ...visit, email: "a@example.com" }, "ExtractionDefinitionError", /email.*No mail is sent/],
  ["a mail by its old name", "extraction", { ...visit, email_address: "a@example.com" }, "ExtractionDefinitionError", /No mail is sent/],
  ["an order that is no boolean", "funnel", { ...walk, ordered: "true" }, "FunnelDefinitionError", /ordered.*true or false/],
  ["a time without an order", "funnel", { ...walk, within: "P7D" }, "FunnelDefinitionError", /within.*ordered/],
  ["a time with no order", "funnel", { ...walk, ordered: false, within: "P7D" }, "FunnelDefinitionError", /within.*ordered/],
  ["a time of months", "funnel", { ...walk, ordered: true, within: "P1M" }, "FunnelDefinitionError", /within.*P7D/],
  ["no time at all", "funnel", { ...walk, ordered: true, within: "PT0S" }, "FunnelDefinitionError", /within.*P7D/],
  ["a time that is a number", "funnel", { ...walk, ordered: true, within: 7 }, "FunnelDefinitionError", /within.*a string/],
  ["an inverted step in order", "funnel", { ...walk, ordered: true, steps: [step("visit"), step("buy", { inverted: true })] }, "FunnelDefinitionError", /steps\/1.*inverted/],
  ["actors over an interval", "funnel", { ...walk, interval: "daily", timeframe: "this_7_days", steps: [step("visit", { with_actors: true })] }, "FunnelDefinitionError", /steps\/0.*with_actors/],
  ["an unknown interval", "funnel", { ...walk, interval: "fortnightly" }, "IntervalDefinitionError", /interval.*every_N_minutes/],
  ["an interval without a timeframe of the whole", "funnel", { interval: "daily", steps: [step("visit", { timeframe: always })] }, "MissingRequiredRequestFieldError", /timeframe/],
]) {
  test(`${what}: refused with ${code} and the place`, async () => {
    const answered = await project.query(analysis, body);
    assert.deepEqual([answered.status, answered.body.error_code], [400, code], answered.text);
    assert.match(answered.body.message, message);
  });
}

test("the queries of a project are listed with the paths they are asked at", async () => {
  const listed = await project.call("GET", "/queries", { key: project.keys.read });
  assert.equal(listed.status, 200);
  const at = (analysis) => `/3.0/projects/${project.id}/queries/${analysis}`;
  for (const analysis of ["count", "count_unique", "select_unique", "extraction", "funnel", "multi_analysis", "standard_deviation"]) {
    assert.equal(listed.body[`${analysis}_url`], at(analysis));
  }
  for (const analysis of ["minimum", "maximum", "average", "sum", "median", "percentile"]) {
    assert.deepEqual([listed.body[analysis], listed.body[`${analysis}_url`]], [at(analysis), at(analysis)]);
  }
  for (const path of new Set(Object.values(listed.body))) {
    const answered = await call(worker, "POST", path, { key: project.keys.read, body: {} });
    assert.equal(answered.body.error_code, "MissingRequiredRequestFieldError", path);
  }
});

test("the time zones are listed with their offsets of now, for anyone and for a while", async () => {
  const listed = await call(worker, "GET", "/timezones");
  assert.equal(listed.status, 200);
  assert.match(listed.headers.get("cache-control"), /^public, max-age=\d+$/);
  assert.equal(listed.headers.get("access-control-allow-origin"), "*");
  const names = listed.body.map(({ name }) => name);
  assert.ok(names.length > 400 && new Set(names).size === names.length);
  assert.deepEqual(names, names.toSorted());
  const known = new Map(listed.body.map((zone) => [zone.name, zone]));
  assert.deepEqual(known.get("UTC"), { name: "UTC", utc_offset: "+00:00", number_of_seconds_to_offset_time: 0 });
  assert.deepEqual(known.get("Asia/Kathmandu"), { name: "Asia/Kathmandu", utc_offset: "+05:45", number_of_seconds_to_offset_time: 20_700 });
  for (const name of ["Europe/Warsaw", "US/Pacific", "America/New_York", "Australia/Lord_Howe"]) {
    const parts = new Intl.DateTimeFormat("en", { timeZone: name, timeZoneName: "longOffset" }).formatToParts(new Date());
    const clock = parts.find(({ type }) => type === "timeZoneName").value.replace("GMT", "");
    assert.equal(known.get(name).utc_offset, clock || "+00:00", name);
  }
});

/** While the events cannot be read, for what the database says is this reason. */
async function unreadable(reason, work) {
  const view = "event_with_body";
  const { sql } = await worker.db.prepare("SELECT sql FROM sqlite_master WHERE name = ?").bind(view).first();
  const replace = (text) => worker.db.batch([`DROP VIEW ${view}`, text].map((statement) => worker.db.prepare(statement)));
  await replace(`CREATE VIEW ${view} AS SELECT * FROM "${reason}"`);
  try {
    return await work();
  } finally {
    await replace(sql);
  }
}

for (const [reason, status, code, message] of [
  ["D1 DB exceeded its CPU time limit and was reset.", 504, "QueryTimeoutError", /Narrow/],
  ["D1 DB storage operation exceeded timeout which caused object to be reset.", 504, "QueryTimeoutError", /Narrow/],
  ["D1 DB is overloaded. Requests queued for too long.", 503, "ServiceUnavailableError", /again/],
]) {
  test(`a question that ends with "${reason}" is answered ${status} in JSON`, async () => {
    const asked = { event_collection: "paged", timeframe: always };
    const answers = await unreadable(reason, () =>
      Promise.all([
        project.query("count", asked),
        project.query("funnel", walk),
        project.call("POST", "/queries/extraction", { key: project.keys.read, headers: { accept: "text/csv" }, body: asked }),
      ]),
    );
    for (const answered of answers) {
      assert.deepEqual([answered.status, answered.body?.error_code], [status, code], answered.text);
      assert.match(answered.body.message, message);
      assert.ok(!answered.text.includes("D1"), answered.text);
      assert.equal(answered.headers.get("retry-after"), status === 503 ? "1" : null);
    }
    assert.equal(await result("count", asked), 23);
  });
}
