// Are questions kept, run and kept fresh, and does a key see of them what it may?

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startWorker } from "../support/harness.mjs";
import { always, makeProject } from "../support/project.mjs";

let worker;

before(async () => (worker = await startWorker()));
after(() => worker?.close());

const pin = (id) => ({ property_name: "customer.id", operator: "eq", property_value: id });
const counted = { analysis_type: "count", event_collection: "c", timeframe: always };

async function place() {
  const project = await makeProject(worker);
  const event = (id, n, secret) => ({ customer: { id }, n, secret, who: `${id}${n}` });
  await project.record({ c: [event("a", 1, "x"), event("a", 2, "y"), event("b", 3, "z")] });
  const as = (key) => (method, path = "", body) => project.call(method, `/queries/saved${path}`, { key, body });
  const master = as(project.keys.master);
  const keep = (name, definition) => master("PUT", `/${name}`, definition);
  const result = async (name, key = project.keys.read) => as(key)("GET", `/${name}/result`);
  return { project, as, master, keep, result };
}

const refused = (answered, status, code) =>
  assert.deepEqual([answered.status, answered.body?.error_code], [status, code], answered.text);

test("a query is kept, read, listed, replaced, renamed, run and deleted", async () => {
  const { project, master, keep, result } = await place();
  assert.deepEqual((await master("GET")).body, []);
  const made = await keep("first", { query: counted, refresh_rate: 0, metadata: { display_name: "First" } });
  assert.equal(made.status, 201);
  const { created, created_date, last_modified_date, user_last_modified_date, ...definition } = made.body;
  assert.deepEqual([created, definition], [true, {
    query_name: "first",
    refresh_rate: 0,
    metadata: { display_name: "First" },
    run_information: null,
    urls: { cached_query_url: `/3.0/projects/${project.id}/queries/saved/first`, cached_query_results_url: `/3.0/projects/${project.id}/queries/saved/first/result` },
    query: { ...counted, target_property: null, timezone: null, interval: null, filters: [], group_by: null, order_by: null, limit: null },
  }]);
  assert.equal(created_date, last_modified_date);
  const read = await master("GET", "/first");
  assert.deepEqual([read.status, read.body.query_name], [200, "first"]);
  assert.deepEqual((await master("GET")).body, [read.body]);
  const ran = await result("first");
  assert.deepEqual(ran.body, { ...read.body, result: 3 });

  // What is read is changed and sent back whole, read-only fields and nulls included.
  const replaced = await keep("first", { ...ran.body, metadata: undefined, query: { ...ran.body.query, filters: [pin("a")] } });
  assert.deepEqual([replaced.status, replaced.body.metadata, replaced.body.created], [200, {}, undefined]);
  assert.equal((await result("first")).body.result, 2);
  const renamed = await keep("first", { ...replaced.body, query_name: "second" });
  assert.deepEqual([renamed.status, renamed.body.query_name], [200, "second"]);
  refused(await result("first"), 404, "ResourceNotFoundError");
  assert.equal((await result("second")).body.result, 2);
  await keep("other", { query: counted });
  refused(await keep("other", { query: counted, query_name: "second" }), 409, "ConflictError");
  assert.equal((await keep("new-name", { query: counted, query_name: "newer_name" })).body.query_name, "newer_name");
  assert.deepEqual((await master("GET")).body.map(({ query_name }) => query_name), ["newer_name", "other", "second"]);
  assert.equal((await master("DELETE", "/second")).status, 204);
  refused(await master("DELETE", "/second"), 404, "ResourceNotFoundError");
  refused(await master("GET", "/second"), 404, "ResourceNotFoundError");
});

test("every analysis can be saved, and answers as when it is asked at once", async () => {
  const { project, keep, result } = await place();
  const step = { event_collection: "c", actor_property: "who", timeframe: always };
  const target = { target_property: "n" };
  for (const [analysis_type, more] of [
    ["count", {}], ["count", { interval: "monthly", timeframe: "this_2_months" }], ["count_unique", target], ["minimum", target], ["maximum", target],
    ["sum", { ...target, group_by: "customer.id", order_by: { property_name: "result", direction: "DESC" }, limit: 1 }], ["average", target], ["median", target],
    ["percentile", { ...target, percentile: 90 }], ["standard_deviation", target], ["select_unique", target],
    ["multi_analysis", { analyses: { total: { analysis_type: "sum", ...target }, all: { analysis_type: "count" } } }],
    ["extraction", { latest: 2, property_names: ["n"] }], ["extraction", { filters: [pin("b")] }],
  ]) {
    const asked = { event_collection: "c", timeframe: always, ...more };
    const kept = await keep("q", { query: { analysis_type, ...asked } });
    assert.ok(kept.status < 300, kept.text);
    assert.deepEqual((await result("q")).body.result, (await project.query(analysis_type, asked)).body.result, analysis_type);
  }
  const steps = [step, { ...step, filters: [pin("a")], with_actors: true }];
  await keep("q", { query: { analysis_type: "funnel", steps } });
  const { result: counts, actors, steps: echoed } = (await project.query("funnel", { steps })).body;
  assert.deepEqual((await result("q")).body.result, { result: counts, actors, steps: echoed });
});

test("a key runs the queries it reaches, over the rows it may see", async () => {
  const { project, as, keep, result } = await place();
  await keep("all", { query: counted });
  await keep("events", { query: { analysis_type: "extraction", event_collection: "c", timeframe: always } });
  await keep("internal", { query: counted });
  const key = (options) => project.key({ name: "k", permitted: ["saved_queries"], options });
  const scoped = await key({ saved_queries: { filters: [pin("a")], blocked: ["internal"] } });
  assert.equal((await result("all", scoped.key)).body.result, 2);
  const blocked = await result("internal", scoped.key);
  refused(blocked, 403, "RequestForbiddenError");
  const nothing = await result("internal-too", (await key({ saved_queries: { allowed: ["all"] } })).key);
  refused(nothing, 403, "RequestForbiddenError");
  assert.equal(nothing.text.replace("internal-too", "internal"), blocked.text, "a refusal tells whether there is such a query");
  refused(await result("missing"), 404, "ResourceNotFoundError");
  // Who may have one kind only is told the same of none and of the other kind.
  await keep("fresh", { query: counted, refresh_rate: 3_600 });
  const [missing, other] = [await result("missing", scoped.key), await result("fresh", scoped.key)];
  refused(missing, 403, "RequestForbiddenError");
  assert.equal(other.text.replace("fresh", "missing"), missing.text);
  // What the key may not see of whole events, and the window of its time, hold here too.
  const hidden = await key({ saved_queries: { filters: [pin("b")] }, queries: { properties: { except: ["secret"] } } });
  const [event] = (await result("events", hidden.key)).body.result;
  assert.deepEqual([event.n, "secret" in event], [3, false]);
  const windowed = await key({ queries: { timeframe: { newest: "2020-01-01" } } });
  assert.equal((await result("all", windowed.key)).body.result, 0);
  // The master key runs and reads; definitions are another permission.
  refused(await as(scoped.key)("GET", "/all"), 403, "RequestForbiddenError");
  const reader = await project.key({ name: "d", permitted: ["query_definition"] });
  assert.equal((await as(reader.key)("GET", "/all")).status, 200);
  refused(await result("all", reader.key), 403, "RequestForbiddenError");
});

test("a cached query is computed once, kept fresh by the clock, and is another permission", async () => {
  const { project, keep, result } = await place();
  const cached = { query: counted, refresh_rate: 3_600 };
  await keep("cached", cached);
  const first = (await result("cached")).body;
  assert.equal(first.result, 3);
  assert.ok(Date.parse(first.run_information.last_run_date) <= Date.now());
  await project.record({ c: [{ customer: { id: "a" } }] });
  assert.deepEqual((await result("cached")).body.result, 3, "it is answered from its copy");
  // The clock strikes once before it is due again, then after.
  const strike = () => worker.scheduled({ cron: "* * * * *" });
  await strike();
  assert.equal((await result("cached")).body.result, 4, "it was due at once when it was kept");
  await project.record({ c: [{ customer: { id: "a" } }] });
  await strike();
  assert.equal((await result("cached")).body.result, 4, "it is not due");
  await worker.db.prepare("UPDATE saved_query SET due_at = 0 WHERE project = ?").bind(project.id).run();
  await Promise.all([strike(), strike(), strike()]);
  const refreshed = (await result("cached")).body;
  assert.equal(refreshed.result, 5);
  const { due_at } = await worker.db.prepare("SELECT due_at FROM saved_query WHERE project = ?").bind(project.id).first();
  assert.ok(Math.abs(due_at - Date.now() - 3_600_000) < 120_000);
  assert.equal(refreshed.run_information.next_run_date, new Date(due_at).toISOString());

  const key = (permitted, options) => project.key({ name: "k", permitted, options });
  refused(await result("cached", (await key(["saved_queries"])).key), 403, "RequestForbiddenError");
  assert.equal((await result("cached", (await key(["cached_queries"])).key)).body.result, 5);
  refused(await result("cached", (await key(["cached_queries"], { cached_queries: { blocked: ["cached"] } })).key), 403, "RequestForbiddenError");
  await keep("plain", { query: counted });
  refused(await result("plain", (await key(["cached_queries"])).key), 403, "RequestForbiddenError");
});

test("a changed question, a gone copy, and events that were taken away are never answered by an old copy", async () => {
  const { project, keep, result } = await place();
  await keep("q", { query: counted, refresh_rate: 3_600 });
  assert.equal((await result("q")).body.result, 3);
  await keep("q", { query: { ...counted, filters: [pin("a")] }, refresh_rate: 3_600 });
  assert.equal((await result("q")).body.result, 2);
  await project.record({ c: [{ customer: { id: "a" } }] });
  assert.equal((await result("q")).body.result, 2);
  await worker.db.prepare("UPDATE project SET epoch = epoch + 1 WHERE id = ?").bind(project.id).run();
  assert.equal((await result("q")).body.result, 3);
  // The same question of another project is another copy.
  const other = await place();
  await other.keep("q", { query: { ...counted, filters: [pin("b")] }, refresh_rate: 3_600 });
  assert.equal((await other.result("q")).body.result, 1);
});

test("one failing query holds up no other, and all come round", async () => {
  const { project, keep } = await place();
  for (let at = 0; at < 25; at++) await keep(`q${at}`, { query: counted, refresh_rate: 3_600 });
  await worker.db.prepare("UPDATE saved_query SET query = '{\"analysis_type\":\"nonsense\"}' WHERE project = ? AND name = 'q0'").bind(project.id).run();
  await worker.db.prepare("UPDATE saved_query SET due_at = 1 WHERE project = ?").bind(project.id).run();
  const due = () => worker.db.prepare("SELECT count(*) AS n FROM saved_query WHERE project = ? AND due_at = 1").bind(project.id).first("n");
  await worker.scheduled({ cron: "* * * * *" });
  assert.equal(await due(), 5);
  await worker.scheduled({ cron: "* * * * *" });
  assert.equal(await due(), 0);
});

test("a definition that means nothing is refused with its place", async () => {
  const { keep, master } = await place();
  for (const [definition, code, place] of [
    [{}, "SavedQueryDefinitionError", ""],
    [[], "SavedQueryDefinitionError", ""],
    [{ query: { event_collection: "c" } }, "SavedQueryDefinitionError", "/query"],
    [{ query: { ...counted, timeframe: undefined } }, "MissingRequiredRequestFieldError", "/query"],
    [{ query: { ...counted, filters: [{ operator: "eq" }] } }, "FilterDefinitionError", "/query/filters/0"],
    [{ query: counted, refresh_rate: 60 }, "SavedQueryDefinitionError", "/refresh_rate"],
    [{ query: counted, refresh_rate: 172_801 }, "SavedQueryDefinitionError", "/refresh_rate"],
    [{ query: counted, query_name: "a/b" }, "SavedQueryDefinitionError", "/query_name"],
    [{ query: { ...counted, analysis_type: "extraction" }, refresh_rate: 3_600 }, "SavedQueryDefinitionError", ""],
    [{ query: counted, metadata: "x".repeat(100_000) }, "SavedQueryDefinitionError", ""],
  ]) {
    const answered = await keep("q", definition);
    refused(answered, 400, code);
    if (place) assert.ok(answered.body.message.startsWith(`At ${place}:`), answered.body.message);
  }
  for (const name of ["a%20b", "a.b", "%C5%BC", "x".repeat(257)]) {
    for (const [method, path] of [["PUT", ""], ["GET", ""], ["GET", "/result"], ["DELETE", ""]]) {
      refused(await master(method, `/${name}${path}`, method === "PUT" ? { query: counted } : undefined), 400, "SavedQueryDefinitionError");
    }
  }
  assert.deepEqual((await master("GET")).body, []);
});
