// Which kind of key opens which endpoint? A table; whatever is not in it is tried, and must stay shut.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { makeSecret } from "../../xtask/scripts/secret.mjs";
import { startWorker } from "../support/harness.mjs";
import { call, makeProject } from "../support/project.mjs";

const PERMISSIONS = ["writes", "queries", "saved_queries", "cached_queries", "datasets", "schema", "query_definition"];

const IN_PROJECT = "/3.0/projects/{project}";
const asked = { event_collection: "c", timeframe: "today" };
const parameters = new URLSearchParams(asked);
const definition = { name: "made", permitted: [] };
const mayRecord = ["master", "write", "access with writes"];
const mayAsk = ["master", "read", "access with queries"];

/** Every endpoint: its line in the router's table, a request that fits it, and who is let in. */
const TABLE = [
  { method: "GET", path: "/health", open: true },
  { method: "POST", path: `${IN_PROJECT}/events/{collection}`, body: {}, admits: mayRecord, status: 201 },
  { method: "POST", path: `${IN_PROJECT}/events`, body: { c: [{}] }, admits: mayRecord, status: 200 },
  { method: "POST", path: `${IN_PROJECT}/queries/{analysis}`, body: asked, admits: mayAsk, status: 200 },
  { method: "GET", path: `${IN_PROJECT}/queries/{analysis}`, query: `?${parameters}`, admits: mayAsk, status: 200 },
  { method: "GET", path: `${IN_PROJECT}/queries`, admits: mayAsk, status: 200 },
  { method: "GET", path: "/timezones", open: true },
  { method: "POST", path: `${IN_PROJECT}/keys`, body: definition, admits: ["master"], status: 201, isAdministrative: true },
  { method: "GET", path: `${IN_PROJECT}/keys`, admits: ["master"], status: 200, isAdministrative: true },
  { method: "GET", path: `${IN_PROJECT}/keys/{key}`, admits: ["master"], status: 200, isAdministrative: true },
  { method: "POST", path: `${IN_PROJECT}/keys/{key}`, body: definition, admits: ["master"], status: 200, isAdministrative: true },
  { method: "DELETE", path: `${IN_PROJECT}/keys/{key}`, admits: ["master"], status: 204, isAdministrative: true },
  { method: "POST", path: `${IN_PROJECT}/keys/{key}/revoke`, admits: ["master"], status: 200, isAdministrative: true },
  { method: "POST", path: `${IN_PROJECT}/keys/{key}/unrevoke`, admits: ["master"], status: 200, isAdministrative: true },
  { method: "POST", path: "/3.0/organizations/{organization}/projects", body: { name: "made" }, admits: ["organization"], status: 201, isAdministrative: true },
  { method: "GET", path: "/3.0/organizations/{organization}/projects", admits: ["organization"], status: 200, isAdministrative: true },
];

let worker;
let project;
let credentials;

before(async () => {
  worker = await startWorker();
  project = await makeProject(worker);
  const other = await makeProject(worker);
  const access = (permitted, more = {}) => project.key({ name: "k", permitted, ...more });
  const all = { name: "k", permitted: PERMISSIONS };
  const revoked = await project.key(all);
  await project.call("POST", `/keys/${revoked.id}/revoke`, { key: project.keys.master });
  const deleted = await project.key(all);
  await project.call("DELETE", `/keys/${deleted.id}`, { key: project.keys.master });
  const damaged = `${project.keys.master.slice(0, -1)}${project.keys.master.endsWith("0") ? "1" : "0"}`;
  credentials = {
    none: undefined,
    "a word": "secret",
    "a bare scheme": "Bearer",
    "a scheme of another kind": `Basic ${project.keys.master}`,
    "a master key with one wrong character": damaged,
    "the project's id": project.id,
    "an access key's id": (await access([])).id,
    "a hash of the master key": await hashOf(project.keys.master),
    ...Object.fromEntries(["organization", "master", "write", "read", "access"].map((kind) => [`an unknown ${kind} key`, makeSecret(kind)])),
    master: project.keys.master,
    write: project.keys.write,
    read: project.keys.read,
    organization: project.organization.key,
    "access with nothing": (await access([])).key,
    ...Object.fromEntries(await Promise.all(PERMISSIONS.map(async (name) => [`access with ${name}`, (await access([name])).key]))),
    "a revoked access key": revoked.key,
    "an expired access key": (await access(PERMISSIONS, { expires_at: "2020-01-01T00:00:00Z" })).key,
    "an access key before its time": (await access(PERMISSIONS, { not_before: "2999-01-01T00:00:00Z" })).key,
    "a deleted access key": deleted.key,
    "another project's master": other.keys.master,
    "another project's write": other.keys.write,
    "another project's read": other.keys.read,
    "another project's access with everything": (await other.key(all)).key,
    "another organization": other.organization.key,
  };
});

after(() => worker?.close());

async function hashOf(text) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Buffer.from(digest).toString("hex");
}

/** What who is not let in is told. */
function refusal(endpoint, name) {
  const isOwn = ["master", "write", "read"].includes(name) || name.startsWith("access with");
  if (endpoint.path.startsWith("/3.0/organizations")) {
    // Outside projects no key of a project is of use, dead or alive: only that it is known is told.
    const isKnown = isOwn || name.startsWith("another") || DEAD[name] || name === "a revoked access key";
    return [401, isKnown ? "AdminOnlyEndpointError" : "InvalidApiKeyError"];
  }
  if (!isOwn) return [401, DEAD[name] ?? "InvalidApiKeyError"];
  return endpoint.isAdministrative ? [401, "AdminOnlyEndpointError"] : [403, "RequestForbiddenError"];
}

const DEAD = {
  "an expired access key": "ExpiredApiKeyError",
  "an access key before its time": "NotYetValidApiKeyError",
};

/** A fresh key for what changes one, so that every attempt finds one that is there. */
async function fill({ path }) {
  const key = path.includes("{key}") ? (await project.key({ name: "target", permitted: [] })).id : "";
  const parts = { project: project.id, organization: project.organization.id, collection: "c", analysis: "count", key };
  return path.replaceAll(/\{(\w+)\}/g, (_, name) => parts[name]);
}

/** Every row of the small tables, and how many events there are. */
async function state() {
  const small = ["organization", "project", "credential", "access_key", "collection"].map((table) => `SELECT * FROM ${table}`);
  const statements = [...small, "SELECT count(*) FROM event"].map((sql) => worker.db.prepare(sql));
  return JSON.stringify((await worker.db.batch(statements)).map(({ results }) => results));
}

test("the table holds every endpoint of the router, and no other", () => {
  const source = readFileSync(new URL("../../worker/src/route.rs", import.meta.url), "utf8");
  const routes = [...source.matchAll(/Route::\w+ => \("([A-Z]+)", "([^"]+)"\)/g)].map(([, method, path]) => `${method} ${path}`);
  assert.ok(routes.length >= 14, "the router's table is not read");
  const declared = Number(/ALL: \[Route; (\d+)\]/.exec(source)[1]);
  assert.equal(routes.length, declared);
  assert.deepEqual(TABLE.map(({ method, path }) => `${method} ${path}`).sort(), routes.sort());
});

for (const endpoint of TABLE.filter(({ open }) => !open)) {
  const { method, path, query = "", body, admits, status } = endpoint;
  test(`${method} ${path} opens for ${admits.join(", ")} and for nobody else`, async () => {
    const everyone = Object.entries(credentials);
    const target = `${await fill(endpoint)}${query}`;
    const before = await state();
    const refused = everyone.filter(([name]) => !admits.includes(name));
    await Promise.all(refused.map(async ([name, key]) => {
      const answered = await call(worker, method, target, { key, body });
      assert.deepEqual([answered.status, answered.body?.error_code], refusal(endpoint, name), `${name}: ${answered.text}`);
      if (key) assert.ok(!answered.text.includes(key), `${name}: the key is in the answer`);
    }));
    assert.equal(await state(), before, "one who was refused changed something");
    for (const name of admits) {
      const answered = await call(worker, method, `${await fill(endpoint)}${query}`, { key: credentials[name], body });
      assert.equal(answered.status, status, `${name}: ${answered.text}`);
    }
    assert.equal(refused.length + admits.length, everyone.length, "a name in the table is nobody's");
  });
}

for (const { method, path } of TABLE.filter(({ open }) => open)) {
  test(`${method} ${path} is open to everyone, and tells everyone the same`, async () => {
    const answers = await Promise.all(Object.values(credentials).map((key) => call(worker, method, path, { key })));
    assert.deepEqual([...new Set(answers.map(({ status, text }) => `${status} ${text}`))].length, 1);
    assert.equal(answers[0].status, 200);
  });
}

test("a key opens the same in the header, after Bearer, and as a parameter; the header wins", async () => {
  const { read } = project.keys;
  const path = `/3.0/projects/${project.id}/queries/count?${parameters}`;
  for (const [headers, query, status] of [
    [{ authorization: read }, "", 200],
    [{ authorization: `Bearer ${read}` }, "", 200],
    [{ authorization: `bearer  ${read} ` }, "", 200],
    [{ authorization: "" }, `&api_key=${read}`, 200],
    [{}, `&api_key=${read}`, 200],
    [{}, "&api_key=", 401],
    [{ authorization: read }, `&api_key=${read}`, 200],
    [{ authorization: read }, "&api_key=wrong", 200],
    [{ authorization: "wrong" }, `&api_key=${read}`, 401],
    [{ authorization: makeSecret("read") }, `&api_key=${read}`, 401],
    [{ authorization: `Basic ${read}` }, "", 401],
    [{ "x-api-key": read }, "", 401],
    [{ cookie: `api_key=${read}` }, "", 401],
  ]) {
    const answered = await call(worker, "GET", `${path}${query}`, { headers });
    assert.equal(answered.status, status, `${JSON.stringify(headers)} ${query}: ${answered.text}`);
  }
});

test("a key in the body of a request opens nothing", async () => {
  const body = { ...asked, api_key: project.keys.master, authorization: project.keys.master };
  const answered = await project.call("POST", "/queries/count", { body });
  assert.deepEqual([answered.status, answered.body.error_code], [401, "InvalidApiKeyError"]);
});

test("an unknown project is not found, whoever asks", async () => {
  for (const key of [project.keys.master, project.organization.key, makeSecret("master")]) {
    for (const id of ["0".repeat(24), "riker", project.id.toUpperCase(), `${project.id}0`, "%20", "..%2f"]) {
      if (id === project.id) continue;
      for (const path of ["queries/count", "events", "events/c", "keys"]) {
        const answered = await call(worker, "POST", `/3.0/projects/${id}/${path}`, { key, body: {} });
        assert.deepEqual([answered.status, answered.body.error_code], [404, "ResourceNotFoundError"], `${id} ${path}`);
      }
    }
  }
});
