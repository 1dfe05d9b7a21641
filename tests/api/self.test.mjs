// Does a key say of itself what it may do, and no more than its holder may know?

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startWorker } from "../support/harness.mjs";
import { always, makeProject } from "../support/project.mjs";

let worker;
let project;

before(async () => {
  worker = await startWorker();
  project = await makeProject(worker);
});

after(() => worker?.close());

const pin = (property_name, property_value) => ({ property_name, operator: "eq", property_value });
const self = (key, headers) => project.call("GET", "/keys/self", { key, headers });
const explain = (key, body) => project.call("POST", "/keys/explain", { key, body });
const query = (more) => ({ query: { analysis_type: "count", event_collection: "c", timeframe: "this_7_days", ...more } });

test("every kind of key describes itself, without any key in it", async () => {
  const options = { queries: { filters: [pin("customer.id", "acme")], analyses: ["count"] } };
  const access = await project.key({ name: "n", permitted: ["queries"], options, expires_at: "2999-01-01T00:00:00.000Z" });
  for (const [key, expected] of [
    [project.keys.master, { kind: "master", permitted: ["writes", "queries", "saved_queries", "cached_queries", "datasets", "schema", "query_definition", "keys"] }],
    [project.keys.write, { kind: "write", permitted: ["writes"] }],
    [project.keys.read, { kind: "read", permitted: ["queries", "saved_queries", "cached_queries", "datasets", "schema"] }],
    [access.key, { kind: "access", id: access.id, permitted: ["queries"], options, expires_at: "2999-01-01T00:00:00.000Z" }],
  ]) {
    const { status, body, text } = await self(key);
    assert.deepEqual([status, body], [200, { project_id: project.id, ...expected }]);
    assert.ok(!text.includes("kh_"));
  }
  const { status, body } = await self(project.organization.key);
  assert.deepEqual([status, body.error_code], [401, "InvalidApiKeyError"]);
});

test("labels, withheld options and what a filter tells of hidden properties are left out", async () => {
  const { key } = await project.key({
    name: "Acme, overdue",
    external_id: "crm-7",
    metadata: { note: "churning" },
    permitted: ["queries", "writes"],
    options: {
      queries: { filters: [pin("customer.id", "acme"), pin("segment", "at risk")], properties: { except: ["segment"] } },
      writes: { autofill: { customer: { id: "acme" }, segment: "at risk" } },
      saved_queries: { filters: [pin("secret", "x")] },
    },
  });
  const { body, text } = await self(key);
  assert.deepEqual(body.options, {
    writes: { autofill: { customer: { id: "acme" } } },
    queries: { filters: [pin("customer.id", "acme")], properties: { except: ["segment"] } },
  });
  assert.deepEqual(body.redacted, ["/options/queries/filters", "/options/writes/autofill"]);
  for (const word of ["overdue", "crm-7", "churning", "at risk", "secret"]) assert.ok(!text.includes(word), word);
  const asked = await explain(key, { request: query() });
  assert.deepEqual(asked.body.effective.query.filters, [pin("customer.id", "acme")]);
  assert.equal(asked.body.redacted, true);
  assert.ok(!asked.text.includes("at risk"));
});

test("a key that a key made says under which limits it stands", async () => {
  const parent = await project.key({ name: "p", permitted: ["queries", "keys"], options: { queries: { filters: [pin("customer.id", "acme")] } } });
  const child = (await project.call("POST", "/keys", { key: parent.key, body: { name: "c", permitted: ["queries"], options: { queries: { filters: [pin("customer.id", "acme")], analyses: ["sum"] } } } })).body;
  const { body } = await self(child.key);
  assert.deepEqual(body.within, [{ permitted: ["queries", "keys"], options: { queries: { filters: [pin("customer.id", "acme")] } } }]);
  // Narrowed since: the answer is another, and so is its tag.
  const etag = (await self(child.key)).headers.get("etag");
  await project.call("POST", `/keys/${parent.id}`, { key: project.keys.master, body: { name: "p", permitted: ["keys"] } });
  const after = await self(child.key, { "if-none-match": etag });
  assert.equal(after.status, 200);
  assert.deepEqual(after.body.within, [{ permitted: ["keys"], options: {} }]);
  const refused = await explain(child.key, { request: query({ analysis_type: "sum", target_property: "x" }) });
  assert.deepEqual(refused.body.rules, [{ effect: "refuses", generation: 1, pointer: "/permitted" }]);
});

test("what has not changed is answered with 304, to who has it", async () => {
  const { key, id } = await project.key({ name: "n", permitted: [] });
  const first = await self(key);
  const etag = first.headers.get("etag");
  for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
    const again = await self(key, { "if-none-match": tag });
    assert.deepEqual([again.status, again.text, again.headers.get("etag")], [304, "", etag], tag);
  }
  assert.equal((await self(key, { "if-none-match": '"other"' })).status, 200);
  await project.call("POST", `/keys/${id}`, { key: project.keys.master, body: { name: "n", permitted: ["queries"] } });
  assert.equal((await self(key, { "if-none-match": etag })).status, 200);
  await project.call("POST", `/keys/${id}/revoke`, { key: project.keys.master });
  assert.equal((await self(key, { "if-none-match": etag })).status, 401);
});

test("what is explained is what happens, by the rule that is named", async () => {
  const { key, id } = await project.key({
    name: "k",
    permitted: ["queries", "writes"],
    options: {
      queries: {
        filters: [pin("customer.id", "acme")], collections: { allowed: ["c", "d"], blocked: ["d"] },
        properties: { except: ["margin"] }, timeframe: { oldest: "P30D", mode: "deny" }, analyses: ["count", "funnel"],
      },
      writes: { autofill: { customer: { id: "acme" } }, filters: [{ property_name: "price", operator: "gt", property_value: 0 }] },
    },
  });
  const step = { event_collection: "c", actor_property: "user", timeframe: "this_7_days" };
  for (const [request, pointer] of [
    [query(), undefined],
    [query({ analysis_type: "sum", target_property: "x" }), "/options/queries/analyses"],
    [query({ event_collection: "other" }), "/options/queries/collections/allowed"],
    [query({ event_collection: "d" }), "/options/queries/collections/blocked"],
    [query({ group_by: "margin" }), "/options/queries/properties/except"],
    [query({ timeframe: "this_60_days" }), "/options/queries/timeframe"],
    [query({ analysis_type: "funnel", steps: [step, { ...step, event_collection: "d" }] }), "/options/queries/collections/blocked"],
    [query({ analysis_type: "funnel", steps: [step, step] }), undefined],
    [{ record: { event_collection: "c", event: { price: 1 } } }, undefined],
    [{ record: { event_collection: "c", event: { price: -1 } } }, "/options/writes/filters"],
    [{ schema: {} }, "/permitted"],
    [{ saved_query: { query_name: "q" } }, "/permitted"],
    [{ dataset: { operation: "list" } }, "/permitted"],
    [{ key: { name: "x", permitted: [] } }, "/permitted"],
  ]) {
    const explained = (await explain(key, { request })).body;
    const { query: asked, record } = request;
    const { analysis_type, ...parameters } = asked ?? {};
    const real = asked ? await project.query(analysis_type, parameters, key)
      : record ? await project.call("POST", `/events/${record.event_collection}`, { key, body: record.event }) : undefined;
    const label = JSON.stringify(request);
    assert.equal(explained.decision, pointer ? "refused" : "allowed", label);
    assert.equal(explained.rules.at(-1)?.effect === "refuses" ? explained.rules[0].pointer : undefined, pointer, label);
    if (real) assert.equal(real.status < 300, !pointer, `${label}: ${real.text}`);
    if (real && pointer) assert.deepEqual([explained.status, explained.error_code, explained.message], [real.status, real.body.error_code, real.body.message], label);
    // The master key is told the same of that key.
    const byMaster = (await explain(project.keys.master, { key: id, request })).body;
    assert.deepEqual([byMaster.decision, byMaster.rules], [explained.decision, explained.rules], label);
  }
});

test("the effective question, asked by a key without limits, has the same answer", async () => {
  const { key } = await project.key({ name: "k", permitted: ["queries"], options: { queries: { filters: [pin("customer.id", "acme")], timeframe: { newest: "2026-02-01", oldest: "2026-01-01" } } } });
  const event = (id, timestamp) => ({ customer: { id }, who: id, keen: { timestamp } });
  await project.record({ e: [event("acme", "2026-01-05"), event("bolt", "2026-01-05"), event("acme", "2026-03-05"), event("acme", "2025-12-31")] });
  for (const asked of [
    { analysis_type: "count", event_collection: "e", timeframe: always, filters: [pin("who", "acme")] },
    { analysis_type: "select_unique", event_collection: "e", timeframe: always, target_property: "who" },
    { analysis_type: "count", event_collection: "e", timeframe: { start: "2025-12-20", end: "2026-01-10" }, interval: "daily" },
    { analysis_type: "funnel", steps: [{ event_collection: "e", actor_property: "who", timeframe: always }] },
  ]) {
    const { effective } = (await explain(key, { request: { query: asked } })).body;
    const ask = ({ analysis_type, ...parameters }, credential) => project.query(analysis_type, parameters, credential);
    const [narrowed, direct] = [await ask(asked, key), await ask(effective.query, project.keys.read)];
    assert.deepEqual(narrowed.body.result, direct.body.result, JSON.stringify(asked));
  }
  const count = await project.query("count", { event_collection: "e", timeframe: always }, key);
  assert.equal(count.body.result, 1);
});

test("an explanation runs nothing, counts nothing and keeps nothing", async () => {
  const collections = () => worker.db.prepare("SELECT (SELECT count(*) FROM event) + (SELECT count(*) FROM collection) AS n").first("n");
  const before = await collections();
  await explain(project.keys.write, { request: { record: { event_collection: "never", event: { a: 1 } } } });
  assert.equal(await collections(), before);
});

test("only the master key explains other keys and policies, and bad requests are named", async () => {
  const { key, id } = await project.key({ name: "k", permitted: ["queries"] });
  const policy = { name: "p", permitted: ["queries"], options: { queries: { analyses: [] } } };
  const request = query();
  assert.equal((await explain(project.keys.master, { policy, request })).body.rules[0].pointer, "/options/queries/analyses");
  assert.equal((await explain(key, { key: id, request })).status, 200);
  for (const [credential, body, status, code, pointer] of [
    [key, { policy, request }, 401, "AdminOnlyEndpointError"],
    [key, { key: "0".repeat(24), request }, 401, "AdminOnlyEndpointError"],
    [project.keys.read, { key: id, request }, 401, "AdminOnlyEndpointError"],
    [project.keys.master, { key: "0".repeat(24), request }, 404, "ResourceNotFoundError"],
    [project.keys.master, { key: id, policy, request }, 400, "InvalidRequestError", "/key"],
    [project.keys.master, { policy: { ...policy, option: 1 }, request }, 400, "AccessKeyDefinitionError", "/policy/option"],
    [key, {}, 400, "MissingRequiredRequestFieldError"],
    [key, { request: {} }, 400, "InvalidRequestError", "/request"],
    [key, { request: { ...request, schema: {} } }, 400, "InvalidRequestError", "/request"],
    [key, { request: { delete: {} } }, 400, "InvalidRequestError", "/request/delete"],
    [key, { request: query({ timeframe: "yesterday-ish" }) }, 400, "TimeframeDefinitionError", "/request/query/timeframe"],
    [key, { request: query({ analysis_type: "mode" }) }, 400, "InvalidRequestError", "/request/query/analysis_type"],
    [key, { request: { record: { event_collection: "c", event: { "a.b": 1 } } } }, 400, "InvalidPropertyNameError", "/request/record/event/a.b"],
    [key, { request: { dataset: { operation: "retrieve" } } }, 400, "MissingRequiredRequestFieldError", "/request/dataset"],
  ]) {
    const answered = await explain(credential, body);
    assert.deepEqual([answered.status, answered.body.error_code], [status, code], `${JSON.stringify(body)}: ${answered.text}`);
    if (pointer) assert.ok(answered.body.message.startsWith(`At ${pointer}:`), answered.body.message);
  }
});
