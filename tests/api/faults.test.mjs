// When the database fails half-way, is nothing acknowledged lost, nothing stored by halves, and nothing told?

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startWorker } from "../support/harness.mjs";
import { always, call, makeProject } from "../support/project.mjs";

let worker;
let project;

before(async () => {
  worker = await startWorker();
  project = await makeProject(worker);
});

after(() => worker?.close());

const sql = (...statements) => worker.db.batch(statements.map((statement) => worker.db.prepare(statement)));
const asked = { event_collection: "c", timeframe: always };
const stored = async (collection) => (await project.query("count", { ...asked, event_collection: collection })).body.result;

/** Every table's rows, so that half a change is seen wherever it lies. */
async function everything() {
  const tables = ["organization", "project", "credential", "access_key", "collection", "event", "event_body", "event_token"];
  const found = await worker.db.batch(tables.map((table) => worker.db.prepare(`SELECT count(*) AS rows FROM ${table}`)));
  return Object.fromEntries(found.map(({ results }, at) => [tables[at], results[0].rows]));
}

/** While `broken` holds, runs `work`; then mends. Gives what was logged meanwhile. */
async function during({ break: broken, mend }, work) {
  const logged = worker.logs().length;
  await sql(broken);
  try {
    await work();
  } finally {
    await sql(mend);
  }
  return worker.logs().slice(logged).filter(({ level }) => level === "error").map(({ message }) => String(message));
}

function isOurFault(answered, what) {
  assert.equal(answered.status, 500, `${what}: ${answered.text}`);
  assert.deepEqual(answered.body, { message: "Something is wrong on our side. It was logged.", error_code: "InternalServerError" });
  assert.equal(answered.headers.get("access-control-allow-origin"), "*", what);
}

const without = (table) => ({ break: `ALTER TABLE ${table} RENAME TO lost`, mend: `ALTER TABLE lost RENAME TO ${table}` });
/** The database refuses one row of a table: in the middle of what a request does. */
const refusing = (table, when) => ({
  break: `CREATE TRIGGER refuse BEFORE INSERT ON ${table} WHEN ${when} BEGIN SELECT RAISE(FAIL, 'secret detail'); END`,
  mend: "DROP TRIGGER refuse",
});

const large = "x".repeat(2_000);
const batches = {
  "the last of 3,000 events": { c: Array.from({ length: 3_000 }, (_, at) => ({ n: at === 2_999 ? "bad" : at })) },
  "an event of the last collection": { a: [{ n: 1 }, { n: 2 }], b: [{ n: 3 }], z: [{ n: "bad" }] },
  "a small event beside large ones": { c: [{ large }, { large }, { n: "bad" }] },
  "an event with a token": { c: [{ n: 1, keen: { uniqueness_token: "t" } }, { n: "bad", keen: { uniqueness_token: "u" } }] },
  "an event in the tenth megabyte": { c: [...Array(18).fill({ a: "x".repeat(500_000) }), { n: "bad" }] },
};

for (const [what, batch] of Object.entries(batches)) {
  test(`when the database refuses ${what}, nothing of the batch is stored, and the same batch succeeds later`, async () => {
    const own = await makeProject(worker);
    const before = await everything();
    const bad = refusing("event", "json_extract(NEW.body, '$.n') = 'bad'");
    const logged = await during(bad, async () => {
      isOurFault(await own.record(batch), what);
      assert.deepEqual(await everything(), before);
      const other = await own.record({ other: [{ n: 1 }] });
      assert.deepEqual(other.body, { other: [{ success: true }] });
    });
    assert.equal(logged.length, 1, JSON.stringify(logged));
    assert.match(logged[0], /^D1: .*secret detail/);
    assert.equal((await own.record(batch)).status, 200);
    for (const [collection, events] of Object.entries(batch)) {
      const counted = await own.query("count", { ...asked, event_collection: collection });
      assert.equal(counted.body.result, events.length, collection);
    }
  });
}

test("a retry of a batch that was acknowledged, after a fault of another, changes nothing", async () => {
  const events = Array.from({ length: 100 }, (_, n) => ({ n, keen: { uniqueness_token: `token ${n}` } }));
  assert.equal((await project.record({ kept: events })).status, 200);
  await during(refusing("event", "1"), async () => isOurFault(await project.record({ kept: [...events, { n: 100 }] }), "more"));
  assert.equal(await stored("kept"), 100);
  await project.record({ kept: events });
  assert.equal(await stored("kept"), 100);
});

test("a single event that the database refuses is not acknowledged and not there", async () => {
  const post = (n) => project.call("POST", "/events/single", { key: project.keys.write, body: { n } });
  await during(refusing("event", "1"), async () => isOurFault(await post(1), "single"));
  assert.equal((await post(2)).status, 201);
  const { result } = (await project.query("extraction", { ...asked, event_collection: "single" })).body;
  assert.deepEqual(result.map(({ n }) => n), [2]);
});

/** Every endpoint that touches the database, each with the table whose loss it meets. */
const requests = () => {
  const at = `/3.0/projects/${project.id}`;
  const { master, write, read } = project.keys;
  const { id, key } = project.organization;
  const definition = { name: "k", permitted: [] };
  return [
    ["event", "POST", `${at}/events/c`, { key: write, body: {} }],
    ["event", "POST", `${at}/events`, { key: write, body: { c: [{}] } }],
    ["collection", "POST", `${at}/events`, { key: write, body: { c: [{}] } }],
    ["event_body", "POST", `${at}/events`, { key: write, body: { c: [{ large }] } }],
    ["event_token", "POST", `${at}/events`, { key: write, body: { c: [{ keen: { uniqueness_token: "t" } }] } }],
    ["collection", "POST", `${at}/queries/count`, { key: read, body: asked }],
    ["collection", "POST", `${at}/queries/funnel`, { key: read, body: { timeframe: always, steps: [{ event_collection: "c", actor_property: "n" }] } }],
    ["collection", "GET", `${at}/queries/count?event_collection=c&timeframe=today`, { key: read }],
    ["credential", "POST", `${at}/queries/count`, { key: read, body: asked }],
    ["project", "POST", `${at}/queries/count`, { key: read, body: asked }],
    ["credential", "POST", `${at}/keys`, { key: master, body: definition }],
    ["access_key", "GET", `${at}/keys`, { key: master }],
    ["project", "POST", `/3.0/organizations/${id}/projects`, { key, body: { name: "p" } }],
    ["project", "GET", `/3.0/organizations/${id}/projects`, { key }],
    ["project", "GET", "/health", {}],
  ];
};

test("a table that is away is a fault of ours on every endpoint, told to the log and not to the caller", async () => {
  for (const [table, method, path, options] of requests()) {
    const what = `${method} ${path} without ${table}`;
    const before = await everything();
    const logged = await during(without(table), async () => {
      const answered = await call(worker, method, path, options);
      isOurFault(answered, what);
    });
    assert.equal(logged.length, 1, `${what}: ${JSON.stringify(logged)}`);
    assert.match(logged[0], /^D1: .*no such table/, what);
    assert.deepEqual(await everything(), before, what);
    const mended = await call(worker, method, path, options);
    assert.ok(mended.status < 300, `${what}, mended: ${mended.text}`);
  }
});

test("a key or a project whose credential cannot be kept is not made", async () => {
  const before = await everything();
  await during(refusing("credential", "NEW.kind IN ('access', 'read')"), async () => {
    const definition = { name: "half", permitted: [] };
    isOurFault(await project.call("POST", "/keys", { key: project.keys.master, body: definition }), "key");
    const { id, key } = project.organization;
    isOurFault(await call(worker, "POST", `/3.0/organizations/${id}/projects`, { key, body: { name: "half" } }), "project");
  });
  assert.deepEqual(await everything(), before);
});

test("a stored row that is not of the expected form is a fault of ours, not a wider key", async () => {
  const { key, id } = await project.key({ name: "narrow", permitted: ["queries"], options: { queries: { filters: [] } } });
  const definition = worker.db.prepare("SELECT definition FROM access_key WHERE id = ?").bind(id);
  const { definition: sound } = await definition.first();
  const put = (text) => worker.db.prepare("UPDATE access_key SET definition = ? WHERE id = ?").bind(text, id).run();
  for (const spoilt of [
    "{}", "[]", "null", '{"name":"n"}', sound.replace("filters", "filter"), sound.replace('"queries"', '"everything"'),
    '{"name":"n","permitted":["queries"],"options":{"queries":{"filters":null}}}',
  ]) {
    await put(spoilt);
    const answered = await project.query("count", asked, key);
    isOurFault(answered, spoilt);
  }
  await put(sound);
  assert.equal((await project.query("count", asked, key)).status, 200);
});

test("requests at the same time do not spoil each other when one of them fails", async () => {
  await during(refusing("event", "json_extract(NEW.body, '$.n') = 'bad'"), async () => {
    const sent = Array.from({ length: 40 }, (_, at) => (at % 4 === 0 ? "bad" : at));
    const answers = await Promise.all(sent.map((n) => project.record({ together: [{ n }] })));
    assert.deepEqual(answers.map(({ status }) => status), sent.map((n) => (n === "bad" ? 500 : 200)));
  });
  assert.equal(await stored("together"), 30);
});

test("the same token from many at once is one event", async () => {
  const event = { keen: { uniqueness_token: "race" } };
  const answers = await Promise.all(Array.from({ length: 30 }, () => project.record({ race: [event] })));
  assert.ok(answers.every(({ text }) => text === '{"race":[{"success":true}]}'));
  assert.equal(await stored("race"), 1);
});
