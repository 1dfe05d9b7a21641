// Does an update change the events it describes, all of them, and nothing else?

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startWorker } from "../support/harness.mjs";
import { always, call, makeProject } from "../support/project.mjs";

// `hiding` leaves every deletion to its clock.
let worker;
let hiding;

before(async () => {
  worker = await startWorker();
  hiding = await startWorker({ vars: { DELETION_STEPS: "0" } });
});
after(() => Promise.all([worker?.close(), hiding?.close()]));

const is = (property_name, operator, property_value) => ({ property_name, operator, property_value });
const eq = (name, value) => is(name, "eq", value);
const set = (property_name, property_value, upsert_property) => ({ property_name, property_value, ...(upsert_property === undefined ? {} : { upsert_property }) });
const large = "x".repeat(1_500);

async function place(on = worker, preferences = {}) {
  const project = await makeProject(on, { name: "p", preferences });
  const put = (body, { collection = "c", key = project.keys.master } = {}) => project.call("PUT", `/events/${collection}`, { key, body });
  const update = async (property_updates, more = {}) => {
    const answered = await put({ property_updates, ...more });
    assert.equal(answered.status, 200, answered.text);
    assert.deepEqual(Object.keys(answered.body), ["updated_events"]);
    return answered.body.updated_events;
  };
  const events = async (collection = "c") => {
    const answered = await project.query("extraction", { event_collection: collection, timeframe: always });
    assert.equal(answered.status, 200, answered.text);
    return answered.body.result;
  };
  /** The events' own properties, by number. */
  const bodies = async (collection) => (await events(collection)).map(({ keen, ...body }) => body).sort((a, b) => a.n - b.n);
  const count = async (filters = [], key) => (await project.query("count", { event_collection: "c", timeframe: always, filters }, key)).body.result;
  const changes = async () => (await project.call("GET", "/audit?kind=change", { key: project.keys.master })).body.entries;
  return { project, put, update, events, bodies, count, changes };
}

const refused = (answered, status, code, what) =>
  assert.deepEqual([answered.status, answered.body?.error_code], [status, code], `${what}: ${answered.text}`);

const day = (n) => ({ timestamp: `2026-01-${String(n).padStart(2, "0")}T12:00:00Z` });
const ten = Array.from({ length: 10 }, (_, at) => ({ n: at + 1, plan: "old", customer: { id: at % 2 ? "a" : "b" }, keen: day(at + 1) }));
const all = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

for (const [what, which, expected] of [
  ["nothing but the update", {}, all],
  ["filters", { filters: [is("n", "lt", 4)] }, [1, 2, 3]],
  ["a filter that pins the scope property", { filters: [eq("customer.id", "b")] }, [1, 3, 5, 7, 9]],
  ["a filter on what is updated", { filters: [eq("plan", "old"), is("n", "gt", 8)] }, [9, 10]],
  ["filters one of which must hold", { filters: [{ operator: "or", operands: [eq("n", 1), eq("customer.id", "a")] }] }, [1, 2, 4, 6, 8, 10]],
  ["a regex", { filters: [is("customer.id", "regex", "^a$")] }, [2, 4, 6, 8, 10]],
  ["what nothing has", { filters: [eq("n", "1")] }, []],
  ["an absolute timeframe", { timeframe: { start: "2026-01-03T12:00:00Z", end: "2026-01-05T12:00:00Z" } }, [3, 4]],
  ["a relative timeframe", { timeframe: "previous_1_minutes" }, []],
  ["a timeframe in a zone", { timeframe: "this_100_years", timezone: "US/Pacific", filters: [is("n", "gt", 9)] }, [10]],
  ["an empty list of filters and a timeframe", { timeframe: always, filters: [] }, all],
  ["when it was received", { filters: [is("keen.created_at", "gt", "2001-01-01")] }, all],
]) {
  test(`an update by ${what} changes those events and no others`, async () => {
    const { project, update, events } = await place();
    await project.record({ c: ten, other: ten });
    const before = await events();
    assert.equal(await update([set("plan", "new")], which), expected.length);
    const after = before.map((event) => (expected.includes(event.n) ? { ...event, plan: "new" } : event));
    assert.deepEqual(await events(), after);
    assert.ok((await events("other")).every(({ plan }) => plan === "old"));
  });
}

test("a property is replaced where it is, and made where it is not only with upsert_property", async () => {
  const sent = [
    { n: 1, p: 1 }, { n: 2 }, { n: 3, p: null }, { n: 4, p: { q: 1 } }, { n: 5, p: [1] }, { n: 6, p: { q: { r: 1 } } },
  ];
  const value = { x: [1, "1", null, true, { y: "ż\"\\\u0001" }] };
  for (const [change, expected, updated] of [
    [set("p", value), (event) => ("p" in event ? { ...event, p: value } : event), 5],
    [set("p", value, false), (event) => ("p" in event ? { ...event, p: value } : event), 5],
    [set("p", value, true), (event) => ({ ...event, p: value }), 6],
    [set("p", null), (event) => ("p" in event ? { ...event, p: null } : event), 5],
    [set("p.q", 2), (event) => (event.p?.q === undefined ? event : { ...event, p: { q: 2 } }), 2],
    // A number, null or a list stays in the way of an object.
    [set("p.q", 2, true), (event) => (!("p" in event) || event.p?.q !== undefined ? { ...event, p: { ...event.p, q: 2 } } : event), 3],
    [set("p.q.r", 2, true), (event) => (!("p" in event) || event.n === 6 ? { ...event, p: { q: { r: 2 } } } : event), 2],
    [set("made.by.update", "yes", true), (event) => ({ ...event, made: { by: { update: "yes" } } }), 6],
    [set("a'b\"c$[0]", 1, true), (event) => ({ ...event, "a'b\"c$[0]": 1 }), 6],
  ]) {
    for (const size of [{}, { large }]) {
      const { project, update, bodies } = await place();
      await project.record({ c: sent.map((event) => ({ ...event, ...size })) });
      assert.equal(await update([change]), updated, JSON.stringify(change));
      assert.deepEqual(await bodies(), sent.map((event) => expected({ ...event, ...size })), JSON.stringify(change));
      assert.equal(await update([change]), updated, "again");
      assert.deepEqual(await bodies(), sent.map((event) => expected({ ...event, ...size })), "again");
    }
  }
});

test("several properties are updated at once, each where it can be", async () => {
  const { project, update, bodies } = await place();
  await project.record({ c: [{ n: 1, a: 1 }, { n: 2, b: 1 }, { n: 3 }] });
  assert.equal(await update([set("a", 2), set("b", 2)]), 2);
  assert.deepEqual(await bodies(), [{ n: 1, a: 2 }, { n: 2, b: 2 }, { n: 3 }]);
  assert.equal(await update([set("a", 3), set("d.e", [], true), set("f", "g", true)], { filters: [is("n", "ne", 2)] }), 2);
  assert.deepEqual(await bodies(), [{ n: 1, a: 3, d: { e: [] }, f: "g" }, { n: 2, b: 2 }, { n: 3, d: { e: [] }, f: "g" }]);
});

test("an event stays itself: its id, its times, and the token that it was recorded with", async () => {
  const { project, update, events, count } = await place();
  const sent = [
    { n: 1, customer: { id: "a" }, keen: { uniqueness_token: "t", ...day(1) } },
    { n: 2, customer: { id: "a" }, keen: { uniqueness_token: "u" } },
    { n: 3, customer: { id: "a" }, keen: { uniqueness_token: "v", ...day(2), location: { coordinates: [21, 52] } }, large },
  ];
  await project.record({ c: sent });
  const before = await events();
  assert.equal(await update([set("n", 0), set("seen", true, true)]), 3);
  const after = await events();
  assert.deepEqual(after.map(({ keen }) => keen), before.map(({ keen }) => keen));
  // The same events again are still the same events, and change nothing back.
  await project.record({ c: sent });
  assert.deepEqual(await events(), after);
  assert.equal(await count([eq("n", 0), eq("seen", true)]), 3);
});

test("a small event that becomes large, and a large one that becomes small, are whole", async () => {
  const { project, update, bodies, count } = await place();
  await project.record({ c: [{ n: 1, p: "small" }, { n: 2, p: large }, { n: 3, p: 1, large }] });
  const longer = "ż".repeat(1_000);
  assert.equal(await update([set("p", longer)]), 3);
  assert.deepEqual(await bodies(), [{ n: 1, p: longer }, { n: 2, p: longer }, { n: 3, p: longer, large }]);
  assert.equal(await update([set("p", 1)]), 3);
  assert.deepEqual(await bodies(), [{ n: 1, p: 1 }, { n: 2, p: 1 }, { n: 3, p: 1, large }]);
  const remove = await project.call("DELETE", `/events/c?filters=${encodeURIComponent(JSON.stringify([eq("p", 1)]))}`, { key: project.keys.master });
  assert.equal(remove.status, 204);
  assert.equal(await count(), 0);
  const { rows } = await worker.db.prepare("SELECT count(*) AS rows FROM event_body WHERE c IN (SELECT c FROM collection WHERE project = ?)").bind(project.id).first();
  assert.equal(rows, 0);
});

const one = [set("plan", "new")];
for (const [what, body, code, pointer] of [
  ["what is no object", [], "InvalidRequestError", ""],
  ["no updates", {}, "MissingRequiredRequestFieldError", ""],
  ["updates that are no list", { property_updates: set("a", 1) }, "InvalidRequestError", "/property_updates"],
  ["an empty list of updates", { property_updates: [] }, "InvalidRequestError", "/property_updates"],
  ["more updates than there may be", { property_updates: Array.from({ length: 21 }, (_, at) => set(`p${at}`, 1)) }, "InvalidRequestError", "/property_updates"],
  ["updates of more bytes than there may be", { property_updates: [set("a", "x".repeat(100_000))] }, "InvalidRequestError", "/property_updates"],
  ["an update that is no object", { property_updates: ["a"] }, "InvalidRequestError", "/property_updates/0"],
  ["an update without a name", { property_updates: [{ property_value: 1 }] }, "MissingRequiredRequestFieldError", "/property_updates/0"],
  ["an update without a value", { property_updates: [{ property_name: "a" }] }, "MissingRequiredRequestFieldError", "/property_updates/0"],
  ["a misspelt field of an update", { property_updates: [{ ...set("a", 1), upsert: true }] }, "InvalidRequestError", "/property_updates/0/upsert"],
  ["an upsert_property that is neither true nor false", { property_updates: [set("a", 1, "yes")] }, "InvalidRequestError", "/property_updates/0/upsert_property"],
  ["a name that is no text", { property_updates: [set(7, 1)] }, "InvalidPropertyNameError", "/property_updates/0/property_name"],
  ["a name that no property can have", { property_updates: [set("$a", 1)] }, "InvalidPropertyNameError", "/property_updates/0/property_name"],
  ["a value with a name that no property can have", { property_updates: [set("a", { "b.c": 1 })] }, "InvalidPropertyNameError", "/property_updates/0/property_value"],
  ["keen's time", { property_updates: [set("keen.timestamp", "2026-01-01T00:00:00Z")] }, "InvalidPropertyNameError", "/property_updates/0/property_name"],
  ["keen's id", { property_updates: [set("keen.id", "0".repeat(24))] }, "InvalidPropertyNameError", "/property_updates/0/property_name"],
  ["keen itself", { property_updates: [set("keen", {}, true)] }, "InvalidPropertyNameError", "/property_updates/0/property_name"],
  ["the scope property", { property_updates: [set("customer.id", "b")] }, "InvalidPropertyNameError", "/property_updates/0/property_name"],
  ["what holds the scope property", { property_updates: [set("customer", {})] }, "InvalidPropertyNameError", "/property_updates/0/property_name"],
  ["what is within the scope property", { property_updates: [set("customer.id.x", 1, true)] }, "InvalidPropertyNameError", "/property_updates/0/property_name"],
  ["one property twice", { property_updates: [...one, ...one] }, "InvalidPropertyNameError", "/property_updates/1/property_name"],
  ["a property and what is within it", { property_updates: [set("a.b", 1), set("a", 1)] }, "InvalidPropertyNameError", "/property_updates/1/property_name"],
  ["misspelt filters", { property_updates: one, filter: [] }, "InvalidRequestError", "/filter"],
  ["filters that are null", { property_updates: one, filters: null }, "InvalidRequestError", "/filters"],
  ["an empty list of filters alone", { property_updates: one, filters: [] }, "InvalidRequestError", "/filters"],
  ["a filter that is none", { property_updates: one, filters: [1] }, "FilterDefinitionError", "/filters/0"],
  ["a timeframe that is none", { property_updates: one, timeframe: "soon" }, "TimeframeDefinitionError", "/timeframe"],
  ["a timezone alone", { property_updates: one, timezone: "UTC" }, "InvalidRequestError", "/timezone"],
]) {
  test(`an update with ${what} is refused with its place, and changes nothing`, async () => {
    const { project, put, events } = await place();
    await project.record({ c: ten });
    const before = await events();
    const answered = await put(body);
    refused(answered, 400, code, what);
    const [, found = ""] = /^At (\S+): /.exec(answered.body.message) ?? [];
    assert.equal(found, pointer, answered.text);
    assert.deepEqual(await events(), before);
  });
}

test("an update of a collection that is not there, or cannot be, is refused", async () => {
  const { put } = await place();
  refused(await put({ property_updates: one }, { collection: "none" }), 404, "ResourceNotFoundError", "none");
  refused(await put({ property_updates: one }, { collection: "_x" }), 400, "InvalidCollectionNameError", "_x");
  refused(await put("{"), 400, "InvalidJSONError", "no JSON");
});

test("no key but the master's updates, whatever it is permitted, and is told the same whatever there is", async () => {
  const { project, put, events } = await place();
  await project.record({ c: ten });
  const before = await events();
  const permitted = ["writes", "queries", "saved_queries", "cached_queries", "datasets", "schema", "query_definition", "keys"];
  const access = (await project.key({ name: "k", permitted })).key;
  for (const key of [access, project.keys.read, project.keys.write]) {
    const bodies = [{ property_updates: one }, { property_updates: [] }, "{", { property_updates: [set("keen.id", 1)] }];
    const answers = await Promise.all(["c", "none", "_x"].flatMap((collection) => bodies.map((body) => put(body, { collection, key }))));
    refused(answers[0], 401, "AdminOnlyEndpointError", key);
    for (const { text } of answers) assert.equal(text, answers[0].text);
  }
  assert.deepEqual(await events(), before);
});

test("the schema knows what an update gave, and only that", async () => {
  const { project, update } = await place();
  await project.record({ c: [{ n: 1, p: 1 }] });
  const schema = async () => {
    const { body } = await project.call("GET", "/events/c", { key: project.keys.master });
    return [body.properties, body.types];
  };
  const keen = { "keen.created_at": "datetime", "keen.id": "string", "keen.timestamp": "datetime" };
  await update([set("p", "text"), set("never", 1), set("made.deep", [], true)], { filters: [eq("n", 1)] });
  assert.deepEqual(await schema(), [{ ...keen, n: "num", p: "num", "made.deep": "list" }, { p: ["num", "string"] }]);
  await update([set("nothing", 1, true)], { filters: [eq("n", 2)] });
  assert.deepEqual((await schema())[0].nothing, undefined);
});

test("an update is told in the audit: by whom, of which events, what and how many; not to what", async () => {
  const { project, update, changes } = await place();
  await project.record({ c: ten });
  const filters = [is("n", "lt", 4)];
  await update([set("plan", "secret value"), set("more", 1, true)], { filters, timeframe: always });
  const [{ entry, at, kind, key_id, ...rest }] = await changes();
  assert.deepEqual(rest, {
    action: "events_updated", by: { kind: "master" }, collection: "c", properties: ["plan", "more"], filters, timeframe: always, timezone: null, events: 3,
  });
});

test("no cached result from before an update is answered after it", async () => {
  const { project, update } = await place();
  await project.record({ c: ten });
  const query = { analysis_type: "count", event_collection: "c", timeframe: { start: "2026-01-01", end: "2026-02-01" }, filters: [eq("plan", "old")] };
  await project.call("PUT", "/queries/saved/kept", { key: project.keys.master, body: { query, refresh_rate: 4 * 3_600 } });
  const result = async () => (await project.call("GET", "/queries/saved/kept/result", { key: project.keys.read })).body.result;
  assert.equal(await result(), 10);
  await update([set("plan", "new")], { filters: [is("n", "lt", 4)] });
  assert.equal(await result(), 7);
});

test("7,000 events are updated in steps, each once, and a key's filter holds afterwards", async () => {
  const { project, update, count } = await place();
  const events = (from) => Array.from({ length: 3_500 }, (_, at) => ({
    n: from + at, kind: "a", customer: { id: `c${at % 20}` }, ...(at % 100 ? {} : { large }),
    keen: { timestamp: new Date(Date.UTC(2026, 0, 1) + (from + at) * 3_600_000).toISOString() },
  }));
  for (const from of [0, 3_500]) await project.record({ c: events(from) });
  const key = (await project.key({ name: "k", permitted: ["queries"], options: { queries: { filters: [eq("kind", "b")] } } })).key;
  assert.equal(await count([], key), 0);
  const began = performance.now();
  // Of what fits before, nothing fits after: each step must go on behind the one before.
  assert.equal(await update([set("kind", "b")], { filters: [eq("kind", "a"), is("n", "gte", 500)] }), 6_500);
  console.log(`# 6,500 events updated in ${(performance.now() - began).toFixed(0)} ms`);
  assert.deepEqual([await count([], key), await count([eq("kind", "a")]), await count()], [6_500, 500, 7_000]);
  assert.equal(await update([set("kind", "a")], { filters: [eq("customer.id", "c7")] }), 350);
  assert.equal(await count([], key), 6_500 - 325);
  // What fits before fits after: nothing is counted twice.
  assert.equal(await update([set("n", 0)]), 7_000);
});

test("an update of more than 100,000 events is refused whole, and one of 100,000 is done", async () => {
  const { project, put, count } = await place();
  await project.record({ c: [{ n: 0, keen: { timestamp: "2025-12-31T00:00:00Z" } }] });
  const { c } = await worker.db.prepare("SELECT c FROM collection WHERE project = ?").bind(project.id).first();
  await worker.db.prepare(
    `WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 100000)
     INSERT INTO event (c, wk, scope, ts, id, created_at, body)
     SELECT ?1, (1767225600000 + n * 1000) / 604800000, '', 1767225600000 + n * 1000, printf('%024x', n), 0, jsonb_object('n', n) FROM number`).bind(c).run();
  const change = { property_updates: [set("n", -1)] };
  const answered = await put(change);
  refused(answered, 400, "InvalidRequestError", "too many");
  assert.match(answered.body.message, /100001 events.*100000/);
  assert.equal(await count([eq("n", -1)]), 0);
  const began = performance.now();
  const done = await put({ ...change, timeframe: { start: "2026-01-01", end: "2027-01-01" } });
  assert.deepEqual([done.status, done.body], [200, { updated_events: 100_000 }], done.text);
  console.log(`# 100,000 events updated in ${(performance.now() - began).toFixed(0)} ms`);
  assert.equal(await count([eq("n", -1)]), 100_000);
});

test("an update that would make an event larger than one may be is refused whole", async () => {
  const { project, put, count } = await place();
  await project.record({ c: [{ n: 1 }, { n: 2, p: "x".repeat(899_950) }] });
  const answered = await put({ property_updates: [set("more", "y".repeat(100), true)] });
  refused(answered, 400, "InvalidRequestError", "too large");
  assert.match(answered.body.message, /900000/);
  assert.equal(await count([is("more", "exists", true)]), 0);
  assert.equal((await put({ property_updates: [set("more", "y".repeat(100), true)], filters: [eq("n", 1)] })).status, 200);
});

test("an update that is broken off in a step has done the steps before, and the same again does the rest", async () => {
  const { project, put, count } = await place();
  const events = Array.from({ length: 5_000 }, (_, n) => ({ n, kind: "a", customer: { id: "x" }, keen: { timestamp: new Date(Date.UTC(2026, 0, 1) + n * 60_000).toISOString() } }));
  await project.record({ c: events });
  const body = { property_updates: [set("kind", "b")], filters: [eq("kind", "a")] };
  const trigger = "CREATE TRIGGER refuse BEFORE UPDATE ON event WHEN json_extract(NEW.body, '$.n') = 3000 BEGIN SELECT RAISE(FAIL, 'x'); END";
  await worker.db.prepare(trigger).run();
  try {
    refused(await put(body), 500, "InternalServerError", "broken off");
  } finally {
    await worker.db.prepare("DROP TRIGGER refuse").run();
  }
  assert.deepEqual([await count([eq("kind", "b")]), await count()], [2_000, 5_000]);
  const again = await put(body);
  assert.deepEqual([again.status, again.body], [200, { updated_events: 3_000 }]);
  assert.equal(await count([eq("kind", "b")]), 5_000);
});

test("an update waits for deletions, which find what they hide", async () => {
  const { project, put, count } = await place(hiding);
  await project.record({ c: ten });
  const filters = encodeURIComponent(JSON.stringify([eq("plan", "old"), is("n", "lt", 4)]));
  await project.call("DELETE", `/events/c?filters=${filters}`, { key: project.keys.master });
  refused(await put({ property_updates: one }), 409, "ConflictError", "while it is carried out");
  await hiding.scheduled({ cron: "* * * * *" });
  const answered = await put({ property_updates: one });
  assert.deepEqual([answered.status, answered.body], [200, { updated_events: 7 }]);
  assert.deepEqual([await count(), await count([eq("plan", "new")])], [7, 7]);
});

test("what a project no longer keeps is not updated, and not counted", async () => {
  const { project, put, update } = await place();
  const ago = (days) => ({ timestamp: new Date(Date.now() - days * 86_400_000).toISOString() });
  await project.record({ c: [{ n: 1, keen: ago(40) }, { n: 2, keen: ago(20) }] });
  const path = `/3.0/organizations/${project.organization.id}/projects/${project.id}`;
  await call(worker, "POST", path, { key: project.organization.key, body: { preferences: { retention_days: 30 } } });
  assert.equal(await update([set("n", 3)]), 1);
  assert.equal((await put({ property_updates: [set("n", 3)], timeframe: { start: "2000-01-01", end: "2001-01-01" } })).body.updated_events, 0);
});

test("an update while the project is laid out anew changes what fits, wherever it lies, if it is one step", async () => {
  const { project, put, update, bodies, count } = await place(hiding);
  await project.record({ many: Array.from({ length: 2_001 }, (_, n) => ({ n, plan: "old" })) });
  await project.record({ c: ten });
  const path = `/3.0/organizations/${project.organization.id}/projects/${project.id}`;
  const changed = await call(hiding, "POST", path, { key: project.organization.key, body: { scope_property: "team" } });
  assert.equal(changed.body.is_clustering, true);
  // The property that clustered them before is one like others now.
  assert.equal(await update([set("customer.id", "z")], { filters: [eq("customer.id", "a")] }), 5);
  refused(await put({ property_updates: one }, { collection: "many" }), 409, "ConflictError", "two steps");
  await hiding.scheduled({ cron: "* * * * *" });
  assert.deepEqual((await put({ property_updates: one }, { collection: "many" })).body, { updated_events: 2_001 });
  assert.deepEqual([await count([eq("customer.id", "z")]), await count([eq("team", null)])], [5, 10]);
  assert.equal((await bodies()).length, 10);
});
