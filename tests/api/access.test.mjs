// Which kind of key opens which endpoint? A table; whatever is not in it is tried, and must stay shut.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { makeSecret } from "../../xtask/scripts/secret.mjs";
import { startWorker } from "../support/harness.mjs";
import { call, makeProject } from "../support/project.mjs";

const { endpoints: TABLE, credentials: { permissions: PERMISSIONS } } = JSON.parse(
  readFileSync(new URL("access.json", import.meta.url), "utf8"),
);

const asked = { event_collection: "c", timeframe: "today" };
const saved = { query: { analysis_type: "count", ...asked } };
const dataset = TABLE.find(({ method, path }) => method === "PUT" && path.endsWith("/datasets/{name}")).body;
const parameters = new URLSearchParams(asked);

let worker;
let project;
let credentials;

before(async () => {
  worker = await startWorker();
  project = await makeProject(worker);
  const other = await makeProject(worker);
  await project.record({ c: [{}] });
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
  if (endpoint.refusal === "organization") {
    // Outside projects no key of a project is of use, dead or alive: only that it is known is told.
    const isKnown = isOwn || name === "organization" || name.startsWith("another") || DEAD[name] || name === "a revoked access key";
    return [401, isKnown ? "AdminOnlyEndpointError" : "InvalidApiKeyError"];
  }
  if (!isOwn) return [401, DEAD[name] ?? "InvalidApiKeyError"];
  const isAdministrative = endpoint.refusal === "administrative" || (endpoint.refusal && !name.startsWith("access"));
  return isAdministrative ? [401, "AdminOnlyEndpointError"] : [403, "RequestForbiddenError"];
}

const DEAD = {
  "an expired access key": "ExpiredApiKeyError",
  "an access key before its time": "NotYetValidApiKeyError",
};

/** Does the table let this one in? `access` lets in access keys of every permission. */
function isAdmitted({ admits }, name) {
  return admits.includes(name) || (admits.includes("access") && name.startsWith("access with"));
}

/** The path with what is there: for what changes a key a fresh one, made by who may then change it. */
async function fill({ path }, name) {
  const maker = name?.startsWith("access with") ? credentials[name] : project.keys.master;
  const definition = { key: maker, body: { name: "target", permitted: [] } };
  const key = path.includes("{key}") ? (await project.call("POST", "/keys", definition)).body.id : "";
  if (path.includes("{collection}")) await project.record({ c: [{ p: 1 }] });
  const keep = (place, kept) => project.call("PUT", place, { key: project.keys.master, body: kept });
  if (path.includes("saved/{name}")) await keep("/queries/saved/kept", saved);
  if (path.includes("datasets/{name}")) await keep("/datasets/kept", dataset);
  return filled(path, { ...there(), key });
}

const there = () => ({ project: project.id, organization: project.organization.id, collection: "c", analysis: "count", kind: "read", name: "kept", property: "p" });

/** The same path with what is not there; only the project is. */
const nowhere = ({ path }) => filled(path, { ...there(), collection: "never recorded", property: "never", name: "nothing", key: "0".repeat(24) });

function filled(path, parts) {
  return path.replaceAll(/\{(\w+)\}/g, (_, name) => parts[name]);
}

/** Every row of the small tables, and how many events there are; when a key was used last is no change. */
async function state() {
  const small = ["organization", "project", "credential", "collection"].map((table) => `SELECT * FROM ${table}`);
  const keys = "SELECT project, id, is_active, definition, version, made_by, updated_at FROM access_key";
  small.push("SELECT project, name, query FROM saved_query");
  const statements = [...small, keys, "SELECT count(*) FROM event"].map((sql) => worker.db.prepare(sql));
  return JSON.stringify((await worker.db.batch(statements)).map(({ results }) => results));
}

test("the table holds every endpoint of the router, and no other", () => {
  const source = readFileSync(new URL("../../worker/src/route/table.rs", import.meta.url), "utf8");
  const routes = [...source.matchAll(/Route::\w+ => \(\s*"([A-Z]+)",\s*"([^"]+)",?\s*\)/g)].map(([, method, path]) => `${method} ${path}`);
  assert.ok(routes.length >= 14, "the router's table is not read");
  const declared = Number(/ALL: \[Route; (\d+)\]/.exec(source)[1]);
  assert.equal(routes.length, declared);
  // One endpoint may stand there twice: a GET of a collection records, or describes it.
  assert.deepEqual([...new Set(TABLE.map(({ method, path }) => `${method} ${path}`))].sort(), routes.sort());
});

for (const endpoint of TABLE.filter(({ open }) => !open)) {
  const { method, path, query = "", body, admits, status } = endpoint;
  test(`${method} ${path} opens for ${admits.join(", ")} and for nobody else`, async () => {
    const everyone = Object.entries(credentials);
    const targets = [await fill(endpoint), nowhere(endpoint)].map((target) => `${target}${query}`);
    const before = await state();
    const refused = everyone.filter(([name]) => !isAdmitted(endpoint, name));
    await Promise.all(refused.map(async ([name, key]) => {
      const [answered, ofNothing] = await Promise.all(targets.map((target) => call(worker, method, target, { key, body })));
      assert.deepEqual([answered.status, answered.body?.error_code], refusal(endpoint, name), `${name}: ${answered.text}`);
      assert.equal(ofNothing.text.replace("'nothing'", "'kept'"), answered.text, `${name}: the answer tells whether there is such a thing`);
      if (key) assert.ok(!answered.text.includes(key), `${name}: the key is in the answer`);
    }));
    assert.equal(await state(), before, "one who was refused changed something");
    const let_in = everyone.filter(([name]) => isAdmitted(endpoint, name));
    for (const [name, key] of let_in) {
      const answered = endpoint.spends
        ? await spend(endpoint, name)
        : await call(worker, method, `${await fill(endpoint, name)}${query}`, { key, body });
      assert.equal(answered.status, status, `${name}: ${answered.text}`);
    }
    assert.ok(let_in.length >= admits.length, "a name in the table is nobody's");
  });
}

/** What spends a key is tried in a project of its own. */
async function spend({ method, path, body }, name) {
  const { id, organization, keys } = await makeProject(worker);
  const target = filled(path, { ...there(), project: id, organization: organization.id });
  return call(worker, method, target, { key: { ...keys, organization: organization.key }[name], body });
}

test("a key that makes keys finds none but those below it, and is told no more of the others", async () => {
  const [one, other] = await Promise.all([1, 2].map(() => project.key({ name: "maker", permitted: ["keys"] })));
  const make = (maker) => project.call("POST", "/keys", { key: maker.key, body: { name: "made", permitted: ["keys"] } });
  const own = (await make(one)).body;
  const below = (await make(own)).body;
  const foreign = [(await make(other)).body, other, one, await project.key({ name: "master's", permitted: [] })];
  const keyed = TABLE.filter(({ path }) => path.includes("{key}"));
  assert.ok(keyed.length >= 6);
  for (const { method, path, body } of keyed) {
    const ask = (key) => call(worker, method, filled(path, { ...there(), key }), { key: one.key, body });
    const nothing = await ask("0".repeat(24));
    assert.deepEqual([nothing.status, nothing.body.error_code], [404, "ResourceNotFoundError"]);
    for (const { id, key } of foreign) {
      assert.deepEqual([(await ask(id)).text, (await ask(key)).text], [nothing.text, nothing.text], `${method} ${path}`);
    }
  }
  const listed = await project.call("GET", "/keys", { key: one.key });
  assert.deepEqual(listed.body.map(({ id }) => id).sort(), [own.id, below.id].sort());
});

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
