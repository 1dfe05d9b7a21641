// Do the SDK's helpers for servers do with keys what they say, against the real Worker?

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Keyhole } from "@keyhole/sdk";
import { Keys } from "@keyhole/sdk/server";
import { startWorker } from "../support/harness.mjs";
import { always, makeProject } from "../support/project.mjs";

let worker;
let project;
let keys;

const acme = { property_name: "customer.id", operator: "eq", property_value: "acme" };
const berlin = { property_name: "city", operator: "eq", property_value: "Berlin" };
const all = async (list) => Array.fromAsync(list);

before(async () => {
  worker = await startWorker();
  project = await makeProject(worker);
  keys = keysOf(project.keys.master);
  const events = [
    ["acme", "Berlin"],
    ["acme", "Lyon"],
    ["bolt", "Berlin"],
  ];
  await project.record({ sales: events.map(([id, city]) => ({ customer: { id }, city })) });
});
after(() => worker?.close());

const keysOf = (key) => new Keys({ url: worker.url, projectId: project.id, key });
const count = async (key) => {
  const keyhole = new Keyhole({ url: worker.url, projectId: project.id, key });
  return (await keyhole.query("count", { eventCollection: "sales", timeframe: always })).result;
};

test("a key is made, read, changed, rotated, revoked, restored and deleted", async () => {
  const made = await keys.create({ name: "life", permitted: ["queries"], options: { queries: { filters: [acme] } } });
  assert.equal(await count(made.key), 2);
  assert.deepEqual(await keys.get(made.id), await keys.get(made.key));

  const changed = await keys.change(made.id, (definition) => {
    definition.options.queries.filters.push(berlin);
    return { ...definition, name: "narrower" };
  });
  assert.deepEqual([changed.id, changed.name], [made.id, "narrower"]);
  assert.equal(await count(made.key), 1);

  const rotated = await keys.rotate(made.id, { overlapSeconds: 60 });
  assert.notEqual(rotated.key, made.key);
  assert.deepEqual([await count(made.key), await count(rotated.key)], [1, 1]);

  assert.equal((await keys.revoke(made.id)).is_active, false);
  await assert.rejects(count(rotated.key), { status: 401 });
  assert.equal((await keys.restore(made.id)).is_active, true);
  assert.equal(await count(rotated.key), 1);
  await keys.delete(made.id);
  await assert.rejects(keys.get(made.id), { status: 404, errorCode: "ResourceNotFoundError" });
});

test("a change is made of what is there, also where somebody else was faster", async () => {
  const { id } = await keys.create({ name: "0", permitted: ["queries"] });
  let runs = 0;
  await keys.change(id, async (definition) => {
    runs += 1;
    if (runs === 1) await keys.change(id, (other) => ({ ...other, metadata: { by: "other" } }));
    return { ...definition, name: `${definition.name}1` };
  });
  const { name, metadata } = await keys.get(id);
  assert.deepEqual({ name, metadata, runs }, { name: "01", metadata: { by: "other" }, runs: 2 });
});

test("a delegating key makes keys within itself, without saying again what limits it", async () => {
  const administrator = await keys.create({
    name: "Acme's administrator",
    permitted: ["queries", "writes", "keys"],
    options: {
      queries: { filters: [acme], analyses: ["count", "sum"], timeframe: { oldest: "P36500D" } },
      writes: { autofill: { customer: { id: "acme" } } },
    },
    expires_at: "2097-01-01T00:00:00Z",
  });
  const delegated = keysOf(administrator.key);
  const team = await delegated.narrow({
    name: "Berlin",
    permitted: ["queries"],
    options: { queries: { filters: [berlin], analyses: ["count"] } },
    expires_at: "2098-01-01T00:00:00Z",
  });
  assert.equal(await count(team.key), 1);
  assert.deepEqual(team.options, {
    queries: { filters: [acme, berlin], analyses: ["count"], timeframe: { oldest: "P36500D", mode: "clamp" } },
  });
  assert.equal(new Date(team.expires_at).getFullYear(), 2097);
  assert.deepEqual((await delegated.narrow({ name: "the same" })).permitted.toSorted(), ["keys", "queries", "writes"]);
  await assert.rejects(delegated.create({ name: "wider", permitted: ["queries"] }), { status: 403 });
  await assert.rejects(delegated.narrow({ name: "more", permitted: ["schema"] }), { status: 403 });
  assert.deepEqual(
    (await all(delegated.list())).map(({ name }) => name),
    ["Berlin", "the same"],
  );
  await assert.rejects(delegated.get(administrator.id), (error) => error.status === 404 || error.status === 403);
});

test("a list goes through all pages, and all keys of a customer are revoked at once", async () => {
  const external_id = "many";
  for (let at = 0; at < 201; at += 1) await keys.create({ name: `k${at}`, permitted: [], external_id });
  const listed = await all(keys.list({ externalId: external_id }));
  assert.equal(new Set(listed.map(({ id }) => id)).size, 201);
  assert.equal(await keys.revokeAll(external_id), 201);
  assert.equal((await all(keys.list({ externalId: external_id, isActive: true }))).length, 0);
  assert.equal(await keys.revokeAll(external_id), 0);
});

test("a call goes through the `fetch` that it is given, such as a service binding's", async () => {
  const paths = [];
  const fetch = (url, options) => {
    paths.push(new URL(url).pathname);
    return worker.fetch(new URL(url).pathname, options);
  };
  const bound = new Keys({ url: "https://keyhole.internal", projectId: project.id, key: project.keys.master, fetch });
  const { id } = await bound.create({ name: "bound", permitted: [] });
  assert.deepEqual(paths, [`/3.0/projects/${project.id}/keys`]);
  assert.equal((await keys.get(id)).name, "bound");
});

test("what may have been done is not done again; what cannot be meant is a TypeError", async () => {
  let sent = 0;
  const fetch = async () => {
    sent += 1;
    return new Response("{}", { status: 503 });
  };
  const failing = new Keys({ url: worker.url, projectId: project.id, key: "kh_x", fetch });
  await assert.rejects(failing.create({ name: "a", permitted: [] }), { status: 503 });
  await assert.rejects(failing.rotate("a".repeat(24)), { status: 503 });
  assert.equal(sent, 2);
  await assert.rejects(keys.get(""), TypeError);
  assert.throws(() => new Keys({ url: worker.url, projectId: project.id }), TypeError);
});
