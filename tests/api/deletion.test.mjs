// Is what was deleted never seen again, and nothing else gone?

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startWorker } from "../support/harness.mjs";
import { always, customerKey, makeProject } from "../support/project.mjs";

// `whole` does as much of a deletion in its request as it always does; `hiding` none, so that all is the clock's.
let whole;
let hiding;

before(async () => {
  whole = await startWorker();
  hiding = await startWorker({ vars: { DELETION_STEPS: "0" } });
});
after(() => Promise.all([whole?.close(), hiding?.close()]));

const is = (property_name, operator, property_value) => ({ property_name, operator, property_value });
const eq = (name, value) => is(name, "eq", value);
const parameters = (object) => {
  const pairs = Object.entries(object).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]);
  const text = new URLSearchParams(pairs).toString();
  return text === "" ? "" : `?${text}`;
};
const large = "x".repeat(1_500);

async function place(worker, definition = { name: "p", scope_property: "customer.id" }) {
  const project = await makeProject(worker, definition);
  const remove = (path, query = {}, key = project.keys.master) =>
    project.call("DELETE", `/events${path}${typeof query === "string" ? query : parameters(query)}`, { key, body: {} });
  const events = async (collection, more = {}) => {
    const answered = await project.query("extraction", { event_collection: collection, timeframe: always, ...more });
    assert.equal(answered.status, 200, answered.text);
    return answered.body.result;
  };
  const left = async (collection, more) => (await events(collection, more)).map(({ n }) => n).sort((a, b) => a - b);
  const rows = async () => {
    const tables = ["event", "event_body", "event_token"];
    const counts = await worker.db.batch(tables.map((table) => worker.db.prepare(
      `SELECT count(*) AS rows FROM ${table} WHERE c IN (SELECT c FROM collection WHERE project = ?)`).bind(project.id)));
    return counts.map(({ results }) => results[0].rows);
  };
  const open = async () => (await worker.db.prepare("SELECT id FROM deletion WHERE project = ?").bind(project.id).all()).results.length;
  const changes = async () => (await project.call("GET", "/audit?kind=change", { key: project.keys.master })).body.entries;
  return { worker, project, remove, events, left, rows, open, changes };
}

const strike = (worker) => worker.scheduled({ cron: "* * * * *" });
const gone = (answered) => assert.deepEqual([answered.status, answered.text], [204, ""]);
const refused = (answered, status, code, what) =>
  assert.deepEqual([answered.status, answered.body?.error_code], [status, code], `${what}: ${answered.text}`);

const day = (n) => ({ timestamp: `2026-01-${String(n).padStart(2, "0")}T12:00:00Z` });
const ten = Array.from({ length: 10 }, (_, at) => ({ n: at + 1, customer: { id: at % 2 ? "a" : "b" }, keen: day(at + 1) }));

/** Each form of the parameters, and which of ten events it leaves. */
const FORMS = [
  ["filters", { filters: [is("n", "lt", 4)] }, [4, 5, 6, 7, 8, 9, 10]],
  ["filters of which both must hold", { filters: [is("n", "lt", 4), eq("customer.id", "a")] }, [1, 3, 4, 5, 6, 7, 8, 9, 10]],
  ["a filter that pins the scope property", { filters: [eq("customer.id", "b")] }, [2, 4, 6, 8, 10]],
  ["filters one of which must hold", { filters: [{ operator: "or", operands: [eq("n", 1), eq("customer.id", "a")] }] }, [3, 5, 7, 9]],
  ["a regex", { filters: [is("customer.id", "regex", "^[a]$")] }, [1, 3, 5, 7, 9]],
  ["what nothing has", { filters: [eq("n", "1")] }, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
  ["an absolute timeframe", { timeframe: { start: "2026-01-03T12:00:00Z", end: "2026-01-05T12:00:00Z" } }, [1, 2, 5, 6, 7, 8, 9, 10]],
  ["a timeframe in brackets", "?timeframe[start]=2026-01-03&timeframe[end]=2026-01-05", [1, 2, 5, 6, 7, 8, 9, 10]],
  ["a timeframe, the scope and another filter", { timeframe: { start: "2026-01-03", end: "2026-01-09" }, filters: [eq("customer.id", "a"), is("n", "ne", 6)] }, [1, 2, 3, 5, 6, 7, 9, 10]],
  ["a relative timeframe", { timeframe: "previous_1_minutes" }, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
  ["a relative timeframe in quotes", { timeframe: '"this_100_years"' }, []],
  ["a timezone in quotes", { timeframe: '"this_100_years"', timezone: '"US/Pacific"', filters: [is("n", "gt", 9)] }, [1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ["a timeframe and no filters", { timeframe: always, filters: [] }, []],
  ["when it was received", { filters: [is("keen.created_at", "gt", "2001-01-01")] }, []],
];

for (const [where, worker] of [["in its request", () => whole], ["by the clock", () => hiding]]) {
  test(`events are deleted by every form of the parameters, ${where}`, async () => {
    await Promise.all(FORMS.map(async ([what, query, expected]) => {
      const { project, remove, left, rows, open } = await place(worker());
      await project.record({ c: ten });
      gone(await remove("/c", query));
      assert.deepEqual(await left("c"), expected, what);
      if (where === "by the clock") assert.deepEqual([await rows(), await open()], [[10, 0, 0], 1], what);
    }));
    await strike(worker());
    const { results } = await worker().db.prepare("SELECT * FROM deletion").all();
    assert.deepEqual(results, []);
  });
}

test("what is swept is what was hidden, with large bodies and tokens", async () => {
  for (const worker of [whole, hiding]) {
    const { project, remove, left, rows } = await place(worker);
    const event = (n, more) => ({ n, customer: { id: "a" }, ...more });
    await project.record({ c: [
      event(1, { large }), event(2, { large, wanted: 1 }), event(3, { keen: { uniqueness_token: "t" } }), event(4, { wanted: 1, keen: { uniqueness_token: "u" } }),
      event(5, { wanted: 1, large, keen: { uniqueness_token: "v" } }), event(6, { wanted: 1 }),
    ] });
    assert.deepEqual(await rows(), [6, 3, 3]);
    gone(await remove("/c", { filters: [is("wanted", "exists", false)] }));
    assert.deepEqual(await left("c"), [2, 4, 5, 6]);
    await strike(worker);
    assert.deepEqual([await left("c"), await rows()], [[2, 4, 5, 6], [4, 2, 2]]);
  }
});

test("what might take more than was meant is refused, and takes nothing", async () => {
  const { project, remove, left } = await place(whole);
  await project.record({ c: ten });
  const timeframe = "today";
  for (const [path, query, code] of [
    ["/c", "?filters=[]", "InvalidRequestError"],
    ["/c", "?filters=null", "InvalidRequestError"],
    ["/c", "?filters=", "InvalidJSONError"],
    ["/c", "?filters=[1]", "FilterDefinitionError"],
    ["/c", "?filter=[]", "InvalidRequestError"],
    ["/c", "?timezone=UTC", "InvalidRequestError"],
    ["/c", { timeframe: "soon" }, "TimeframeDefinitionError"],
    ["/c", { timeframe, interval: "daily" }, "InvalidRequestError"],
    ["/_c", {}, "InvalidCollectionNameError"],
    ["", {}, "MissingRequiredRequestFieldError"],
    ["", { timeframe: always }, "MissingRequiredRequestFieldError"],
    ["", { filters: [], timeframe: always }, "InvalidRequestError"],
    ["/c/properties/customer.id", {}, "InvalidPropertyNameError"],
    ["/c/properties/customer", {}, "InvalidPropertyNameError"],
    ["/c/properties/keen", {}, "InvalidPropertyNameError"],
    ["/c/properties/keen.timestamp", {}, "InvalidPropertyNameError"],
    ["/c/properties/n", { timeframe }, "InvalidRequestError"],
  ]) {
    refused(await remove(path, query), 400, code, `${path} ${JSON.stringify(query)}`);
  }
  for (const [path, query] of [["/none", {}], ["/none", { timeframe }], ["/none/properties/n", {}]]) {
    refused(await remove(path, query), 404, "ResourceNotFoundError", path);
  }
  assert.equal((await left("c")).length, 10);
});

test("who is not the master is refused with the same bytes, whatever there is", async () => {
  const { project, remove, left } = await place(whole);
  await project.record({ c: ten });
  const access = (await project.key(customerKey("a"))).key;
  for (const key of [access, project.keys.read, project.keys.write]) {
    const answers = await Promise.all(["/c", "/none"].map((path) => remove(path, { filters: [eq("customer.id", "a")] }, key)));
    refused(answers[0], 401, "AdminOnlyEndpointError", key);
    assert.equal(answers[0].text, answers[1].text);
  }
  assert.equal((await left("c")).length, 10);
});

test("a whole collection is gone at once, and its name is free for new events", async () => {
  for (const worker of [whole, hiding]) {
    const { project, remove, left, open } = await place(worker);
    const token = { uniqueness_token: "again", timestamp: "2026-01-01T00:00:00Z" };
    const { c } = (await project.record({ c: [...ten, { n: 11, large }, { n: 12, keen: token }], other: ten })) && await collection(worker, project, "c");
    gone(await remove("/c"));
    assert.deepEqual(await left("c"), []);
    refused(await remove("/c"), 404, "ResourceNotFoundError", "again");
    await project.record({ c: [{ n: 12, keen: token }] });
    assert.deepEqual(await left("c"), [12]);
    await strike(worker);
    assert.deepEqual([await left("c"), (await left("other")).length, await open()], [[12], 10, 0]);
    for (const table of ["event", "event_body", "event_token"]) {
      const { rows } = await worker.db.prepare(`SELECT count(*) AS rows FROM ${table} WHERE c = ?`).bind(c).first();
      assert.equal(rows, 0, table);
    }
    assert.ok((await collection(worker, project, "c")).c > c);
  }
});

const collection = (worker, project, name) =>
  worker.db.prepare("SELECT c FROM collection WHERE project = ? AND name = ?").bind(project.id, name).first();

test("a data subject is erased from every collection in one call", async () => {
  for (const worker of [whole, hiding]) {
    const { project, remove, left, rows, changes } = await place(worker);
    const of = (user, n, more) => ({ n, user: { id: user }, customer: { id: n % 2 ? "a" : "b" }, ...more });
    await project.record({
      views: [of("x", 1), of("y", 2), of("x", 3, { large })],
      sales: [of("y", 1, { large }), of("x", 2, { large, keen: { uniqueness_token: "t" } })],
      none: [of("y", 1)],
    });
    const filters = [eq("user.id", "x")];
    gone(await remove("", { filters }));
    const seen = async () => [await left("views"), await left("sales"), await left("none")];
    assert.deepEqual(await seen(), [[2], [1], [1]]);
    await strike(worker);
    assert.deepEqual([await seen(), await rows()], [[[2], [1], [1]], [3, 1, 0]]);
    const [{ entry, at, kind, key_id, ...rest }] = await changes();
    assert.deepEqual(rest, { action: "events_deleted", by: { kind: "master" }, collection: null, filters, timeframe: null, timezone: null, events: 3 });
    gone(await remove("", { filters: [is("user.id", "regex", "^y$")], timeframe: "this_2_days" }));
    assert.deepEqual(await seen(), [[], [], []]);
  }
  const { remove, changes } = await place(whole);
  gone(await remove("", { filters: [eq("a", 1)] }));
  assert.equal((await changes())[0].events, 0, "a project without events");
});

test("a property is gone from every event, nested and large ones too", async () => {
  for (const worker of [whole, hiding]) {
    const { project, remove, events, changes, open } = await place(worker);
    const secret = { email: "a@b.c", kept: 1 };
    await project.record({ c: [{ n: 1, user: secret }, { n: 2, user: secret, large }, { n: 3, user: "text" }, { n: 4 }, { n: 5, user: { email: large } }], d: [{ n: 1, user: secret }] });
    gone(await remove("/c/properties/user.email"));
    const shown = async () => (await events("c")).map(({ n, user }) => [n, user]).sort();
    const expected = [[1, { kept: 1 }], [2, { kept: 1 }], [3, "text"], [4, undefined], [5, {}]];
    const asked = { event_collection: "c", timeframe: always };
    const checked = async () => {
      assert.deepEqual(await shown(), expected);
      const exists = await project.query("count", { ...asked, filters: [is("user.email", "exists", true)] });
      const unique = await project.query("select_unique", { ...asked, target_property: "user.email" });
      const matched = await project.query("count", { ...asked, filters: [is("user.email", "regex", "a")] });
      const grouped = await project.query("count", { ...asked, group_by: "user.email", interval: "yearly", timeframe: "this_1_years" });
      assert.deepEqual([exists.body.result, unique.body.result.filter(Boolean), matched.body.result], [0, [], 0]);
      assert.deepEqual(grouped.body.result.map(({ value }) => value), [[{ "user.email": null, result: 5 }]]);
    };
    await checked();
    // A later event keeps its own, swept or not.
    await project.record({ c: [{ n: 6, user: secret }] });
    assert.deepEqual((await shown()).at(-1), [6, secret]);
    await strike(worker);
    assert.deepEqual((await shown()).at(-1), [6, secret]);
    gone(await remove("/c", { filters: [eq("n", 6)] }));
    await checked();
    await strike(worker);
    await checked();
    assert.deepEqual((await events("d"))[0].user, secret);
    assert.equal(await open(), 0);
    const entry = (await changes()).find(({ action }) => action === "property_deleted");
    assert.deepEqual([entry.collection, entry.property, entry.events], ["c", "user.email", 3]);
  }
});

test("a deletion of 12,000 events is hidden at once, and the clock goes on with it", async () => {
  const { project, remove, rows, open, changes } = await place(hiding);
  const events = (from, to) => Array.from({ length: to - from }, (_, at) => ({
    n: from + at, customer: { id: `c${(from + at) % 50}` }, keen: { timestamp: new Date(Date.UTC(2026, 0, 1) + (from + at) * 600_000).toISOString() },
  }));
  for (const from of [0, 4_000, 8_000, 12_000]) await project.record({ c: events(from, from + 4_000) });
  const count = async (more = {}, analysis = "count") => (await project.query(analysis, { event_collection: "c", timeframe: always, ...more })).body.result;
  const began = performance.now();
  gone(await remove("/c", { filters: [is("n", "gte", 1_000), is("n", "lt", 13_000)] }));
  const answered = performance.now() - began;
  assert.equal((await rows())[0], 16_000);
  const scope = (await project.key(customerKey("c7"))).key;
  const step = { event_collection: "c", actor_property: "n", timeframe: always };
  const seen = async () => [
    await count(), await count({ target_property: "n" }, "maximum"), (await count({ timeframe: { start: "2026-01-01", end: "2026-07-01" }, interval: "weekly" })).reduce((sum, { value }) => sum + value, 0),
    await count({ latest: 1 }, "extraction").then(([{ n }]) => n), await count({ target_property: "n" }, "count_unique"),
    (await project.query("count", { event_collection: "c", timeframe: always }, scope)).body.result,
    (await project.query("funnel", { steps: [step, { ...step, filters: [is("n", "gt", 500)] }] })).body.result,
    (await count({ page_size: 1_000, filters: [is("n", "gt", 998)] }, "extraction")).map(({ n }) => n).slice(0, 2),
  ];
  const interval = { timeframe: { start: "2026-01-01", end: "2026-07-01" } };
  const expected = [4_000, 15_999, 4_000, 15_999, 4_000, 80, [4_000, 3_499], [999, 13_000]];
  assert.deepEqual(await seen(), expected);
  assert.equal((await count({ ...interval, interval: "daily", group_by: "customer.id" })).flatMap(({ value }) => value).reduce((sum, { result }) => sum + result, 0), 4_000);
  // What is hidden costs a scoped question no other rows than its own: 320 of them.
  const scoped = await project.query("count", { event_collection: "c", timeframe: always, include_metadata: true }, scope);
  assert.ok(scoped.body.execution_metadata.events_scanned < 2_000, scoped.text);
  const swept = performance.now();
  await Promise.all([strike(hiding), strike(hiding)]);
  const sweeping = performance.now() - swept;
  assert.deepEqual([await seen(), (await rows())[0], await open()], [expected, 4_000, 0]);
  assert.equal((await changes()).find(({ action }) => action === "events_deleted").events, 12_000);
  if (process.env.KEYHOLE_TIMES) console.log(`answered in ${answered.toFixed(0)} ms, swept 16,000 in ${sweeping.toFixed(0)} ms`);
});

test("a request that may do some steps leaves the rest hidden", async () => {
  const worker = await startWorker({ vars: { DELETION_STEPS: "1" } });
  try {
    const { project, remove, left, rows, open } = await place(worker);
    for (let from = 0; from < 12_000; from += 4_000) {
      await project.record({ c: Array.from({ length: 4_000 }, (_, at) => ({ n: from + at, customer: { id: at % 3 ? "a" : "b" } })) });
    }
    gone(await remove("/c", { filters: [is("n", "ne", 7)] }));
    assert.deepEqual([await left("c"), (await rows())[0] < 12_000, (await rows())[0] > 5_000, await open()], [[7], true, true, 1]);
    await strike(worker);
    assert.deepEqual([await left("c"), await rows(), await open()], [[7], [1, 0, 0], 0]);
  } finally {
    await worker.close();
  }
});

test("events that are recorded after a deletion stay, also those that had been there", async () => {
  for (const worker of [whole, hiding]) {
    const { project, remove, left, rows } = await place(worker);
    const events = [
      { n: 1, keen: { uniqueness_token: "one", timestamp: "2026-01-01T00:00:00Z" } },
      { n: 2, keen: { uniqueness_token: "two" } },
      { n: 3, large, keen: { uniqueness_token: "three" } },
      { n: 4, customer: { id: "a" }, large, keen: { uniqueness_token: "four", timestamp: "2026-01-02T00:00:00Z" } },
    ];
    await project.record({ c: events });
    gone(await remove("/c", { filters: [is("n", "exists", true)] }));
    assert.deepEqual(await left("c"), []);
    await project.record({ c: events });
    await project.record({ c: events });
    assert.deepEqual(await left("c"), [1, 2, 3, 4]);
    await project.call("POST", "/events/c", { key: project.keys.write, body: events[1] });
    await strike(worker);
    assert.deepEqual([await left("c"), await rows()], [[1, 2, 3, 4], [4, 2, 2]]);
  }
});

test("an event that is stored after a deletion began is none of its affair, whenever its request began", async () => {
  const { project, remove, left, open } = await place(hiding);
  const event = (n, more) => ({ n, kind: "x", customer: { id: "a" }, ...more });
  await project.record({ c: [event(1), event(2, { large })] });
  gone(await remove("/c", { filters: [eq("kind", "x")] }));
  // As if it had begun while a request that is yet to store its events was on its way.
  await hiding.db.prepare("UPDATE deletion SET at = at + 60000 WHERE project = ?").bind(project.id).run();
  const timed = { keen: { timestamp: "2026-01-01T00:00:00Z", uniqueness_token: "t" } };
  await project.record({ c: [event(3), event(4, { large }), event(5, timed), event(6, { keen: { uniqueness_token: "u" } })] });
  assert.deepEqual(await left("c"), [3, 4, 5, 6]);
  await strike(hiding);
  assert.equal(await open(), 0);
  assert.deepEqual(await left("c"), [3, 4, 5, 6]);
  await project.record({ c: [event(5, timed), event(6, { keen: { uniqueness_token: "u" } })] });
  assert.deepEqual(await left("c"), [3, 4, 5, 6]);
});

test("a batch of the longest customers and collections is stored while a deletion is carried out", async () => {
  const { project, remove, open } = await place(hiding);
  await project.record({ c: [{ n: 0, kind: "x" }] });
  gone(await remove("/c", { filters: [eq("kind", "x")] }));
  const collections = Array.from({ length: 20 }, (_, at) => `${at} `.padEnd(250, '"'));
  const event = (_, n) => ({ n, customer: { id: `${n} ${"ż".repeat(450)}` }, keen: { uniqueness_token: `${n}` } });
  const batch = Object.fromEntries(collections.map((name) => [name, Array.from({ length: 250 }, event)]));
  for (let again = 0; again < 2; again += 1) {
    const { status, text } = await project.record(batch);
    assert.equal(status, 200, text);
  }
  assert.equal(await open(), 1);
  for (const event_collection of collections.slice(0, 2)) {
    const { body } = await project.query("count", { event_collection, timeframe: always });
    assert.equal(body.result, 250);
  }
});

test("recording and deleting at the same time lose nothing that was recorded afterwards", async () => {
  const { project, remove, left, open } = await place(hiding);
  let n = 0;
  const kept = [];
  for (let round = 0; round < 5; round++) {
    const before = Array.from({ length: 20 }, () => ({ n: n++, round }));
    await project.record({ c: before });
    const [answered] = await Promise.all([remove("/c", { filters: [eq("round", round)] }), ...Array.from({ length: 5 }, () => project.record({ c: [{ n: n++, round: -1 }] }))]);
    gone(answered);
    const later = Array.from({ length: 3 }, () => ({ n: n++, round }));
    await Promise.all([strike(hiding), ...later.map((event) => project.record({ c: [event] }))]);
    kept.push(...later.map((event) => event.n));
  }
  await strike(hiding);
  assert.equal(await open(), 0);
  assert.deepEqual(await left("c", { filters: [is("round", "gte", 0)] }), kept);
  assert.equal((await left("c", { filters: [eq("round", -1)] })).length, 25);
});

test("a cached result from before a deletion is not answered after it", async () => {
  for (const worker of [whole, hiding]) {
    const { project, remove } = await place(worker);
    await project.record({ c: ten });
    const query = { analysis_type: "count", event_collection: "c", timeframe: always };
    await project.call("PUT", "/queries/saved/q", { key: project.keys.master, body: { query, refresh_rate: 3_600 } });
    const result = async () => (await project.call("GET", "/queries/saved/q/result", { key: project.keys.read })).body.result;
    assert.equal(await result(), 10);
    gone(await remove("/c", { filters: [eq("customer.id", "a")] }));
    assert.equal(await result(), 5);
    gone(await remove("/c"));
    assert.equal(await result(), 0);
    const { epoch } = await worker.db.prepare("SELECT epoch FROM project WHERE id = ?").bind(project.id).first();
    assert.equal(epoch, 2);
    await strike(worker);
    assert.equal(await result(), 0);
  }
});

test("of deletions that are being carried out there are ten, and a property is deleted alone", async () => {
  const { project, remove, left, open, changes } = await place(hiding);
  await project.record({ c: Array.from({ length: 12 }, (_, n) => ({ n })) });
  const one = (n) => remove("/c", { filters: [eq("n", n)] });
  for (let n = 0; n < 10; n++) gone(await one(n));
  refused(await one(10), 409, "ConflictError", "the eleventh");
  refused(await remove("/c/properties/x"), 409, "ConflictError", "a property");
  assert.deepEqual([await left("c"), await open(), (await changes()).length], [[10, 11], 10, 10]);
  await strike(hiding);
  gone(await remove("/c/properties/x"));
  refused(await one(10), 409, "ConflictError", "beside a property");
  refused(await remove("", { filters: [eq("n", 1)] }), 409, "ConflictError", "beside a property");
  gone(await remove("/c"));
  await strike(hiding);
  assert.equal(await open(), 0);
});

/** The database refuses to delete the event with this number, as if the Worker were ended there. */
const refusing = (n) => `CREATE TRIGGER refuse BEFORE DELETE ON event WHEN json_extract(OLD.body, '$.n') = ${n} BEGIN SELECT RAISE(FAIL, 'refused'); END`;

test("a deletion that is broken off before it began did nothing, and one that began is gone on with", async () => {
  const { project, remove, left, rows, open, changes } = await place(whole);
  const events = (from) => Array.from({ length: 4_000 }, (_, at) => ({ n: from + at, keen: { timestamp: new Date(1_770_000_000_000 + from + at).toISOString() } }));
  for (const from of [0, 4_000, 8_000]) await project.record({ c: events(from) });
  const epoch = async () => (await whole.db.prepare("SELECT epoch FROM project WHERE id = ?").bind(project.id).first()).epoch;
  const ids = async () => (await left("c")).length;
  const filters = [is("n", "ne", 1)];
  const broken = async (n, work) => {
    await whole.db.prepare(refusing(n)).run();
    await work();
    await whole.db.prepare("DROP TRIGGER refuse").run();
  };
  await broken(4_321, async () => {
    refused(await remove("/c", { filters }), 500, "InternalServerError", "the first transaction");
    assert.deepEqual([await ids(), (await rows())[0], await open(), await epoch(), await changes()], [12_000, 12_000, 0, 0, []]);
  });
  await broken(8_765, async () => {
    gone(await remove("/c", { filters }));
    for (let tries = 0; tries < 3; tries++) {
      assert.deepEqual([await left("c"), (await rows())[0], await open(), await epoch()], [[1], 7_001, 1, 1]);
      await strike(whole);
    }
    assert.equal((await changes())[0].events, null);
  });
  await strike(whole);
  assert.deepEqual([await left("c"), (await rows())[0], await open(), (await changes())[0].events], [[1], 1, 0, 11_999]);
  await broken(1, async () => {
    refused(await remove("/c"), 500, "InternalServerError", "the collection");
    assert.deepEqual(await left("c"), [1]);
  });
});

/** Small random filters over small random events. */
function random(seed) {
  let state = seed;
  const next = (below) => ((state = (state * 1_103_515_245 + 12_345) % 2_147_483_648), Math.floor((state / 2_147_483_648) * below));
  const pick = (list) => list[next(list.length)];
  const value = () => pick([1, 2, 3, "a", "b", true, null, 2.5]);
  const property = () => pick(["p", "q", "customer.id", "deep.er"]);
  const filter = (depth) => {
    if (depth > 0 && next(4) === 0) return { operator: "or", operands: Array.from({ length: 1 + next(3) }, () => filter(depth - 1)) };
    const operator = pick(["eq", "ne", "lt", "gte", "exists", "in", "contains", "not_contains", "regex"]);
    const operand = { lt: pick([2, "b"]), gte: pick([2, "a"]), exists: next(2) === 0, in: [value(), value()], regex: pick(["a", "^b$"]) }[operator] ?? value();
    return is(property(), operator, operand === undefined ? null : operand);
  };
  const event = (n) => {
    const made = { n, keen: { timestamp: new Date(Date.UTC(2026, 0, 1 + next(60))).toISOString() } };
    for (const name of ["p", "q"]) if (next(4)) made[name] = next(5) ? value() : [value(), value()];
    if (next(3)) made.customer = { id: value() };
    if (next(3)) made.deep = { er: value() };
    if (next(5) === 0) made.large = large;
    return made;
  };
  return { next, filter, event };
}

test("a filter deletes exactly what it selects", async () => {
  const seed = Number(process.env.KEYHOLE_SEED ?? Date.now() % 1_000_000);
  const { next, filter, event } = random(seed);
  for (let round = 0; round < 30; round++) {
    const worker = round % 2 ? whole : hiding;
    const { project, remove, left } = await place(worker);
    const events = Array.from({ length: 40 }, (_, n) => event(n));
    await project.record({ c: events, d: events });
    const filters = Array.from({ length: 1 + next(2) }, () => filter(2));
    const timeframe = next(2) ? { start: "2026-01-10T00:00:00Z", end: "2026-02-10T00:00:00Z" } : undefined;
    const what = `seed ${seed}, round ${round}: ${JSON.stringify({ filters, timeframe })}`;
    const selected = await left("c", { filters, ...(timeframe ? { timeframe } : {}) });
    const rest = events.map(({ n }) => n).filter((n) => !selected.includes(n));
    const isErasure = next(3) === 0;
    gone(await remove(isErasure ? "" : "/c", { filters, ...(timeframe ? { timeframe } : {}) }));
    assert.deepEqual(await left("c"), rest, what);
    await strike(worker);
    assert.deepEqual(await left("c"), rest, `${what}, swept`);
    assert.deepEqual(await left("d"), isErasure ? rest : events.map(({ n }) => n), what);
  }
});
