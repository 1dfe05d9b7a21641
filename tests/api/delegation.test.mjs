// Does a key make keys within itself, and does what happens to it happen to them?

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startWorker } from "../support/harness.mjs";
import { always, makeProject } from "../support/project.mjs";

let worker;
let project;

const pin = (value, property_name = "customer.id") => ({ property_name, operator: "eq", property_value: value });
const acme = {
  name: "Acme's administrator",
  permitted: ["queries", "writes", "keys"],
  options: {
    queries: { filters: [pin("acme")], collections: { allowed: ["purchases"] }, properties: { except: ["margin"] } },
    writes: { autofill: { customer: { id: "acme" } } },
  },
  expires_at: "2999-01-01T00:00:00Z",
};

before(async () => {
  worker = await startWorker();
  project = await makeProject(worker);
  const event = (id, team) => ({ customer: { id }, team, margin: 1 });
  await project.record({ purchases: [event("acme", "red"), event("acme", "blue"), event("bolt", "red")], other: [event("acme", "red")] });
});

after(() => worker?.close());

const make = async (key, definition) => project.call("POST", "/keys", { key, body: definition });
const made = async (key, definition) => {
  const answered = await make(key, definition);
  assert.equal(answered.status, 201, answered.text);
  return answered.body;
};
const count = async (key, more) => {
  const { status, body } = await project.query("count", { event_collection: "purchases", timeframe: always, ...more }, key);
  return status === 200 ? body.result : body.error_code;
};
const narrower = (team) => ({ ...acme, name: `${team} team`, permitted: ["queries"], options: { queries: { ...acme.options.queries, filters: [pin("acme"), pin(team, "team")] } } });

test("an administrator's key makes a key for a team, which sees the team's rows", async () => {
  const parent = await project.key(acme);
  const child = await made(parent.key, narrower("red"));
  assert.equal(child.made_by, parent.id);
  assert.deepEqual([await count(parent.key), await count(child.key)], [2, 1]);
  assert.equal((await project.call("GET", `/keys/${child.id}`, { key: parent.key })).body.key, child.key);
});

test("a key that is wider anywhere is refused, with the field", async () => {
  const { key } = await project.key(acme);
  const within = narrower("red");
  const queries = (changed) => ({ ...within, options: { queries: { ...within.options.queries, ...changed } } });
  const writes = (options) => ({ name: "w", permitted: ["writes"], expires_at: acme.expires_at, options: { writes: options } });
  for (const [definition, pointer] of [
    [{ ...within, permitted: ["queries", "schema"] }, "/permitted"],
    [{ ...within, expires_at: "2999-01-02T00:00:00Z" }, "/expires_at"],
    [{ ...within, expires_at: undefined }, "/expires_at"],
    [queries({ filters: [pin("red", "team")] }), "/options/queries/filters"],
    [queries({ filters: [pin("bolt")] }), "/options/queries/filters"],
    [queries({ filters: [{ operator: "or", operands: [pin("acme"), pin("red", "team")] }] }), "/options/queries/filters"],
    [queries({ collections: { allowed: ["purchases", "other"] } }), "/options/queries/collections/allowed/1"],
    [queries({ collections: undefined }), "/options/queries/collections/allowed"],
    [queries({ properties: { except: ["other"] } }), "/options/queries/properties/except"],
    [writes({}), "/options/writes/autofill"],
    [writes({ autofill: { customer: { id: "bolt" } } }), "/options/writes/autofill"],
    [writes({ autofill: { customer: "acme" } }), "/options/writes/autofill"],
  ]) {
    const answered = await make(key, definition);
    assert.deepEqual([answered.status, answered.body.error_code], [403, "RequestForbiddenError"], answered.text);
    assert.ok(answered.body.message.startsWith(`At ${pointer}:`), answered.body.message);
  }
  const kept = await made(key, writes({ autofill: { customer: { id: "acme" }, team: "red" } }));
  assert.equal(await count(kept.key), "RequestForbiddenError");
});

test("a line of keys ends after four, and the fourth may not make a fifth", async () => {
  const definition = { name: "link", permitted: ["keys"] };
  let { key } = await project.key(definition);
  for (let generation = 2; generation <= 4; generation++) ({ key } = await made(key, definition));
  const answered = await make(key, definition);
  assert.deepEqual([answered.status, answered.body.error_code], [403, "RequestForbiddenError"]);
  assert.match(answered.body.message, /number 5 .* the limit is 4/);
});

test("narrowing, revoking, restoring, expiring and deleting a key binds those made within it at once", async () => {
  const parent = await project.key({ ...acme, options: { ...acme.options, queries: { ...acme.options.queries, filters: [] } } });
  const child = await made(parent.key, { ...parent, key: undefined, name: "child" });
  const grandchild = await made(child.key, { ...parent, key: undefined, name: "grandchild", permitted: ["queries"] });
  const master = (method, path, body) => project.call(method, path, { key: project.keys.master, body });
  const everyone = () => Promise.all([parent, child, grandchild].map(({ key }) => count(key)));
  const replace = (more) => master("POST", `/keys/${parent.id}`, { ...acme, ...more });

  assert.deepEqual(await everyone(), [3, 3, 3]);
  await replace({});
  assert.deepEqual(await everyone(), [2, 2, 2]);
  // A group by what the first of the line hides.
  assert.equal(await count(grandchild.key, { group_by: "margin" }), "RequestForbiddenError");
  await replace({ permitted: ["writes", "keys"] });
  assert.deepEqual(await everyone(), Array(3).fill("RequestForbiddenError"));
  await replace({ expires_at: "2020-01-01T00:00:00Z" });
  assert.deepEqual(await everyone(), Array(3).fill("ExpiredApiKeyError"));
  await replace({});
  await master("POST", `/keys/${child.id}/revoke`);
  assert.deepEqual(await everyone(), [2, "InvalidApiKeyError", "InvalidApiKeyError"]);
  await master("POST", `/keys/${child.id}/unrevoke`);
  assert.deepEqual(await everyone(), [2, 2, 2]);
  await master("POST", `/keys/${parent.id}/rotate`, { overlap_seconds: 0 });
  assert.deepEqual(await everyone(), ["ExpiredApiKeyError", 2, 2]);
  await master("DELETE", `/keys/${parent.id}`);
  assert.deepEqual(await everyone(), Array(3).fill("InvalidApiKeyError"));
  for (const { id } of [parent, child, grandchild]) assert.equal((await master("GET", `/keys/${id}`)).status, 404);
});

test("what a key fills in wins over what a key fills in that it made", async () => {
  const parent = await project.key({ name: "p", permitted: ["writes", "keys"] });
  const child = await made(parent.key, { name: "c", permitted: ["writes"], options: { writes: { autofill: { who: "child", own: 1 } } } });
  await project.call("POST", `/keys/${parent.id}`, { key: project.keys.master, body: { name: "p", permitted: ["writes", "keys"], options: { writes: { autofill: { who: "parent" } } } } });
  await project.record({ filled: [{ who: "sent", own: 0 }] }, child.key);
  const { body } = await project.query("extraction", { event_collection: "filled", timeframe: always, property_names: ["who", "own"] });
  assert.deepEqual(body.result, [{ who: "parent", own: 1 }]);
});

test("a key changes, revokes and rotates the keys below it, never beyond itself, and never itself", async () => {
  const parent = await project.key(acme);
  const child = await made(parent.key, narrower("red"));
  const ask = (method, path, body) => project.call(method, path, { key: parent.key, body });
  assert.equal((await ask("POST", `/keys/${child.id}`, narrower("blue"))).status, 200);
  assert.equal((await ask("POST", `/keys/${child.id}`, { ...narrower("blue"), permitted: ["schema"] })).status, 403);
  assert.equal((await ask("POST", `/keys/${child.id}/revoke`)).body.is_active, false);
  assert.equal((await ask("POST", `/keys/${child.id}/unrevoke`)).body.is_active, true);
  assert.equal((await ask("POST", `/keys/${child.id}/rotate`, { overlap_seconds: 0 })).status, 200);
  for (const [method, path, body] of [
    ["POST", "", acme], ["POST", "/unrevoke"], ["POST", "/revoke"], ["POST", "/rotate", { overlap_seconds: 0 }], ["DELETE", ""], ["GET", ""],
  ]) {
    assert.equal((await ask(method, `/keys/${parent.id}${path}`, body)).status, 404, `${method} ${path}`);
  }
  assert.equal((await ask("DELETE", `/keys/${child.id}`)).status, 204);
});

test("a key makes a thousand keys and no more; deleting one makes room", async () => {
  const { id, key } = await project.key({ name: "many", permitted: ["keys"] });
  const rows = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 999) SELECT ?1, printf('%024x', n + 4096), 'x', 1, '{\"name\":\"x\",\"permitted\":[]}', ?2, 0, 0 FROM n";
  await worker.db.prepare(`INSERT INTO access_key (project, id, name, is_active, definition, made_by, created_at, updated_at) ${rows}`).bind(project.id, id).run();
  const last = await made(key, { name: "the thousandth", permitted: [] });
  const beyond = await make(key, { name: "one more", permitted: [] });
  assert.deepEqual([beyond.status, beyond.body.error_code], [403, "RequestForbiddenError"]);
  assert.match(beyond.body.message, /1000 keys/);
  const strings = await worker.db.prepare("SELECT count(*) AS n FROM credential WHERE project = ?1 AND access_key NOT IN (SELECT id FROM access_key WHERE project = ?1)").bind(project.id).first();
  assert.equal(strings.n, 0, "a key that was not made left a string behind");
  await project.call("DELETE", `/keys/${last.id}`, { key });
  await made(key, { name: "again", permitted: [] });
});
