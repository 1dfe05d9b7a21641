// Can keys be found, changed without losing a change, revoked together, rotated and made anew?

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

const as = (key) => (method, path, body, headers) => project.call(method, path, { key, body, headers });
const master = (...request) => as(project.keys.master)(...request);
const count = (key) => project.query("count", { event_collection: "c", timeframe: always }, key);
const ids = ({ body }) => body.map(({ id }) => id);
const refused = (answered, status, code) =>
  assert.deepEqual([answered.status, answered.body?.error_code], [status, code], answered.text);

test("keys are listed by name, by external id and by whether they are active, page by page", async () => {
  const fresh = await makeProject(worker);
  const make = (name, external_id) => fresh.key({ name, permitted: [], ...(external_id ? { external_id } : {}) });
  const keys = [await make("a", "acme"), await make("b", "acme"), await make("a", "bolt"), await make("c")];
  const list = (query) => fresh.call("GET", `/keys${query}`, { key: fresh.keys.master });
  await fresh.call("POST", `/keys/${keys[1].id}/revoke`, { key: fresh.keys.master });
  const places = (answered) => ids(answered).map((id) => keys.findIndex((key) => key.id === id));
  for (const [query, expected] of [
    ["", [0, 1, 2, 3]],
    ["?name=a", [0, 2]],
    ["?external_id=acme", [0, 1]],
    ["?external_id=acme&is_active=true", [0]],
    ["?is_active=false", [1]],
    ["?is_active=true&name=c", [3]],
    ["?external_id=nobody", []],
    ["?external_id=", [0, 1, 2, 3]],
    ["?per_page=3", [0, 1, 2]],
    ["?per_page=3&page=2", [3]],
    ["?external_id=acme&per_page=1&page=2", [1]],
  ]) {
    assert.deepEqual(places(await list(query)), expected, query);
  }
  for (const query of ["?is_active=yes", "?is_active=1", "?per_page=201", "?page=0"]) {
    refused(await list(query), 400, "InvalidRequestError");
  }
});

test("of two editors who read the same key, the second learns that the first has changed it", async () => {
  const { id } = await project.key({ name: "edited", permitted: [] });
  const read = await master("GET", `/keys/${id}`);
  const etag = read.headers.get("etag");
  assert.match(etag, /^"\d+"$/);
  const write = (name, tag) => master("POST", `/keys/${id}`, { ...read.body, name }, tag ? { "if-match": tag } : {});
  const first = await write("first", etag);
  assert.deepEqual([first.status, first.body.name], [200, "first"]);
  assert.notEqual(first.headers.get("etag"), etag);
  refused(await write("second", etag), 412, "PreconditionFailedError");
  refused(await write("second", '"nonsense"'), 412, "PreconditionFailedError");
  refused(await write("second", "W/x"), 412, "PreconditionFailedError");
  assert.equal((await master("GET", `/keys/${id}`)).body.name, "first");
  assert.equal((await write("third", first.headers.get("etag"))).body.name, "third");
  assert.equal((await write("whatever", "*")).body.name, "whatever");
  assert.equal((await write("unconditional")).body.name, "unconditional");
  refused(await master("POST", `/keys/${"0".repeat(24)}`, { name: "x", permitted: [] }, { "if-match": etag }), 404, "ResourceNotFoundError");
  const revoked = await master("POST", `/keys/${id}/revoke`);
  const again = await master("POST", `/keys/${id}/revoke`);
  assert.equal(again.headers.get("etag"), revoked.headers.get("etag"), "what changes nothing makes no version");
});

test("twenty editors at once lose none of their changes but those they are told of", async () => {
  const { id } = await project.key({ name: "0", permitted: [] });
  const read = await master("GET", `/keys/${id}`);
  const write = (name) => master("POST", `/keys/${id}`, { name, permitted: [] }, { "if-match": read.headers.get("etag") });
  const written = await Promise.all(Array.from({ length: 20 }, (_, at) => write(`editor ${at}`)));
  const statuses = written.map(({ status }) => status).sort();
  assert.deepEqual(statuses, [200, ...Array(19).fill(412)]);
  const winner = written.find(({ status }) => status === 200).body.name;
  assert.equal((await master("GET", `/keys/${id}`)).body.name, winner);
});

test("all of a customer's keys are revoked together, once their number is known", async () => {
  const keys = [];
  for (let at = 0; at < 3; at++) keys.push(await project.key({ name: "k", permitted: ["queries"], external_id: "leaving" }));
  const staying = await project.key({ name: "k", permitted: ["queries"], external_id: "staying" });
  const revoke = (body) => master("POST", "/keys/revoke", body);
  assert.deepEqual((await revoke({ external_id: "leaving" })).body, { external_id: "leaving", active: 3, revoked: 0 });
  assert.equal((await count(keys[0].key)).status, 200);
  refused(await revoke({ external_id: "leaving", count: 2 }), 409, "ConflictError");
  assert.equal((await count(keys[0].key)).status, 200);
  assert.deepEqual((await revoke({ external_id: "leaving", count: 3 })).body, { external_id: "leaving", active: 0, revoked: 3 });
  for (const { key } of keys) refused(await count(key), 401, "InvalidApiKeyError");
  assert.equal((await count(staying.key)).status, 200);
  refused(await revoke({ external_id: "leaving", count: 3 }), 409, "ConflictError");
  assert.deepEqual((await revoke({ external_id: "leaving", count: 0 })).body, { external_id: "leaving", active: 0, revoked: 0 });
  for (const body of [{}, { external_id: 7 }, { external_id: "x", count: "3" }, { external_id: "x", count: -1 }, { external_id: "x", all: true }, []]) {
    refused(await revoke(body), 400, "AccessKeyDefinitionError");
  }
});

test("a key that makes keys cannot put off that all of a customer's are revoked", async () => {
  const maker = await project.key({ name: "k", permitted: ["keys", "queries"], external_id: "resisting" });
  const other = await project.key({ name: "k", permitted: ["queries"], external_id: "resisted" });
  const make = async (external_id) => {
    const { status, body } = await project.call("POST", "/keys", { key: maker.key, body: { name: "k", permitted: ["queries"], external_id } });
    assert.equal(status, 201);
    return body.key;
  };
  const revoke = (body) => master("POST", "/keys/revoke", body);
  for (const [external_id, own] of [["resisted", other.key], ["resisting", maker.key]]) {
    const first = await make(external_id);
    const { active } = (await revoke({ external_id })).body;
    assert.equal(active, 1);
    const second = await make(external_id);
    assert.deepEqual((await revoke({ external_id, count: active })).body, { external_id, active: 0, revoked: 3 });
    for (const key of [own, first, second]) refused(await count(key), 401, "InvalidApiKeyError");
  }
});

test("a rotated key goes on under its old string for the overlap, and no longer", async () => {
  const made = await project.key({ name: "rotated", permitted: ["queries"] });
  const rotate = (overlap_seconds, reference = made.id) => master("POST", `/keys/${reference}/rotate`, { overlap_seconds });
  const rotated = await rotate(2);
  assert.equal(rotated.status, 200);
  assert.equal(rotated.body.id, made.id);
  assert.notEqual(rotated.body.key, made.key);
  const ends = Date.parse(rotated.body.previous_key_ends_at);
  assert.ok(ends > Date.now() - 1_000 && ends <= Date.now() + 2_000);
  for (const key of [made.key, rotated.body.key]) assert.equal((await count(key)).status, 200);
  assert.equal((await master("GET", `/keys/${made.id}`)).body.key, rotated.body.key);
  assert.equal((await master("GET", "/keys?name=rotated")).body.length, 1);
  await new Promise((resolve) => setTimeout(resolve, ends - Date.now() + 50));
  refused(await count(made.key), 401, "ExpiredApiKeyError");
  assert.equal((await count(rotated.body.key)).status, 200);

  const last = (await rotate(0)).body.key;
  refused(await count(rotated.body.key), 401, "ExpiredApiKeyError");
  assert.equal((await count(last)).status, 200);
  await master("POST", `/keys/${made.id}/revoke`);
  refused(await count(last), 401, "InvalidApiKeyError");
  await master("DELETE", `/keys/${made.id}`);
  for (const key of [made.key, rotated.body.key, last]) refused(await count(key), 401, "InvalidApiKeyError");
});

test("an overlap outlives neither the key nor its bound, and old strings do not pile up", async () => {
  const soon = new Date(Date.now() + 1_500).toISOString();
  const dying = await project.key({ name: "dying", permitted: ["queries"], expires_at: soon });
  const rotated = await master("POST", `/keys/${dying.id}/rotate`, { overlap_seconds: 3_600 });
  await new Promise((resolve) => setTimeout(resolve, Date.parse(soon) - Date.now() + 50));
  for (const key of [dying.key, rotated.body.key]) refused(await count(key), 401, "ExpiredApiKeyError");

  const { id } = await project.key({ name: "piling", permitted: [] });
  const rotate = (body) => master("POST", `/keys/${id}/rotate`, body);
  for (let at = 0; at < 10; at++) assert.equal((await rotate({ overlap_seconds: 60 })).status, 200);
  refused(await rotate({ overlap_seconds: 60 }), 409, "ConflictError");
  for (const body of [{}, { overlap_seconds: -1 }, { overlap_seconds: 1.5 }, { overlap_seconds: "60" }, { overlap_seconds: 2_592_001 }, { overlap_seconds: 1, more: 1 }, []]) {
    refused(await rotate(body), 400, "AccessKeyDefinitionError");
  }
  refused(await master("POST", `/keys/${"0".repeat(24)}/rotate`, { overlap_seconds: 0 }), 404, "ResourceNotFoundError");
});

test("a project's own keys are made anew, and the old ones are dead at once", async () => {
  const fresh = await makeProject(worker);
  const ask = (key) => fresh.query("count", { event_collection: "c", timeframe: always }, key);
  const at = (kind) => `/api_keys/${kind}/regenerate`;
  const { read_key } = (await fresh.call("POST", at("read"), { key: fresh.keys.master })).body;
  refused(await ask(fresh.keys.read), 401, "InvalidApiKeyError");
  assert.equal((await ask(read_key)).status, 200);
  const { write_key } = (await fresh.call("POST", at("write"), { key: fresh.keys.master })).body;
  refused(await fresh.record({ c: [{}] }), 401, "InvalidApiKeyError");
  assert.equal((await fresh.record({ c: [{}] }, write_key)).status, 200);
  const { master_key } = (await fresh.call("POST", at("master"), { key: fresh.keys.master })).body;
  refused(await fresh.call("GET", "/keys", { key: fresh.keys.master }), 401, "InvalidApiKeyError");
  assert.equal((await fresh.call("GET", "/keys", { key: master_key })).status, 200);

  // The organization's key is the way back when a master key is in wrong hands.
  const organization = (path, method = "POST") =>
    call(worker, method, `/3.0/organizations/${fresh.organization.id}/projects${path}`, { key: fresh.organization.key });
  const again = (await organization(`/${fresh.id}${at("master")}`)).body.master_key;
  refused(await fresh.call("GET", "/keys", { key: master_key }), 401, "InvalidApiKeyError");
  assert.equal((await fresh.call("GET", "/keys", { key: again })).status, 200);
  const [listed] = (await organization("", "GET")).body;
  assert.deepEqual(listed.api_keys, { master_key: again, write_key, read_key });

  for (const path of [`/${project.id}${at("master")}`, `/nonsense${at("master")}`, `/${fresh.id}${at("access")}`, `/${fresh.id}${at("organization")}`]) {
    refused(await organization(path), 404, "ResourceNotFoundError");
  }
  assert.equal((await master("GET", "/keys")).status, 200);
});

test("when a key was last used is kept to the minute, with one write for it", async () => {
  const { id, key, last_used_at } = await project.key({ name: "used", permitted: ["queries"] });
  assert.equal(last_used_at, null);
  const lastUsed = async () => (await master("GET", `/keys/${id}`)).body.last_used_at;
  await Promise.all(Array.from({ length: 10 }, () => count(key)));
  let used = null;
  for (let tries = 0; tries < 50 && used === null; tries++) {
    used = await lastUsed();
    if (used === null) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.match(used, /:00\.000Z$/);
  assert.ok(Math.abs(Date.parse(used) - Date.now()) <= 120_000);
  const written = await worker.db.prepare("SELECT version, updated_at, created_at FROM access_key WHERE id = ?").bind(id).first();
  assert.deepEqual([written.version, written.updated_at], [1, written.created_at], "use is no change");
});
