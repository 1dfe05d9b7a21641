// Is every change of a key kept, and every refused request, without any key in it?

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startWorker } from "../support/harness.mjs";
import { always, call, makeProject } from "../support/project.mjs";

let worker;

before(async () => (worker = await startWorker()));
after(() => worker?.close());

const audit = async (project, query = "") => {
  const { status, body, text } = await project.call("GET", `/audit${query}`, { key: project.keys.master });
  assert.equal(status, 200, text);
  return body;
};

/** The audit of refusals is written after their answers: wait until there are so many. */
async function refusals(project, count) {
  for (let tries = 0; tries < 100; tries++) {
    const { entries } = await audit(project, "?kind=refusal");
    if (entries.length >= count) return entries;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return (await audit(project, "?kind=refusal")).entries;
}

test("every change of a key is kept: who, what, before and after", async () => {
  const project = await makeProject(worker);
  const master = (method, path, body) => project.call(method, path, { key: project.keys.master, body });
  const definition = { name: "k", permitted: ["queries", "keys"], options: {}, external_id: "acme" };
  const made = await project.key(definition);
  const child = (await project.call("POST", "/keys", { key: made.key, body: { name: "c", permitted: [] } })).body;
  await master("POST", `/keys/${made.id}`, { ...definition, name: "k2" });
  await master("POST", `/keys/${made.id}/revoke`);
  await master("POST", `/keys/${made.id}/revoke`);
  await master("POST", `/keys/${made.id}/unrevoke`);
  const rotated = (await master("POST", `/keys/${made.id}/rotate`, { overlap_seconds: 60 })).body;
  await master("POST", "/keys/revoke", { external_id: "acme", count: 1 });
  await master("DELETE", `/keys/${made.id}`);
  const { write_key } = (await master("POST", "/api_keys/write/regenerate")).body;
  await call(worker, "POST", `/3.0/organizations/${project.organization.id}/projects/${project.id}/api_keys/read/regenerate`, { key: project.organization.key });

  const { entries, next_before } = await audit(project, "?kind=change");
  assert.equal(next_before, null);
  const byMaster = { kind: "master" };
  const first = { ...definition, is_active: true };
  const second = { ...first, name: "k2" };
  const off = { ...second, is_active: false };
  const childs = { name: "c", permitted: [], options: {}, is_active: true };
  const of = (id) => ({ key_id: id });
  const expected = [
    { ...of(made.id), action: "made", by: byMaster, before: null, after: first },
    { ...of(child.id), action: "made", by: { kind: "access", id: made.id }, before: null, after: childs },
    { ...of(made.id), action: "replaced", by: byMaster, before: first, after: second },
    { ...of(made.id), action: "revoked", by: byMaster, before: second, after: off },
    { ...of(made.id), action: "restored", by: byMaster, before: off, after: second },
    { ...of(made.id), action: "rotated", by: byMaster, before: null, after: { previous_string_dies_at: rotated.previous_key_ends_at } },
    { ...of(made.id), action: "revoked_by_external_id", by: byMaster, before: second, after: off },
    { ...of(child.id), action: "deleted", by: byMaster, before: childs, after: null },
    { ...of(made.id), action: "deleted", by: byMaster, before: off, after: null },
    { ...of(null), action: "regenerated", by: byMaster, project_key: "write" },
    { ...of(null), action: "regenerated", by: { kind: "organization", id: project.organization.id }, project_key: "read" },
  ];
  const found = entries.toReversed().map(({ entry, at, kind, ...rest }) => {
    assert.ok(Number.isInteger(entry) && kind === "change" && Math.abs(Date.parse(at) - Date.now()) < 120_000);
    return rest;
  });
  // The two that were deleted together stand in either order.
  const sorted = (list) => list.map((entry) => JSON.stringify(sortedDeep(entry))).sort();
  assert.deepEqual(sorted(found), sorted(expected));
  const text = JSON.stringify(entries);
  for (const secret of [made.key, child.key, rotated.key, write_key, "kh_"]) assert.ok(!text.includes(secret));
  const ofChild = await audit(project, `?key=${child.id}`);
  assert.deepEqual(ofChild.entries.map(({ action }) => action), ["deleted", "made"]);
});

function sortedDeep(value) {
  if (Array.isArray(value)) return value.map(sortedDeep);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, inner]) => [name, sortedDeep(inner)]));
}

test("a change that did not happen is not kept", async () => {
  const project = await makeProject(worker);
  const { id } = await project.key({ name: "k", permitted: [] });
  const master = (path, body, headers) => project.call("POST", path, { key: project.keys.master, body, headers });
  await master(`/keys/${id}`, { name: "x", permitted: [] }, { "if-match": '"99"' });
  await master(`/keys/${id}`, { name: "x" });
  await master(`/keys/${id}/unrevoke`);
  await master(`/keys/${"0".repeat(24)}/revoke`);
  await master("/keys/revoke", { external_id: "nobody", count: 3 });
  assert.deepEqual((await audit(project)).entries.map(({ action }) => action), ["made"]);
});

test("a refused request is kept, with its reason and without its key", async () => {
  const project = await makeProject(worker);
  const stranger = await makeProject(worker);
  const { key, id } = await project.key({ name: "k", permitted: ["queries"], options: { queries: { collections: { allowed: ["c"] } } } });
  const ask = (key, event_collection = "d") => project.query("count", { event_collection, timeframe: always }, key);
  await ask(key);
  await ask(key, `${key}`);
  await ask(stranger.keys.master);
  await project.call("GET", `/keys/${key}?api_key=${key}`);
  await project.record({ c: [{ a: 1 }, { a: 2 }] }, key);
  await project.call("POST", `/keys/${id}/revoke`, { key: project.keys.master });
  await ask(key);
  const entries = await refusals(project, 6);
  const reasons = entries.map(({ by, request, status, error_code, skipped_before }) => [by.kind, request, status, error_code, skipped_before]);
  const query = "POST /3.0/projects/{project}/queries/{analysis}";
  assert.deepEqual(reasons.sort(), [
    ["access", query, 403, "RequestForbiddenError", 0],
    ["access", query, 403, "RequestForbiddenError", 0],
    ["unknown", query, 401, "InvalidApiKeyError", 0],
    ["access", "GET /3.0/projects/{project}/keys/{key}", 401, "AdminOnlyEndpointError", 0],
    ["access", "POST /3.0/projects/{project}/events", 403, "RequestForbiddenError", 0],
    ["access", query, 401, "InvalidApiKeyError", 0],
  ].sort());
  assert.ok(!JSON.stringify(entries).includes("kh_access_"));
  assert.equal((await audit(project, `?key=${id}&kind=refusal`)).entries.length, 5);
  assert.deepEqual((await audit(stranger)).entries, [], "a stranger's project is told nothing");
});

test("events of a batch that its key may not record are kept as one refused request", async () => {
  const project = await makeProject(worker);
  const { key } = await project.key({ name: "w", permitted: ["writes"], options: { writes: { collections: { allowed: ["c"] } } } });
  const answered = await project.record({ c: [{}], d: [{}, {}] }, key);
  assert.deepEqual(answered.body.d.map(({ success }) => success), [false, false]);
  const [entry, ...others] = await refusals(project, 1);
  assert.deepEqual([entry.status, entry.error_code, others], [403, "RequestForbiddenError", []]);
  assert.match(entry.message, /collection 'd'/);
});

test("of very many refusals some are kept, which say how many are not", async () => {
  const project = await makeProject(worker);
  const asked = 230;
  const ask = () => project.query("count", { event_collection: "c", timeframe: always }, project.keys.write);
  for (let at = 0; at < asked; at += 10) await Promise.all(Array.from({ length: 10 }, ask));
  await new Promise((resolve) => setTimeout(resolve, 300));
  const { entries } = await audit(project);
  // 20 in a minute, then one in a hundred; a new minute may have begun on the way.
  assert.ok(entries.length >= 22 && entries.length <= 44, String(entries.length));
  const told = entries.length + entries.reduce((sum, { skipped_before }) => sum + skipped_before, 0);
  assert.ok(told <= asked && told > asked - 100, String(told));
  assert.ok(entries.some(({ skipped_before }) => skipped_before > 0));
});

test("the audit is read page by page, the newest first, and by nobody but the master key", async () => {
  const project = await makeProject(worker);
  for (let at = 0; at < 5; at++) await project.key({ name: `k${at}`, permitted: [] });
  const names = [];
  let before = "";
  do {
    const { entries, next_before } = await audit(project, `?per_page=2${before}`);
    assert.ok(entries.length <= 2);
    names.push(...entries.map(({ after }) => after.name));
    before = next_before === null ? null : `&before=${next_before}`;
  } while (before !== null);
  assert.deepEqual(names, ["k4", "k3", "k2", "k1", "k0"]);
  for (const query of ["?kind=all", "?before=x", "?before=0", "?before=-1", "?per_page=0", "?per_page=201", "?key=nobody"]) {
    const { status, body } = await project.call("GET", `/audit${query}`, { key: project.keys.master });
    assert.deepEqual([status, body.error_code], [400, "InvalidRequestError"], query);
  }
});

test("old refusals are forgotten, changes never", async () => {
  const project = await makeProject(worker);
  const long_ago = Date.now() - 31 * 86_400_000;
  const insert = worker.db.prepare("INSERT INTO audit (project, at, kind, detail) VALUES (?, ?, ?, '{\"by\": {\"kind\": \"master\"}}')");
  await worker.db.batch(["refusal", "change", "refusal"].map((kind) => insert.bind(project.id, long_ago, kind)));
  await project.query("count", { event_collection: "c", timeframe: always }, project.keys.write);
  await refusals(project, 1);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const kinds = (await audit(project)).entries.map(({ kind, status }) => `${kind} ${status ?? "old"}`);
  assert.deepEqual(kinds.sort(), ["change old", "refusal 403"]);
});
