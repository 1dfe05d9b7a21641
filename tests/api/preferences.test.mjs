// Do a project's preferences hold: whose pages may read its answers, and how long its events are kept?

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startWorker } from "../support/harness.mjs";
import { always, call, customerKey, makeProject } from "../support/project.mjs";

let worker;

before(async () => {
  worker = await startWorker();
});
after(() => worker?.close());

const strike = () => worker.scheduled({ cron: "* * * * *" });
const asked = { event_collection: "c", timeframe: always };

async function place(preferences = {}) {
  const project = await makeProject(worker, { name: "p", preferences });
  const path = `/3.0/organizations/${project.organization.id}/projects/${project.id}`;
  const prefer = async (preferences) => {
    const answered = await call(worker, "POST", path, { key: project.organization.key, body: { preferences } });
    assert.equal(answered.status, 200, answered.text);
  };
  return { project, prefer };
}

const ALLOWED = "access-control-allow-origin";
const OWN = ["https://app.example.com", "http://localhost:3000"];
const FOREIGN = ["https://evil.example", "http://app.example.com", "https://app.example.com:8443", "https://app.example.com.evil.example", "https://APP.example.com", "null"];

test("only pages of a project's origins may read what it answers, refusals too", async () => {
  const { project } = await place({ cors_origins: OWN });
  await project.record({ c: [{}] });
  const access = (await project.key({ name: "k", permitted: ["queries"] })).key;
  const ask = (key, headers) => [
    project.call("POST", "/queries/count", { key, headers, body: asked }),
    project.call("POST", "/queries/nonsense", { key, headers, body: asked }),
    project.call("GET", `/queries/count?event_collection=c&timeframe=today`, { key, headers }),
    project.call("POST", "/events/c", { key, headers, body: {} }),
    project.call("GET", "/events/c?data=e30", { key, headers }),
    project.call("DELETE", "/events", { key, headers }),
  ];
  for (const key of [project.keys.master, project.keys.read, project.keys.write, access, undefined, "wrong"]) {
    // A key of the wrong form is refused before any project is looked for: what is said then is no project's.
    const isNone = key === undefined || key === "wrong";
    for (const origin of OWN) {
      for (const answered of await Promise.all(ask(key, { origin }))) {
        assert.equal(answered.headers.get(ALLOWED), isNone ? "*" : origin, answered.text);
        assert.match(answered.headers.get("vary"), /origin/);
      }
    }
    for (const origin of isNone ? [] : FOREIGN) {
      for (const answered of await Promise.all(ask(key, { origin }))) {
        assert.ok(!answered.headers.has(ALLOWED), `${origin}: ${answered.headers.get(ALLOWED)}`);
      }
    }
  }
  // Who is no page sends no origin, and is answered all the same.
  const server = await project.query("count", asked);
  assert.deepEqual([server.status, server.headers.has(ALLOWED)], [200, false]);
});

test("a page of another origin is told so before it asks", async () => {
  const { project, prefer } = await place();
  const other = await place();
  const preflight = (origin, at = `/3.0/projects/${project.id}/queries/count`) => call(worker, "OPTIONS", at, {
    headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type" },
  });
  const allowed = async (origin, at) => {
    const answered = await preflight(origin, at);
    assert.equal(answered.status, 204);
    return answered.headers.get(ALLOWED);
  };
  assert.equal(await allowed(FOREIGN[0]), "*");
  await prefer({ cors_origins: OWN });
  for (const origin of OWN) assert.equal(await allowed(origin), origin);
  for (const origin of FOREIGN) assert.equal(await allowed(origin), null);
  // Of a project that is not there, and outside projects, the answer itself decides.
  for (const at of [`/3.0/projects/${"0".repeat(24)}/events`, "/3.0/projects/riker/events", "/3.0/projects", `/3.0/projects/${other.project.id}/events`, "/timezones"]) {
    assert.equal(await allowed(FOREIGN[0], at), "*", at);
  }
  await prefer({ cors_origins: [] });
  for (const origin of [...OWN, ...FOREIGN]) assert.equal(await allowed(origin), null);
  await prefer({ cors_origins: "*" });
  for (const origin of [...OWN, ...FOREIGN]) assert.equal(await allowed(origin), "*");
});

test("a project's origins decide nothing but who may read: what is asked is done", async () => {
  const { project } = await place({ cors_origins: [] });
  const headers = { origin: "https://evil.example", "content-type": "text/plain" };
  const answered = await project.call("POST", "/events/c", { key: project.keys.write, headers, body: {} });
  assert.deepEqual([answered.status, answered.headers.has(ALLOWED)], [201, false]);
  assert.equal((await project.query("count", asked)).body.result, 1);
});

const ago = (days, more = 0) => new Date(Date.now() - days * 86_400_000 + more).toISOString();
const event = (n, days, more = {}) => ({ n, customer: { id: n % 2 ? "a" : "b" }, keen: { timestamp: ago(days) }, ...more });
const large = "x".repeat(1_500);

/** Everything that reads events, of one project. */
async function seen(project, access) {
  const step = { event_collection: "c", actor_property: "n", timeframe: always };
  const ask = async (analysis, more = {}, key) => (await project.query(analysis, { ...asked, ...more }, key)).body.result;
  return {
    count: await ask("count"),
    sum: await ask("sum", { target_property: "n" }),
    events: (await ask("extraction")).map(({ n }) => n),
    unique: (await ask("select_unique", { target_property: "n" })).sort((a, b) => a - b),
    median: await ask("median", { target_property: "n" }),
    monthly: (await ask("count", { timeframe: "this_2_years", interval: "monthly" })).reduce((sum, { value }) => sum + value, 0),
    funnel: await ask("funnel", { steps: [step, step] }),
    regex: await ask("count", { filters: [{ property_name: "customer.id", operator: "regex", property_value: "^[ab]$" }] }),
    scoped: await ask("count", {}, access),
    page: (await ask("extraction", { page_size: 2 })).map(({ n }) => n),
  };
}

test("events older than a project keeps are not seen from the next request on, and deleted by the clock", async () => {
  const { project, prefer } = await place();
  const access = (await project.key(customerKey("a"))).key;
  const rows = async () => {
    const tables = ["event", "event_body", "event_token"];
    const counts = await worker.db.batch(tables.map((table) => worker.db.prepare(
      `SELECT count(*) AS rows FROM ${table} WHERE c IN (SELECT c FROM collection WHERE project = ?)`).bind(project.id)));
    return counts.map(({ results }) => results[0].rows);
  };
  const old = [event(1, 500), event(2, 400, { large }), event(3, 31), event(4, 30.01)];
  const kept = [event(5, 29.9), event(6, 10, { large }), event(7, 0)];
  await project.record({ c: [...old, ...kept], other: [event(1, 90)] });
  const before = await seen(project, access);
  assert.deepEqual([before.count, before.scoped], [7, 4]);
  await prefer({ retention_days: 30 });
  const expected = {
    count: 3, sum: 18, events: [5, 6, 7], unique: [5, 6, 7], median: 6, monthly: 3, funnel: [3, 3], regex: 3, scoped: 2, page: [5, 6],
  };
  assert.deepEqual(await seen(project, access), expected);
  assert.deepEqual(await rows(), [8, 2, 0], "hidden, not deleted yet");
  // Until they are, they come back with a longer time.
  await prefer({ retention_days: 450 });
  assert.equal((await seen(project, access)).count, 6);
  await prefer({ retention_days: 30 });
  await strike();
  assert.deepEqual(await rows(), [3, 1, 0]);
  assert.deepEqual(await seen(project, access), expected);
  await prefer({ retention_days: null });
  assert.deepEqual(await seen(project, access), expected);
  const { body } = await project.call("GET", "/audit?kind=change", { key: project.keys.master });
  const entry = body.entries.find(({ action }) => action === "old_events_deleted");
  assert.deepEqual([entry.by, entry.events], [{ kind: "retention" }, 5]);
  assert.ok(Math.abs(Date.parse(entry.before) - Date.now() + 30 * 86_400_000) < 60_000, entry.before);
});

test("what is still there when a project is told to keep its events longer is seen again, and stays", async () => {
  const { project, prefer } = await place();
  await project.record({ c: [event(1, 50), event(2, 40), event(3, 1)], other: [event(4, 60)] });
  await prefer({ retention_days: 30 });
  // A deletion that is broken off between two steps, as a long one is by the end of a tick.
  const trigger = "CREATE TRIGGER refuse BEFORE DELETE ON event WHEN json_extract(OLD.body, '$.n') = 4 BEGIN SELECT RAISE(FAIL, 'x'); END";
  await worker.db.prepare(trigger).run();
  try {
    await strike();
  } finally {
    await worker.db.prepare("DROP TRIGGER refuse").run();
  }
  const there = async () => {
    const found = ["c", "other"].map((event_collection) => project.query("extraction", { event_collection, timeframe: always }));
    return (await Promise.all(found)).flatMap(({ body }) => body.result.map(({ n }) => n));
  };
  await prefer({ retention_days: null });
  assert.deepEqual(await there(), [3, 4]);
  await strike();
  assert.deepEqual(await there(), [3, 4]);
  const { body } = await project.call("GET", "/audit?kind=change", { key: project.keys.master });
  const told = body.entries.filter(({ action }) => action === "old_events_deleted");
  assert.deepEqual(told.map(({ events }) => events), [2]);
  // What a shorter time takes is begun anew.
  await prefer({ retention_days: 30 });
  await strike();
  assert.deepEqual(await there(), [3]);
});

test("old events are deleted again some hours later, and not before", async () => {
  const { project, prefer } = await place({ retention_days: 1 });
  const due = async () => (await worker.db.prepare("SELECT retention_due_at AS at FROM project WHERE id = ?").bind(project.id).first()).at;
  const count = async () => (await worker.db.prepare("SELECT count(*) AS n FROM event WHERE c IN (SELECT c FROM collection WHERE project = ?)").bind(project.id).first()).n;
  assert.ok((await due()) <= Date.now());
  await strike();
  const next = await due();
  assert.ok(next > Date.now() + 3 * 3_600_000 && next < Date.now() + 24 * 3_600_000);
  await project.record({ c: [event(1, 0.9)] });
  // What has grown old since, as a clock that runs ahead would have it.
  await worker.db.prepare("UPDATE event SET ts = ts - 86400000, wk = (ts - 86400000) / 604800000 WHERE c IN (SELECT c FROM collection WHERE project = ?)").bind(project.id).run();
  await strike();
  assert.equal(await count(), 1);
  await worker.db.prepare("UPDATE project SET retention_due_at = ? WHERE id = ?").bind(Date.now() - 1, project.id).run();
  await Promise.all([strike(), strike(), strike()]);
  assert.equal(await count(), 0);
  const { body } = await project.call("GET", "/audit?kind=change", { key: project.keys.master });
  const told = body.entries.filter(({ action }) => action === "old_events_deleted");
  assert.deepEqual(told.map(({ events }) => events), [1], "one deletion, however many clocks strike");
  await prefer({ retention_days: null });
  assert.equal(await due(), null);
});

test("an event older than its project keeps is refused with the reason, alone and in a batch", async () => {
  const { project } = await place({ retention_days: 7 });
  const post = (body) => project.call("POST", "/events/c", { key: project.keys.write, body });
  const answered = await post(event(1, 8));
  assert.deepEqual([answered.status, answered.body.error_code], [400, "InvalidPropertyValueError"], answered.text);
  assert.match(answered.body.message, /\/keen\/timestamp.*7 days/);
  const data = Buffer.from(JSON.stringify(event(1, 8))).toString("base64");
  assert.equal((await project.call("GET", `/events/c?data=${encodeURIComponent(data)}`, { key: project.keys.write })).status, 400);
  const batch = await project.record({ c: [event(1, 8), event(2, 6), { n: 3 }, event(4, -30)] });
  assert.deepEqual(batch.body.c.map(({ success, error }) => error?.name ?? success), ["InvalidPropertyValueError", true, true, true]);
  assert.equal((await project.query("count", asked)).body.result, 3);
});

test("a cached result is as old as ever, and holds nothing that its project no longer keeps", async () => {
  const { project, prefer } = await place();
  await project.record({ c: [event(1, 50), event(2, 1)] });
  const query = { analysis_type: "count", event_collection: "c", timeframe: "this_1_years" };
  const past = { ...query, timeframe: { start: "2000-01-01", end: "2100-01-01" } };
  const keep = (name, body) => project.call("PUT", `/queries/saved/${name}`, { key: project.keys.master, body });
  await keep("cached", { query: past, refresh_rate: 4 * 3_600 });
  await keep("computed", { query: past });
  const result = async (name) => (await project.call("GET", `/queries/saved/${name}/result`, { key: project.keys.read })).body.result;
  assert.deepEqual([await result("cached"), await result("computed")], [2, 2]);
  await prefer({ retention_days: 30 });
  assert.deepEqual([await result("cached"), await result("computed")], [1, 1]);
});
