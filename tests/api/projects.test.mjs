// Does an organization read, change and deactivate its projects, and is every answer right meanwhile?

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startWorker } from "../support/harness.mjs";
import { always, call, customerKey, makeOrganization, makeProject } from "../support/project.mjs";

// `whole` does as much in its request as it always does; `waiting` nothing, so that all is the clock's.
let whole;
let waiting;

before(async () => {
  whole = await startWorker();
  waiting = await startWorker({ vars: { DELETION_STEPS: "0" } });
});
after(() => Promise.all([whole?.close(), waiting?.close()]));

const strike = (worker) => worker.scheduled({ cron: "* * * * *" });
const eq = (property_name, property_value) => ({ property_name, operator: "eq", property_value });
const refused = (answered, status, code, what) =>
  assert.deepEqual([answered.status, answered.body?.error_code], [status, code], `${what}: ${answered.text}`);

/** A project, and what its organization does with it. */
async function place(worker, definition = { name: "p" }) {
  const project = await makeProject(worker, definition);
  const { organization } = project;
  const path = `/3.0/organizations/${organization.id}/projects/${project.id}`;
  const as = (method, body, key = organization.key) => call(worker, method, path, { key, body });
  const change = async (body) => {
    const answered = await as("POST", body);
    assert.equal(answered.status, 200, answered.text);
    return answered.body;
  };
  const read = async () => (await as("GET")).body;
  const changes = async () => (await project.call("GET", "/audit?kind=change", { key: project.keys.master })).body.entries;
  return { worker, project, organization, path, as, change, read, changes };
}

test("a project is read as it is listed", async () => {
  const { worker, project, organization, read, as } = await place(whole);
  const listed = await call(worker, "GET", `/3.0/organizations/${organization.id}/projects`, { key: organization.key });
  assert.deepEqual([await read()], listed.body);
  const { created_at, api_keys, ...rest } = await read();
  assert.equal(new Date(created_at).toISOString(), created_at);
  assert.deepEqual(api_keys, { master_key: project.keys.master, write_key: project.keys.write, read_key: project.keys.read });
  assert.deepEqual(rest, {
    id: project.id, organization_id: organization.id, url: `/3.0/projects/${project.id}`, name: "p", scope_property: "customer.id",
    users: [], preferences: { cors_origins: "*", retention_days: null }, is_active: true, is_clustering: false,
  });
  assert.equal((await as("GET")).headers.get("cache-control"), "private, no-store");
});

test("without a seal a project's keys are shown once, when it is made", async () => {
  const unsealed = await startWorker({ secrets: {} });
  try {
    const { project, read } = await place(unsealed);
    assert.match(project.keys.master, /^kh_master_/);
    assert.deepEqual((await read()).api_keys, { master_key: null, write_key: null, read_key: null });
  } finally {
    await unsealed.close();
  }
});

test("another organization's project, one that is not, and none are told apart by nobody", async () => {
  const [own, other] = [await place(whole), await place(whole)];
  const at = (organization, id) => `/3.0/organizations/${organization}/projects/${id}`;
  for (const [method, body] of [["GET"], ["POST", { name: "taken" }], ["DELETE"]]) {
    const ask = (path, key = own.organization.key) => call(whole, method, path, { key, body });
    const nothing = await ask(at(own.organization.id, "0".repeat(24)));
    refused(nothing, 404, "ResourceNotFoundError", method);
    for (const id of [other.project.id, "riker", other.organization.id, "%20"]) {
      assert.equal((await ask(at(own.organization.id, id))).text, nothing.text, `${method} ${id}`);
    }
    const foreign = await ask(at(other.organization.id, other.project.id));
    refused(foreign, 401, "AdminOnlyEndpointError", method);
    for (const id of [own.project.id, "0".repeat(24), "riker"]) {
      assert.equal((await ask(at(other.organization.id, id))).text, foreign.text, `${method} ${id}`);
    }
    for (const key of Object.values(own.project.keys)) {
      refused(await ask(own.path, key), 401, "AdminOnlyEndpointError", method);
    }
    refused(await ask(own.path, ""), 401, "InvalidApiKeyError", method);
  }
  const { name, is_active } = await other.read();
  assert.deepEqual([name, is_active], ["p", true]);
});

test("what is sent is different from then on, and what is not stays", async () => {
  const { project, change, read, changes, organization } = await place(whole, {
    name: "first", users: [{ email: "a@example.com" }], preferences: { retention_days: 400, s3_bucket_name: "ignored" },
  });
  const made = await read();
  assert.deepEqual([made.users, made.preferences], [[{ email: "a@example.com" }], { cors_origins: "*", retention_days: 400 }]);
  // What was read may be sent back as it is.
  assert.deepEqual(await change(made), made);
  assert.deepEqual(await changes(), []);
  let expected = made;
  for (const [sent, different] of [
    [{ name: "second" }, { name: "second" }],
    [{ users: [{ email: "b@example.com" }, { email: "c@example.com" }] }, { users: [{ email: "b@example.com" }, { email: "c@example.com" }] }],
    [{ users: [] }, { users: [] }],
    [{ preferences: { cors_origins: ["https://a.example"] } }, { preferences: { cors_origins: ["https://a.example"], retention_days: 400 } }],
    [{ preferences: { retention_days: null } }, { preferences: { cors_origins: ["https://a.example"], retention_days: null } }],
    [{ preferences: { cors_origins: [] } }, { preferences: { cors_origins: [], retention_days: null } }],
    [{ preferences: { cors_origins: null } }, { preferences: { cors_origins: "*", retention_days: null } }],
    [{ preferences: { cors_origins: ["*"] } }, {}],
    [{}, {}],
    [{ name: null, users: null, preferences: null, scope_property: null }, {}],
  ]) {
    const before = expected;
    expected = { ...expected, ...different };
    assert.deepEqual(await change(sent), expected, JSON.stringify(sent));
    assert.deepEqual(await read(), expected);
    const [entry] = await changes();
    const names = Object.keys(different);
    if (names.length === 0) continue;
    const pick = (from) => Object.fromEntries(names.map((name) => [name, from[name]]));
    assert.deepEqual([entry.action, entry.by, entry.before, entry.after],
      ["project_changed", { kind: "organization", id: organization.id }, pick(before), pick(expected)]);
  }
  assert.equal((await changes()).length, 7, "what changed nothing stands in no audit");
  assert.equal((await project.call("GET", "", { key: project.keys.master })).body.name, "second");
});

for (const [what, body, pointer] of [
  ["what is no object", [], ""],
  ["a field that is not known", { retention_days: 3 }, "/retention_days"],
  ["a blank name", { name: " " }, "/name"],
  ["a name that is no text", { name: 7 }, "/name"],
  ["a scope property under keen", { scope_property: "keen.id" }, "/scope_property"],
  ["a scope property that no event can have", { scope_property: "a..b" }, "/scope_property"],
  ["users that are no list", { users: { email: "a@b.c" } }, "/users"],
  ["a user that is no object", { users: ["a@b.c"] }, "/users/0"],
  ["a user without an address", { users: [{}] }, "/users/0"],
  ["a user whose address is none", { users: [{ email: "nobody" }] }, "/users/0/email"],
  ["a user twice", { users: [{ email: "a@b.c" }, { email: "a@b.c" }] }, "/users/1/email"],
  ["more users than there may be", { users: Array.from({ length: 101 }, (_, at) => ({ email: `${at}@b.c` })) }, "/users"],
  ["preferences that are no object", { preferences: "none" }, "/preferences"],
  ["a preference that is not known", { preferences: { cors_origin: "*" } }, "/preferences/cors_origin"],
  ["an origin that is no list", { preferences: { cors_origins: "https://a.example" } }, "/preferences/cors_origins"],
  ["an origin with a path", { preferences: { cors_origins: ["https://a.example/x"] } }, "/preferences/cors_origins/0"],
  ["an origin without a scheme", { preferences: { cors_origins: ["a.example"] } }, "/preferences/cors_origins/0"],
  ["an origin with a star in it", { preferences: { cors_origins: ["https://*.example"] } }, "/preferences/cors_origins/0"],
  ["the origin null", { preferences: { cors_origins: ["null"] } }, "/preferences/cors_origins/0"],
  ["an origin that is no text", { preferences: { cors_origins: [1] } }, "/preferences/cors_origins/0"],
  ["an origin twice", { preferences: { cors_origins: ["https://a.b", "https://a.b"] } }, "/preferences/cors_origins/1"],
  ["more origins than there may be", { preferences: { cors_origins: Array.from({ length: 101 }, (_, at) => `https://a${at}.b`) } }, "/preferences/cors_origins"],
  ["no day of retention", { preferences: { retention_days: 0 } }, "/preferences/retention_days"],
  ["half a day of retention", { preferences: { retention_days: 0.5 } }, "/preferences/retention_days"],
  ["days of retention before today", { preferences: { retention_days: -1 } }, "/preferences/retention_days"],
  ["too many days of retention", { preferences: { retention_days: 36_501 } }, "/preferences/retention_days"],
  ["days of retention as a text", { preferences: { retention_days: "30" } }, "/preferences/retention_days"],
  ["an activity that is neither true nor false", { is_active: 1 }, "/is_active"],
]) {
  test(`${what} is refused with its place, when a project is made and when it is changed`, async () => {
    const { organization, as, read } = await place(whole);
    const before = await read();
    const make = (sent) => call(whole, "POST", `/3.0/organizations/${organization.id}/projects`, { key: organization.key, body: sent });
    const isObject = !Array.isArray(body);
    for (const answered of [await as("POST", body), await make(isObject ? { name: "x", ...body } : body)]) {
      refused(answered, 400, "ProjectDefinitionError", what);
      const [, found = ""] = /^At (\S+): /.exec(answered.body.message) ?? [];
      assert.equal(found, pointer, answered.text);
    }
    assert.deepEqual(await read(), before);
  });
}

test("what is no JSON changes no project", async () => {
  const { as, read } = await place(whole);
  const before = await read();
  for (const body of ["", "{", "name=x"]) refused(await as("POST", body), 400, "InvalidJSONError", body);
  assert.deepEqual(await read(), before);
});

test("a project that is deactivated takes none of its keys from the next request on, and all of them once it is restored", async () => {
  const { project, as, change, read, changes } = await place(whole);
  await project.record({ c: [{ customer: { id: "a" } }] });
  const access = (await project.key(customerKey("a"))).key;
  const maker = (await project.key({ name: "m", permitted: ["writes", "queries", "schema", "keys"] })).key;
  const asked = { event_collection: "c", timeframe: always };
  const attempts = async () => {
    const answers = [];
    for (const key of [project.keys.master, project.keys.read, project.keys.write, access, maker]) {
      answers.push(await project.query("count", asked, key));
      answers.push(await project.call("POST", "/events/c", { key, body: {} }));
      answers.push(await project.call("GET", "/keys/self", { key }));
      answers.push(await project.call("GET", `/queries/count?event_collection=c&timeframe=today&api_key=${key}`));
    }
    return answers;
  };
  const taken = (await attempts()).map(({ status }) => status);
  assert.ok(taken.filter((status) => status < 300).length >= 13, String(taken));
  for (const _ of [1, 2]) {
    const gone = await as("DELETE", {});
    assert.deepEqual([gone.status, gone.text], [204, ""]);
  }
  const unknown = await call(whole, "POST", `/3.0/projects/${"0".repeat(24)}/queries/count`, { key: project.keys.master, body: asked });
  for (const answered of await attempts()) assert.deepEqual([answered.status, answered.text], [404, unknown.text]);
  refused(await call(whole, "GET", "/3.0/projects", { key: project.keys.master }), 401, "InvalidApiKeyError", "own project");
  const other = await makeProject(whole);
  refused(await other.query("count", asked, project.keys.master), 401, "InvalidApiKeyError", "another project");
  assert.deepEqual([(await read()).is_active, (await read()).api_keys.master_key], [false, project.keys.master]);
  assert.equal((await change({ is_active: true })).is_active, true);
  assert.deepEqual((await attempts()).map(({ status }) => status), taken);
  const said = (await changes()).filter(({ action }) => action === "project_changed").map(({ after }) => after);
  assert.deepEqual(said, [{ is_active: true }, { is_active: false }]);
});

test("a project that is deactivated has no cached query run", async () => {
  const { project, as, change } = await place(whole);
  await project.record({ c: [{}] });
  const query = { analysis_type: "count", event_collection: "c", timeframe: "this_1_years" };
  await project.call("PUT", "/queries/saved/kept", { key: project.keys.master, body: { query, refresh_rate: 4 * 3_600 } });
  const due = async () => (await whole.db.prepare("SELECT due_at FROM saved_query WHERE project = ?").bind(project.id).first()).due_at;
  const before = await due();
  await as("DELETE");
  await strike(whole);
  assert.equal(await due(), before);
  await change({ is_active: true });
  await strike(whole);
  assert.ok((await due()) > before);
});

test("a project's own keys are made anew by its organization while it is deactivated, and the old ones stay dead", async () => {
  const { project, as, change, path } = await place(whole);
  await as("DELETE");
  const answered = await call(whole, "POST", `${path}/api_keys/master/regenerate`, { key: project.organization.key });
  assert.equal(answered.status, 200, answered.text);
  await change({ is_active: true });
  refused(await project.call("GET", "", { key: project.keys.master }), 401, "InvalidApiKeyError", "old");
  assert.equal((await project.call("GET", "", { key: answered.body.master_key })).status, 200);
});
