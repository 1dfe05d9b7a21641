// Does an organization's key make projects, list its own, and no more?

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startWorker } from "../support/harness.mjs";
import { always, call, makeOrganization } from "../support/project.mjs";

let worker;
let organization;

before(async () => {
  worker = await startWorker();
  organization = await makeOrganization(worker, "Acme's \"own\" 'organization'");
});

after(() => worker?.close());

const at = ({ id }) => `/3.0/organizations/${id}/projects`;
const make = (body, by = organization, on = by) => call(worker, "POST", at(on), { key: by.key, body });
const list = (by = organization, on = by) => call(worker, "GET", at(on), { key: by.key });

test("a project is made with its three keys, each of its own kind", async () => {
  const answered = await make({ name: "shop" });
  assert.equal(answered.status, 201);
  const { id, created_at, api_keys, ...rest } = answered.body;
  assert.match(id, /^[0-9a-f]{24}$/);
  assert.equal(new Date(created_at).toISOString(), created_at);
  assert.deepEqual(rest, {
    name: "shop", organization_id: organization.id, url: `/3.0/projects/${id}`, scope_property: "customer.id", users: [],
    preferences: { cors_origins: "*", retention_days: null }, is_active: true, is_clustering: false,
  });
  assert.deepEqual(Object.keys(api_keys), ["master_key", "write_key", "read_key"]);
  for (const [name, key] of Object.entries(api_keys)) {
    assert.match(key, new RegExp(`^kh_${name.replace("_key", "")}_[0-9A-Za-z]{49}$`));
  }
});

test("an organization's projects are listed the oldest first, with their keys, and nobody else's", async () => {
  const own = await makeOrganization(worker);
  assert.deepEqual((await list(own)).body, []);
  const made = [];
  for (const name of ["one", "two", "one"]) made.push((await make({ name }, own)).body);
  assert.deepEqual((await list(own)).body, made);
  const other = await makeOrganization(worker);
  assert.deepEqual((await list(other)).body, []);
  for (const answered of [await list(other, own), await make({ name: "x" }, other, own)]) {
    assert.deepEqual([answered.status, answered.body.error_code], [401, "AdminOnlyEndpointError"]);
    assert.ok(!answered.text.includes(own.id));
  }
  assert.deepEqual((await list(own)).body, made);
});

test("an organization that does not exist is told from none by nobody", async () => {
  const unknown = { id: "0".repeat(24), key: organization.key };
  const other = await makeOrganization(worker);
  const answers = [await list(organization, unknown), await list(organization, other)];
  assert.deepEqual(answers[0].text, answers[1].text);
  assert.deepEqual(answers.map(({ status }) => status), [401, 401]);
  const malformed = await list(organization, { id: "acme" });
  assert.deepEqual([malformed.status, malformed.body.error_code], [404, "ResourceNotFoundError"]);
});

test("fields of Keen's that mean nothing here are let through", async () => {
  const preferences = { s3_bucket_name: "b" };
  assert.equal((await make({ name: "keen's", users: [{ email: "a@example.com" }], preferences })).status, 201);
});

test("a project's scope property decides nothing but where its events lie", async () => {
  for (const scope_property of [undefined, "tenant", "a.b.c", "never.sent"]) {
    const { body: made } = await make({ name: "scoped", scope_property });
    assert.equal(made.scope_property, scope_property ?? "customer.id");
    const post = (path, key, body) => call(worker, "POST", `${made.url}${path}`, { key, body });
    await post("/events", made.api_keys.write_key, { c: [{ tenant: "x" }, { tenant: "y" }, { a: { b: { c: "x" } } }, {}] });
    const filters = [{ property_name: "tenant", operator: "eq", property_value: "x" }];
    const key = { name: "k", permitted: ["queries"], options: { queries: { filters } } };
    const { body: access } = await post("/keys", made.api_keys.master_key, key);
    const asked = { event_collection: "c", timeframe: always };
    assert.deepEqual((await post("/queries/count", access.key, asked)).body, { result: 1 });
    assert.deepEqual((await post("/queries/count", made.api_keys.read_key, asked)).body, { result: 4 });
  }
});

for (const [what, body, pointer] of [
  ["no name", {}, ""],
  ["a blank name", { name: "  " }, "/name"],
  ["a name of 257 characters", { name: "x".repeat(257) }, "/name"],
  ["a name with a control character", { name: "a\0b" }, "/name"],
  ["a name that is no text", { name: 7 }, "/name"],
  ["a scope property under keen", { name: "x", scope_property: "keen.id" }, "/scope_property"],
  ["a scope property that is keen's time", { name: "x", scope_property: "keen.timestamp" }, "/scope_property"],
  ["a scope property that no event can have", { name: "x", scope_property: "a..b" }, "/scope_property"],
  ["a scope property that is no text", { name: "x", scope_property: ["a"] }, "/scope_property"],
]) {
  test(`a project with ${what} is refused with its place, and not made`, async () => {
    const before = (await list()).text;
    const answered = await make(body);
    assert.deepEqual([answered.status, answered.body.error_code], [400, "ProjectDefinitionError"], answered.text);
    const [, found = ""] = /^At (\S+): /.exec(answered.body.message) ?? [];
    assert.equal(found, pointer);
    assert.equal((await list()).text, before);
  });
}
