// Is every answer right while a project's events are laid out anew by another scope property, and after?

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startWorker } from "../support/harness.mjs";
import { always, call, makeProject } from "../support/project.mjs";

// `whole` does as much in its request as it always does; `waiting` nothing, so that all is the clock's.
let whole;
let waiting;

before(async () => {
  whole = await startWorker();
  waiting = await startWorker({ vars: { DELETION_STEPS: "0" } });
});
after(() => Promise.all([whole?.close(), waiting?.close()]));

const strike = (worker) => worker.scheduled({ cron: "* * * * *" });
const is = (property_name, operator, property_value) => ({ property_name, operator, property_value });
const eq = (name, value) => is(name, "eq", value);

async function place(worker, scope_property = "customer.id") {
  const project = await makeProject(worker, { name: "p", scope_property });
  const path = `/3.0/organizations/${project.organization.id}/projects/${project.id}`;
  const change = (body) => call(worker, "POST", path, { key: project.organization.key, body });
  const cluster = async (scope_property) => {
    const answered = await change({ scope_property });
    assert.equal(answered.status, 200, answered.text);
    return answered.body;
  };
  const read = async () => (await call(worker, "GET", path, { key: project.organization.key })).body;
  /** The scopes under which events lie, as the store has them. */
  const scopes = async () => {
    const { results } = await worker.db.prepare(
      "SELECT DISTINCT scope FROM event WHERE c IN (SELECT c FROM collection WHERE project = ?) ORDER BY scope").bind(project.id).all();
    return results.map(({ scope }) => scope);
  };
  const left = async () => (await worker.db.prepare("SELECT count(*) AS n FROM relayout WHERE project = ?").bind(project.id).first()).n;
  const count = async (more = {}, key) => {
    const answered = await project.query("count", { event_collection: "c", timeframe: always, ...more }, key);
    assert.equal(answered.status, 200, answered.text);
    return answered.body.result;
  };
  const changes = async () => (await project.call("GET", "/audit?kind=change", { key: project.keys.master })).body.entries;
  return { worker, project, change, cluster, read, scopes, left, count, changes };
}

const large = "x".repeat(1_500);
const long = "y".repeat(300);
/** A value of every kind in both places, also none. */
const VALUES = [undefined, null, true, false, 0, 1, -1.5, 1e21, 2 ** 53, "", "1", "a", "ż\"\\\n\u0001€", long, `${long}z`, [], ["a", 1], [["a"]], {}, { id: "a" }, { deep: { x: 1 } }];
const EVENTS = VALUES.flatMap((first, at) => VALUES.map((second, other) => {
  const n = at * VALUES.length + other;
  const timestamp = new Date(Date.UTC(2026, 0, 1) + n * 7_200_000).toISOString();
  return { n, customer: { id: first }, team: second, keen: { timestamp }, ...(n % 7 === 0 ? { large } : {}) };
}));
const PINS = VALUES.filter((value) => value !== undefined && (value === null || typeof value !== "object")).concat(["nobody"]);

/** Questions of every kind by the master, and by keys that are bound to one property or the other. */
async function questions({ project }) {
  const keys = [];
  for (const property of ["customer.id", "team"]) {
    for (const filters of [[eq(property, "a")], [eq(property, 1)], [eq(property, null)], [eq(property, long)], [is(property, "in", ["1", true, long, null])], [eq(property, "a"), is("n", "lt", 200)]]) {
      keys.push((await project.key({ name: "k", permitted: ["queries"], options: { queries: { filters } } })).key);
    }
  }
  const base = { event_collection: "c", timeframe: always };
  const pinned = ["customer.id", "team"].flatMap((property) => PINS.map((value) => [eq(property, value)]));
  const asked = [
    ...pinned.map((filters) => ["select_unique", { ...base, target_property: "n", filters }]),
    ["count", base],
    ["sum", { ...base, target_property: "n", group_by: ["customer.id", "team"] }],
    ["count", { ...base, timeframe: { start: "2026-01-01", end: "2026-03-01" }, interval: "weekly" }],
    ["extraction", { ...base, timeframe: { start: "2026-01-02", end: "2026-01-12" } }],
    ["extraction", { ...base, latest: 5 }],
    ["extraction", { ...base, page_size: 50 }],
    ["count", { ...base, filters: [{ operator: "or", operands: [eq("team", "a"), eq("customer.id", "a")] }] }],
    ["count", { ...base, filters: [is("team", "in", ["a", 1, null])] }],
    ["count", { ...base, filters: [is("team", "regex", "^[a1]"), eq("customer.id", "a")] }],
    ["funnel", { steps: [{ ...base, actor_property: "n", filters: [eq("customer.id", "a")] }, { ...base, actor_property: "n", filters: [eq("team", "a")] }] }],
  ];
  return async () => {
    const answers = [];
    for (const [analysis, body] of asked) answers.push(await project.query(analysis, body));
    for (const key of keys) {
      for (const [analysis, body] of asked.slice(-10)) answers.push(await project.query(analysis, body, key));
    }
    return answers.map(({ status, body }) => {
      // A cursor is sealed with what it is of: where its page ends is what counts.
      const { cursor, result, ...rest } = body;
      const page = cursor === undefined ? "all" : cursor === null ? "last" : "a page";
      return JSON.stringify([status, page, rest, Array.isArray(result) ? sorted(result) : result]);
    });
  };
}

/** Rows, whose order is not promised. */
const sorted = (rows) => rows.map((row) => JSON.stringify(row)).sort();

test("answers are the same before, during and after, of every kind of question and key", async () => {
  const { project, cluster, read, scopes, left, changes } = await place(waiting);
  await project.record({ c: EVENTS.slice(0, 300), other: [{ n: 1, customer: { id: "a" } }] });
  await project.record({ c: EVENTS.slice(300) });
  const ask = await questions({ project });
  const before = await ask();
  assert.ok(before.every((answer) => answer.startsWith("[200")), before.find((answer) => !answer.startsWith("[200")));
  const lay = await scopes();
  assert.equal((await cluster("team")).is_clustering, true);
  assert.deepEqual([await scopes(), await left()], [lay, 1], "nothing moved yet");
  assert.deepEqual(await ask(), before, "before the first step");
  // Half of it, as a step that was the only one would have left it.
  await waiting.db.prepare("UPDATE event SET scope = 'elsewhere' WHERE c IN (SELECT c FROM collection WHERE project = ?) AND ts % 3 = 0").bind(project.id).run();
  assert.deepEqual(await ask(), before, "half way");
  await strike(waiting);
  assert.deepEqual([await left(), (await read()).is_clustering], [0, false]);
  const settled = await scopes();
  for (const scope of ["", "null", "true", "false", "1", '"1"', '"a"', "[", "{", "#"]) assert.ok(settled.includes(scope), `${scope} of ${settled}`);
  assert.ok(!settled.includes("elsewhere"));
  assert.deepEqual(await ask(), before, "after");
  const [entry] = await changes();
  assert.deepEqual([entry.action, entry.before, entry.after], ["project_changed", { scope_property: "customer.id" }, { scope_property: "team" }]);
  assert.ok(entry.events_moved > 300, String(entry.events_moved));
  // And back again, where long values lie apart from those that were recorded there.
  await cluster("customer.id");
  assert.deepEqual(await ask(), before, "on the way back");
  await strike(waiting);
  await project.record({ c: [{ n: -1, customer: { id: long } }] });
  const { body } = await project.query("count", { event_collection: "c", timeframe: always, filters: [eq("customer.id", long)] });
  assert.equal(body.result, VALUES.length + 1);
});

test("a question by the new property reads its own rows once they are laid out", async () => {
  const { project, cluster, count } = await place(waiting);
  const events = Array.from({ length: 4_000 }, (_, n) => ({ n, customer: { id: "all" }, team: `t${n % 100}` }));
  await project.record({ c: events });
  const key = (await project.key({ name: "k", permitted: ["queries"], options: { queries: { filters: [eq("team", "t7")] } } })).key;
  const scanned = async () => {
    const { body } = await project.query("count", { event_collection: "c", timeframe: always, filters: [eq("team", "t7")], include_metadata: true });
    assert.equal(body.result, 40);
    return body.execution_metadata.events_scanned;
  };
  const far = await scanned();
  await cluster("team");
  assert.equal(await count({}, key), 40);
  await strike(waiting);
  const near = await scanned();
  assert.ok(near < 400 && far > 4_000, `${far} rows, then ${near}`);
  assert.equal(await count({}, key), 40);
});

test("12,000 events move in steps, within a tick or within their request", async () => {
  for (const worker of [whole, waiting]) {
    const { project, cluster, count, scopes, changes } = await place(worker);
    for (const from of [0, 4_000, 8_000]) {
      await project.record({ c: Array.from({ length: 4_000 }, (_, at) => ({ n: from + at, customer: { id: at % 10 }, team: at % 3, ...(at % 50 ? {} : { large }) })) });
    }
    const began = performance.now();
    const answered = await cluster("team");
    if (worker === whole) assert.equal(answered.is_clustering, false);
    // Two clocks at once do it once.
    await Promise.all([strike(worker), strike(worker)]);
    const took = performance.now() - began;
    assert.deepEqual([await scopes(), await count(), await count({ filters: [eq("team", 1)] })], [["0", "1", "2"], 12_000, 3_999]);
    assert.equal((await changes())[0].events_moved, 12_000 - [...Array(12_000).keys()].filter((n) => (n % 4_000) % 10 === (n % 4_000) % 3).length);
    console.log(`# 12,000 events laid out anew in ${took.toFixed(0)} ms`);
  }
});

test("what is recorded meanwhile lies where it belongs, and a scoped question finds it", async () => {
  const { project, cluster, count, scopes } = await place(waiting);
  await project.record({ c: [{ n: 1, customer: { id: "a" }, team: "x" }] });
  await cluster("team");
  await project.record({ c: [{ n: 2, customer: { id: "a" }, team: "x" }] });
  assert.deepEqual(await scopes(), ['"a"', '"x"']);
  for (const filters of [[eq("team", "x")], [eq("customer.id", "a")]]) assert.equal(await count({ filters }), 2);
  await strike(waiting);
  assert.deepEqual(await scopes(), ['"x"']);
  for (const filters of [[eq("team", "x")], [eq("customer.id", "a")]]) assert.equal(await count({ filters }), 2);
});

test("exactly once: an event that is sent again after the change is the same event, during it and after", async () => {
  const { project, cluster, count, read } = await place(waiting);
  const timed = (token, more = {}) => ({ customer: { id: "a" }, team: "x", ...more, keen: { uniqueness_token: token, timestamp: "2026-01-01T00:00:00Z" } });
  const untimed = (token, more = {}) => ({ customer: { id: "a" }, team: "x", ...more, keen: { uniqueness_token: token } });
  const events = [timed("t"), untimed("u"), timed("large", { large }), untimed("large untimed", { large }), timed("long", { team: long }), untimed("list", { team: ["x"] })];
  const send = () => project.record({ c: events });
  const ids = async () => (await project.query("select_unique", { event_collection: "c", timeframe: always, target_property: "keen.id" })).body.result.sort();
  await send();
  const first = await ids();
  assert.equal(first.length, events.length);
  const unchanged = async (what) => {
    await send();
    assert.deepEqual([await count(), await ids()], [events.length, first], what);
  };
  for (const path of ["team", "never", "customer.id", "team"]) {
    await cluster(path);
    assert.equal((await read()).is_clustering, true);
    await unchanged(`before the clock, by ${path}`);
    await strike(waiting);
    assert.equal((await read()).is_clustering, false);
    await unchanged(`after the clock, by ${path}`);
  }
});

test("exactly once: an event whose scope was updated while another property was the scope is the same event, to and fro", async () => {
  const { project, cluster, count } = await place(whole);
  const timed = (token, more = {}) => ({ customer: { id: "a" }, team: "x", ...more, keen: { uniqueness_token: token, timestamp: "2026-01-01T00:00:00Z" } });
  const untimed = (token, more = {}) => ({ customer: { id: "a" }, team: "x", ...more, keen: { uniqueness_token: token } });
  const events = [timed("t"), untimed("u"), timed("large", { large }), untimed("large untimed", { large })];
  const seen = async () => {
    const { body } = await project.query("extraction", { event_collection: "c", timeframe: always });
    return body.result.map((event) => [event.keen.id, event.customer.id, event.large?.length]).sort();
  };
  await project.record({ c: events });
  await cluster("team");
  const update = { property_updates: [{ property_name: "customer.id", property_value: "b" }], filters: [eq("customer.id", "a")] };
  const updated = await project.call("PUT", "/events/c", { key: project.keys.master, body: update });
  assert.equal(updated.body.updated_events, events.length);
  const before = await seen();
  for (const path of ["team", "customer.id", "team", "customer.id"]) {
    await cluster(path);
    await project.record({ c: events });
    assert.deepEqual(await seen(), before, path);
  }
  // An event of the same token that never was updated is nobody's but its own.
  await project.record({ c: [timed("t", { customer: { id: "c" } })] });
  assert.equal(await count(), events.length + 1);
});

test("no two events share a body, though one of them was updated before its property became the scope", async () => {
  const { project, cluster, count } = await place(whole);
  const event = { customer: { id: "a" }, team: "a", large, keen: { uniqueness_token: "t", timestamp: "2026-01-01T00:00:00Z" } };
  await project.record({ c: [event] });
  const update = { property_updates: [{ property_name: "team", property_value: "b" }], filters: [eq("team", "a")] };
  assert.equal((await project.call("PUT", "/events/c", { key: project.keys.master, body: update })).status, 200);
  await cluster("team");
  await project.record({ c: [event] });
  assert.equal(await count(), 1);
  const filters = encodeURIComponent(JSON.stringify([eq("team", "b")]));
  assert.equal((await project.call("DELETE", `/events/c?filters=${filters}`, { key: project.keys.master })).status, 204);
  const { status, body } = await project.query("extraction", { event_collection: "c", timeframe: always });
  assert.deepEqual([status, body.result], [200, []]);
});

test("exactly once: one token of two customers of the new property is two events", async () => {
  const { project, cluster, count } = await place(waiting);
  const event = (team) => ({ team, keen: { uniqueness_token: "t", timestamp: "2026-01-01T00:00:00Z" } });
  await project.record({ c: [event("x")] });
  await cluster("team");
  await project.record({ c: [event("y")] });
  assert.equal(await count(), 2);
  await strike(waiting);
  await project.record({ c: [event("z"), event("y"), event("x")] });
  assert.deepEqual([await count(), await count({ filters: [eq("team", "x")] })], [3, 1]);
});

test("a deletion finds all it hides, begun before the change, during it or after", async () => {
  for (const when of ["before", "during", "after"]) {
    const { project, cluster, count, left } = await place(waiting);
    await project.record({ c: Array.from({ length: 50 }, (_, n) => ({ n, customer: { id: n % 2 ? "a" : "b" }, team: n % 5 })) });
    const remove = async () => {
      const filters = encodeURIComponent(JSON.stringify([eq("customer.id", "a")]));
      assert.equal((await project.call("DELETE", `/events/c?filters=${filters}`, { key: project.keys.master })).status, 204);
    };
    if (when === "before") await remove();
    await cluster("team");
    if (when === "during") await remove();
    assert.equal(await count(), when === "after" ? 50 : 25, when);
    await strike(waiting);
    await strike(waiting);
    if (when === "after") await remove();
    assert.equal(await count(), 25, when);
    await strike(waiting);
    await strike(waiting);
    assert.deepEqual([await count(), await count({ filters: [eq("customer.id", "a")] }), await left()], [25, 0, 0], when);
    const { n } = await waiting.db.prepare("SELECT count(*) AS n FROM event WHERE c IN (SELECT c FROM collection WHERE project = ?)").bind(project.id).first();
    assert.equal(n, 25, `${when}: swept`);
  }
});

test("what a deletion hides keeps no new event out, though it lies elsewhere", async () => {
  const { project, cluster, count } = await place(waiting);
  const event = { customer: { id: "a" }, team: "x", keen: { uniqueness_token: "t", timestamp: "2026-01-01T00:00:00Z" } };
  await project.record({ c: [event] });
  await cluster("team");
  const filters = encodeURIComponent(JSON.stringify([eq("team", "x")]));
  await project.call("DELETE", `/events/c?filters=${filters}`, { key: project.keys.master });
  assert.equal(await count(), 0);
  // In another millisecond than the deletion.
  await new Promise((done) => setTimeout(done, 5));
  await project.record({ c: [event] });
  assert.equal(await count(), 1);
  await strike(waiting);
  await strike(waiting);
  assert.equal(await count(), 1);
});

test("the scope property is changed again only once events lie by it", async () => {
  const { project, change, cluster, read } = await place(waiting);
  await project.record({ c: [{ team: "x" }] });
  await cluster("team");
  const again = await change({ scope_property: "other", name: "not said either" });
  assert.deepEqual([again.status, again.body.error_code], [409, "ConflictError"], again.text);
  assert.equal((await read()).name, "p");
  assert.equal((await change({ scope_property: "team", name: "said" })).status, 200);
  await strike(waiting);
  assert.equal((await change({ scope_property: "other" })).status, 200);
  const empty = await place(waiting);
  assert.equal((await empty.cluster("team")).is_clustering, false, "a project without events has nothing to move");
});

test("a request that was let in under one layout neither writes nor reads by it under the next", async () => {
  const { project, count } = await place(whole);
  await project.record({ c: [{ customer: { id: "a" }, team: "x" }] });
  const { c } = await whole.db.prepare("SELECT c FROM collection WHERE project = ?").bind(project.id).first();
  // The whole change in one moment, so that it falls between what a request reads of the project and what it does.
  const turn = (path, other, scope) => whole.db.batch([
    whole.db.prepare("UPDATE project SET scope_property = ?1, earlier_scope_properties = json_array(?2) WHERE id = ?3").bind(path, other, project.id),
    whole.db.prepare("UPDATE event SET scope = ?1 WHERE c = ?2").bind(scope, c),
  ]);
  let stored = 1;
  for (let round = 0; round < 12; round += 1) {
    const [path, other, scope] = round % 2 ? ["customer.id", "team", '"a"'] : ["team", "customer.id", '"x"'];
    const before = stored;
    const records = Array.from({ length: 30 }, () => project.call("POST", "/events/c", { key: project.keys.write, body: { customer: { id: "a" }, team: "x" } }));
    const counts = Array.from({ length: 30 }, (_, at) => count({ filters: [at % 2 ? eq("team", "x") : eq("customer.id", "a")] }));
    await new Promise((done) => setTimeout(done, round));
    await turn(path, other, scope);
    for (const answered of await Promise.all(records)) assert.equal(answered.status, 201, answered.text);
    stored += records.length;
    for (const counted of await Promise.all(counts)) assert.ok(counted >= before && counted <= stored, `${before} ≤ ${counted} ≤ ${stored}`);
    const { results } = await whole.db.prepare("SELECT scope, count(*) AS n FROM event WHERE c = ? GROUP BY scope").bind(c).all();
    assert.deepEqual(results, [{ scope, n: stored }]);
    assert.deepEqual([await count({ filters: [eq("team", "x")] }), await count({ filters: [eq("customer.id", "a")] })], [stored, stored]);
  }
});

test("recording and asking while the scope property changes to and fro loses nothing, and counts nothing twice", async () => {
  const { project, change, count } = await place(whole);
  const key = (await project.key({ name: "k", permitted: ["queries"], options: { queries: { filters: [eq("team", "x")] } } })).key;
  const filters = [eq("customer.id", "a")];
  let stored = 0;
  let running = true;
  const event = (n) => ({ n, customer: { id: "a" }, team: "x", keen: { uniqueness_token: `t${n}` } });
  const recording = (async () => {
    for (let n = 0; running; n += 1) {
      // Each twice, as a client sends what was not acknowledged in time.
      const answers = await Promise.all([1, 2].map(() => project.record({ c: [event(n)] })));
      for (const answered of answers) assert.equal(answered.status, 200, answered.text);
      stored = n + 1;
    }
  })();
  let asked = 0;
  const asking = (async () => {
    while (running) {
      const before = stored;
      const counts = await Promise.all([count({}, key), count({ filters }), count()]);
      for (const counted of counts) assert.ok(counted >= before && counted <= stored + 1, `${before} ≤ ${counted} ≤ ${stored + 1}`);
      asked += 1;
    }
  })();
  try {
    for (let round = 0; round < 30; round += 1) {
      const answered = await change({ scope_property: ["team", "customer.id", "n"][round % 3] });
      assert.ok([200, 409, 503].includes(answered.status), answered.text);
      if (round % 5 === 0) await strike(whole);
    }
  } finally {
    running = false;
  }
  await Promise.all([recording, asking]);
  await strike(whole);
  assert.deepEqual([await count({}, key), await count({ filters }), await count()], [stored, stored, stored]);
  assert.ok(asked > 10 && stored > 10, `${asked} questions, ${stored} events`);
  console.log(`# ${stored} events recorded twice, ${asked} times three questions`);
});
