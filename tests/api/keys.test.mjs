// Does an access key do what its definition says, from the request after the change on, and nothing else?

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { KEY_SEAL, startWorker } from "../support/harness.mjs";
import { always, call, customerKey, makeProject } from "../support/project.mjs";

let worker;
let project;

const ANALYSES = [
  "count", "count_unique", "minimum", "maximum", "sum", "average", "median", "percentile", "standard_deviation",
  "select_unique", "multi_analysis", "extraction", "funnel",
];

before(async () => {
  worker = await startWorker();
  project = await makeProject(worker);
});

after(() => worker?.close());

const master = (method, path, body) => project.call(method, path, { key: project.keys.master, body });
const count = (key, more) => project.query("count", { event_collection: "c", timeframe: always, ...more }, key);
const refused = (answered, status, code) =>
  assert.deepEqual([answered.status, answered.body?.error_code], [status, code], answered.text);

// ── life of a key

test("a key is made, read by its id and by itself, listed, replaced, revoked, restored and deleted", async () => {
  const definition = { name: "life", is_active: true, permitted: ["queries"], options: { queries: { filters: [] } } };
  const made = await master("POST", "/keys", definition);
  assert.equal(made.status, 201);
  const { key, id, project_id, created_at, updated_at, ...rest } = made.body;
  assert.match(key, /^kh_access_[0-9A-Za-z]{49}$/);
  assert.match(id, /^[0-9a-f]{24}$/);
  assert.deepEqual([project_id, rest], [project.id, { ...definition, last_used_at: null }]);
  assert.equal(new Date(created_at).toISOString(), created_at);

  for (const reference of [id, key]) assert.deepEqual((await master("GET", `/keys/${reference}`)).body, made.body);
  assert.deepEqual((await master("GET", "/keys?name=life")).body, [made.body]);
  assert.equal((await count(key)).status, 200);

  const replaced = await master("POST", `/keys/${key}`, { name: "second life", permitted: [] });
  assert.equal(replaced.status, 200);
  assert.deepEqual([replaced.body.key, replaced.body.id, replaced.body.name, replaced.body.permitted, replaced.body.options],
    [key, id, "second life", [], {}]);
  refused(await count(key), 403, "RequestForbiddenError");
  await master("POST", `/keys/${id}`, definition);
  assert.equal((await count(key)).status, 200);

  for (const reference of [id, key]) {
    const revoked = await master("POST", `/keys/${reference}/revoke`);
    assert.deepEqual([revoked.status, revoked.body.is_active], [200, false]);
    refused(await count(key), 401, "InvalidApiKeyError");
    const restored = await master("POST", `/keys/${reference}/unrevoke`);
    assert.deepEqual([restored.status, restored.body.is_active], [200, true]);
    assert.equal((await count(key)).status, 200);
  }

  const deleted = await master("DELETE", `/keys/${key}`);
  assert.deepEqual([deleted.status, deleted.text], [204, ""]);
  refused(await count(key), 401, "InvalidApiKeyError");
  for (const [method, path] of [["GET", ""], ["POST", ""], ["DELETE", ""], ["POST", "/revoke"], ["POST", "/unrevoke"]]) {
    const body = method === "POST" && path === "" ? definition : undefined;
    refused(await master(method, `/keys/${id}${path}`, body), 404, "ResourceNotFoundError");
  }
});

test("what is read of a key may be changed and written back as it is", async () => {
  const options = { writes: { autofill: { customer: { id: "x" } } }, queries: { filters: [] } };
  const labels = { external_id: "crm-7", metadata: { plan: "gold", since: [2026] }, expires_at: "2999-01-01T00:00:00Z" };
  const made = await project.key({ name: "round", permitted: ["queries"], options, ...labels });
  const written = await master("POST", `/keys/${made.id}`, { ...made, name: "trip" });
  const { updated_at: first, ...before } = { ...made, name: "trip" };
  const { updated_at: second, ...now } = written.body;
  assert.deepEqual(now, before);
  assert.ok(second >= first);
});

test("options of a permission that is withheld are kept, so that nothing is lost when it is given back", async () => {
  const { permitted, options, name } = customerKey("x");
  const made = await project.key({ name, permitted: [], options });
  refused(await count(made.key), 403, "RequestForbiddenError");
  await master("POST", `/keys/${made.id}`, { ...made, permitted });
  await project.record({ c: [{ customer: { id: "y" } }] });
  assert.deepEqual((await count(made.key)).body, { result: 0 });
});

test("keys are listed the oldest first, page by page, and by name", async () => {
  const own = await makeProject(worker);
  const list = (query) => own.call("GET", `/keys${query}`, { key: own.keys.master });
  assert.deepEqual((await list("")).body, []);
  const names = ["a", "b", "a", "c", "d"];
  for (const name of names) await own.key({ name, permitted: [] });
  const named = async (query) => (await list(query)).body.map(({ name }) => name);
  assert.deepEqual(await named(""), names);
  assert.deepEqual(await named("?name=a"), ["a", "a"]);
  assert.deepEqual(await named("?name=none"), []);
  assert.deepEqual(await named("?per_page=2"), ["a", "b"]);
  assert.deepEqual(await named("?per_page=2&page=3"), ["d"]);
  assert.deepEqual(await named("?per_page=2&page=4"), []);
  for (const query of ["?page=0", "?page=x", "?page=-1", "?per_page=0", "?per_page=201", "?page=1.5", "?page=99999999999999999999"]) {
    refused(await list(query), 400, "InvalidRequestError");
  }
});

test("a key of another project is not there", async () => {
  const other = await makeProject(worker);
  const theirs = await other.key({ name: "theirs", permitted: ["queries"] });
  for (const reference of [theirs.id, theirs.key, project.keys.master, other.keys.read, "nothing", "0".repeat(24)]) {
    refused(await master("GET", `/keys/${reference}`), 404, "ResourceNotFoundError");
    refused(await master("POST", `/keys/${reference}/revoke`), 404, "ResourceNotFoundError");
    refused(await master("DELETE", `/keys/${reference}`), 404, "ResourceNotFoundError");
  }
  assert.equal((await other.query("count", { event_collection: "c", timeframe: always }, theirs.key)).status, 200);
});

test("at rest there is a key's hash and its sealed form, not the key", async () => {
  const { key } = await project.key({ name: "at rest", permitted: [] });
  const rows = [];
  for (const table of ["credential", "access_key", "project", "organization"]) {
    rows.push((await worker.db.prepare(`SELECT * FROM ${table}`).all()).results);
  }
  const dump = JSON.stringify(rows);
  const secrets = [key, ...Object.values(project.keys), project.organization.key, KEY_SEAL];
  for (const secret of secrets) assert.ok(!dump.includes(secret.slice(12)));
});

// ── definitions that are refused

for (const [what, definition, pointer] of [
  ["an unknown field", { permited: [] }, "/permited"],
  ["an unknown permission", { permitted: ["queries", "admin"] }, "/permitted/1"],
  ["an unknown option", { options: { query: {} } }, "/options/query"],
  ["a misspelt filters", { options: { queries: { filter: [] } } }, "/options/queries/filter"],
  ["a filter with an unknown field", { options: { queries: { filters: [{ property_name: "a", operator: "eq", value: 1 }] } } }, "/options/queries/filters/0/value"],
  ["a filter without a value", { options: { queries: { filters: [{ property_name: "a", operator: "eq" }] } } }, "/options/queries/filters/0"],
  ["filters that are no list", { options: { queries: { filters: {} } } }, "/options/queries/filters"],
  ["filters that are null", { options: { queries: { filters: null } } }, "/options/queries/filters"],
  ["options that are null", { options: null }, "/options"],
  ["options of a permission that are null", { options: { queries: null } }, "/options/queries"],
  ["a misspelt autofill", { options: { writes: { autofil: {} } } }, "/options/writes/autofil"],
  ["an autofill of keen", { options: { writes: { autofill: { keen: { timestamp: "2026-01-01" } } } } }, "/options/writes/autofill/keen"],
  ["an autofill that is no object", { options: { writes: { autofill: [] } } }, "/options/writes/autofill"],
  ["an autofill with a dotted name", { options: { writes: { autofill: { "a.b": 1 } } } }, "/options/writes/autofill/a.b"],
  ["an unknown mode of a window", { options: { queries: { timeframe: { mode: "warn" } } } }, "/options/queries/timeframe/mode"],
  ["an unknown bound of a window", { options: { queries: { timeframe: { oldest: "90 days" } } } }, "/options/queries/timeframe/oldest"],
  ["an unknown field of a window", { options: { queries: { timeframe: { from: "P1D" } } } }, "/options/queries/timeframe/from"],
  ["both only and except", { options: { queries: { properties: { only: [], except: [] } } } }, "/options/queries/properties"],
  ["neither only nor except", { options: { queries: { properties: {} } } }, "/options/queries/properties"],
  ["an unknown analysis", { options: { queries: { analyses: ["mode"] } } }, "/options/queries/analyses/0"],
  ["a collection list that is no list", { options: { queries: { collections: { allowed: "c" } } } }, "/options/queries/collections/allowed"],
  ["an expiry that is no time", { expires_at: "soon" }, "/expires_at"],
  ["a name of no characters", { name: "" }, "/name"],
  ["a name of 257 characters", { name: "x".repeat(257) }, "/name"],
  ["no name", { name: undefined }, ""],
  ["no permissions", { permitted: undefined }, ""],
  ["an is_active that is a text", { is_active: "yes" }, "/is_active"],
  ["an is_active that is null", { is_active: null }, "/is_active"],
  ["metadata that is no object", { metadata: 7 }, "/metadata"],
  ["a definition of more than 100,000 bytes", { metadata: { a: "x".repeat(100_000) } }, ""],
]) {
  test(`a definition with ${what} is refused with its place, and changes nothing`, async () => {
    const good = { name: "definition", permitted: ["queries"], options: {} };
    const existing = await project.key(good);
    for (const path of ["/keys", `/keys/${existing.id}`]) {
      const answered = await master("POST", path, { ...good, ...definition });
      refused(answered, 400, "AccessKeyDefinitionError");
      const [, found = ""] = /^At (\S+): /.exec(answered.body.message) ?? [];
      assert.equal(found, pointer, answered.body.message);
    }
    const { body: unchanged } = await master("GET", `/keys/${existing.id}`);
    assert.deepEqual(unchanged, existing);
  });
}

// ── a customer's key sees its customer's rows

/** Every analysis in many forms, as a caller may try to see more with it. */
function attempts() {
  const anyone = { property_name: "customer.id", operator: "exists", property_value: true };
  const theirs = { property_name: "customer.id", operator: "eq", property_value: "b" };
  const noone = { property_name: "customer.id", operator: "ne", property_value: "a" };
  const everything = { operator: "or", operands: [anyone, theirs, noone, { property_name: "n", operator: "exists", property_value: true }] };
  const narrowings = {
    "as it is": {},
    "with an or": { filters: [everything] },
    "with an or in an or": { filters: [{ operator: "or", operands: [everything, theirs] }] },
    "with its filter property declared again": { filters: [theirs] },
    "with its filter property excluded": { filters: [noone] },
    "with its filter property in a list": { filters: [{ property_name: "customer.id", operator: "in", property_value: ["a", "b", null] }] },
    "with a regex": { filters: [{ property_name: "customer.id", operator: "regex", property_value: ".*" }] },
    "with a parent of its filter property": { filters: [{ property_name: "customer", operator: "exists", property_value: true }] },
  };
  const shapes = {
    plain: {},
    grouped: { group_by: "customer.id" },
    "in a series": { interval: "yearly", timeframe: { start: "2020-01-01", end: "2030-01-01" } },
    "grouped in a series": { group_by: ["customer.id", "n"], interval: "yearly", timeframe: { start: "2020-01-01", end: "2030-01-01" } },
  };
  const own = { property_name: "n", operator: "exists", property_value: true };
  const perAnalysis = (analysis, filters = []) => {
    const multi = { all: { analysis_type: "count" }, who: { analysis_type: "select_unique", target_property: "customer.id" }, sum: { analysis_type: "sum", target_property: "n" } };
    const actors = { event_collection: "c", actor_property: "customer.id", with_actors: true, filters };
    return {
      multi_analysis: { analyses: multi },
      percentile: { target_property: "n", percentile: 100 },
      select_unique: { target_property: "customer.id" },
      count_unique: { target_property: "customer.id" },
      funnel: { steps: [actors, { ...actors, inverted: true, filters: [own, ...filters] }, { ...actors, optional: true }, actors] },
    }[analysis] ?? { target_property: "n" };
  };
  return ANALYSES.flatMap((analysis) =>
    Object.entries(narrowings).flatMap(([narrowing, more]) =>
      Object.entries(["extraction", "funnel"].includes(analysis) ? { plain: {} } : shapes).map(([shape, how]) => ({
        what: `${analysis} ${shape} ${narrowing}`,
        analysis,
        asked: { event_collection: "c", timeframe: always, ...perAnalysis(analysis, more.filters), ...more, ...how },
      })),
    ),
  );
}

const ofCustomers = (ids) => ids.flatMap((id, at) => [1, 2, 3].map((n) => ({
  n: 10 ** at * n,
  customer: { id, name: `name of ${id}` },
  keen: { timestamp: `202${n}-06-01T00:00:00Z`, uniqueness_token: `t${n}` },
})));

/** What the same question would answer if nobody else had ever recorded anything. */
test("to a customer's key every analysis, whatever is asked, answers as if there were no other customer", async () => {
  const alone = await makeProject(worker);
  const shared = await makeProject(worker);
  await alone.record({ c: ofCustomers(["a"]) });
  await shared.record({ c: [...ofCustomers(["a", "b", "A", "a "]), { n: 7 }, { n: 8, customer: null }, { n: 9, customer: { id: { a: "a" } } }] });
  const { key } = await shared.key(customerKey("a"));
  const strip = (text) => text.replaceAll(/"(created_at|id)":"[^"]{24,}"/g, "");
  const asked = attempts();
  assert.equal(asked.length, 11 * 8 * 4 + 2 * 8);
  let nonempty = 0;
  const compare = async ({ what, analysis, asked: body }) => {
    const [expected, found] = await Promise.all([alone.query(analysis, body, alone.keys.read), shared.query(analysis, body, key)]);
    assert.equal(expected.status, 200, `${what}: ${expected.text}`);
    assert.equal(found.status, 200, `${what}: ${found.text}`);
    assert.equal(strip(found.text), strip(expected.text), what);
    if (/"a"|[1-9]/.test(JSON.stringify(found.body.result))) nonempty += 1;
  };
  for (let at = 0; at < asked.length; at += 8) await Promise.all(asked.slice(at, at + 8).map(compare));
  assert.ok(nonempty > asked.length / 2, `${nonempty} of ${asked.length} answers hold anything`);
});

test("everything a key may see is counted: its filter hides nothing of its own", async () => {
  const own = await makeProject(worker);
  const customers = ["a", "żółw", "x".repeat(500), 7, true, "7"];
  await own.record({ c: customers.flatMap((id) => [{ customer: { id } }, { customer: { id } }]) });
  await own.record({ c: [{ customer: { id: ["a", "z"] } }] });
  for (const id of customers) {
    const { key } = await own.key({ ...customerKey(id), name: "k" });
    const answered = await own.query("count", { event_collection: "c", timeframe: always }, key);
    assert.deepEqual(answered.body, { result: id === "a" ? 3 : 2 }, String(id).slice(0, 20));
  }
});

test("a key whose filter is an or, a range or of several properties is narrowed all the same", async () => {
  const own = await makeProject(worker);
  await own.record({ c: ofCustomers(["a", "b", "c"]) });
  const is = (property_name, operator, property_value) => ({ property_name, operator, property_value });
  for (const [filters, result] of [
    [[{ operator: "or", operands: [is("customer.id", "eq", "a"), is("customer.id", "eq", "b")] }], 6],
    [[is("customer.id", "in", ["a", "c"])], 6],
    [[is("customer.id", "eq", "a"), is("n", "gte", 2)], 2],
    [[is("customer.id", "eq", "a"), is("customer.id", "eq", "b")], 0],
    [[is("customer.id", "in", [])], 0],
    [[{ operator: "or", operands: [] }], 0],
    [[is("n", "gt", 20)], 4],
    [[is("customer.id", "regex", "^[ab]$")], 6],
  ]) {
    const { key } = await own.key({ name: "k", permitted: ["queries"], options: { queries: { filters } } });
    const wide = { filters: [{ operator: "or", operands: [is("n", "exists", true), is("customer.id", "eq", "b")] }] };
    for (const more of [{}, wide]) {
      const answered = await own.query("count", { event_collection: "c", timeframe: always, ...more }, key);
      assert.deepEqual(answered.body, { result }, JSON.stringify(filters));
    }
  }
});

// ── writing

test("what a key fills in wins over whatever was sent, in single events and in batches", async () => {
  const own = await makeProject(worker);
  const autofill = { customer: { id: "a" }, plan: null };
  const { key } = await own.key({ name: "writer", permitted: ["writes"], options: { writes: { autofill } } });
  const sent = [
    {}, { customer: { id: "b" } }, { customer: "b" }, { customer: [{ id: "b" }] }, { customer: { id: { id: "b" } } },
    { plan: "gold", customer: { name: "n" } },
  ];
  await own.record({ c: sent }, key);
  for (const body of sent) assert.equal((await own.call("POST", "/events/c", { key, body })).status, 201);
  const events = (await own.query("extraction", { event_collection: "c", timeframe: always })).body.result;
  assert.equal(events.length, 2 * sent.length);
  for (const { customer, plan } of events) assert.deepEqual([customer.id, plan], ["a", null]);
  assert.equal(events.filter(({ customer }) => customer.name === "n").length, 2);
});

test("a key that writes within limits refuses what is outside them, one event at a time", async () => {
  const own = await makeProject(worker);
  const writes = {
    autofill: { customer: { id: "a" } },
    filters: [{ property_name: "customer.id", operator: "eq", property_value: "a" }, { property_name: "n", operator: "gte", property_value: 1 }],
    collections: { allowed: ["app-*"], blocked: ["app-secret"] },
    properties: { except: ["internal"] },
  };
  const { key } = await own.key({ name: "writer", permitted: ["writes"], options: { writes } });
  const answered = await own.record({
    "app-x": [{ n: 1 }, { n: 0 }, {}, { n: 2, internal: { a: 1 } }, { n: 3, customer: { id: "b" } }],
    "app-secret": [{ n: 1 }],
    other: [{ n: 1 }],
  }, key);
  const outcomes = Object.values(answered.body).map((events) => events.map(({ success, error }) => success || error.name));
  const no = "RequestForbiddenError";
  assert.deepEqual(outcomes, [[true, no, no, no, true], [no], [no]]);
  refused(await own.call("POST", "/events/other", { key, body: { n: 1 } }), 403, no);
  const events = (await own.query("extraction", { event_collection: "app-x", timeframe: always })).body.result;
  assert.deepEqual(events.map(({ n }) => n).sort(), [1, 3]);
});

test("an event that grows beyond the limit by what is filled in is refused", async () => {
  const { key } = await project.key({ name: "filler", permitted: ["writes"], options: { writes: { autofill: { filled: "x".repeat(1_000) } } } });
  const answered = await project.call("POST", "/events/c", { key, body: { a: "x".repeat(899_500) } });
  refused(answered, 400, "InvalidPropertyValueError");
  assert.match(answered.body.message, /filled in.*900000/);
});

test("an emptied list of collections or properties opens nothing", async () => {
  const none = { allowed: [] };
  for (const [options, permitted, send] of [
    [{ writes: { collections: none } }, "writes", (key) => project.call("POST", "/events/c", { key, body: {} })],
    [{ writes: { properties: { only: [] } } }, "writes", (key) => project.call("POST", "/events/c", { key, body: { a: 1 } })],
    [{ queries: { collections: none } }, "queries", (key) => count(key)],
    [{ queries: { properties: { only: [] } } }, "queries", (key) => count(key, { group_by: "a" })],
    [{ queries: { analyses: [] } }, "queries", (key) => count(key)],
  ]) {
    const { key } = await project.key({ name: "nothing", permitted: [permitted], options });
    refused(await send(key), 403, "RequestForbiddenError");
  }
});

// ── time

test("a key is dead before its not_before and from its expires_at on, each with its own code", async () => {
  const soon = (seconds) => new Date(Date.now() + seconds * 1_000).toISOString();
  for (const [dates, status, code] of [
    [{ expires_at: soon(-1) }, 401, "ExpiredApiKeyError"],
    [{ expires_at: soon(3_600) }, 200, undefined],
    [{ not_before: soon(3_600) }, 401, "NotYetValidApiKeyError"],
    [{ not_before: soon(-1) }, 200, undefined],
    [{ not_before: soon(-2), expires_at: soon(-1) }, 401, "ExpiredApiKeyError"],
    [{ expires_at: soon(-1), is_active: false }, 401, "InvalidApiKeyError"],
  ]) {
    const { key } = await project.key({ name: "dated", permitted: ["queries"], ...dates });
    refused(await count(key), status, code);
  }
});

test("a window clips what is asked, or refuses it, in every analysis", async () => {
  const own = await makeProject(worker);
  await own.record({ c: ofCustomers(["a"]) });
  const windowed = async (timeframe) => (await own.key({ name: "w", permitted: ["queries"], options: { queries: { timeframe } } })).key;
  const bounds = { oldest: "2022-01-01T00:00:00Z", newest: "2023-01-01T00:00:00Z" };
  const clamp = await windowed(bounds);
  const deny = await windowed({ ...bounds, mode: "deny" });
  const short = await windowed({ max_span: "P400D" });
  const recent = await windowed({ oldest: "P30D" });
  for (const analysis of ANALYSES) {
    const step = { event_collection: "c", actor_property: "keen.id" };
    const asked = {
      event_collection: "c", timeframe: always, target_property: "n", percentile: 100,
      analyses: { n: { analysis_type: "count" } }, steps: [step, { ...step, timeframe: always }],
    };
    const narrow = { ...asked, timeframe: { start: bounds.oldest, end: bounds.newest } };
    narrow.steps = [step, step];
    const expected = await own.query(analysis, narrow);
    const visible = (answered) => JSON.stringify([answered.body.result, answered.body.actors]);
    assert.equal(visible(await own.query(analysis, asked, clamp)), visible(expected), analysis);
    refused(await own.query(analysis, asked, deny), 403, "RequestForbiddenError");
    assert.equal(visible(await own.query(analysis, narrow, deny)), visible(expected), analysis);
  }
  const total = async (key, timeframe) => (await own.query("count", { event_collection: "c", timeframe }, key)).body.result;
  assert.equal(await total(short, { start: "2020-01-01", end: "2022-12-31" }), 1);
  assert.equal(await total(recent, always), 0);
  const series = await own.query("count", { event_collection: "c", timeframe: { start: "2021-01-01", end: "2024-01-01" }, interval: "yearly" }, clamp);
  assert.deepEqual(series.body.result, [{ value: 1, timeframe: { start: "2022-01-01T00:00:00.000Z", end: "2023-01-01T00:00:00.000Z" } }]);
  const outside = { event_collection: "c", timeframe: { start: "2024-01-01", end: "2025-01-01" } };
  assert.deepEqual((await own.query("count", outside, clamp)).body, { result: 0 });
  assert.deepEqual((await own.query("extraction", outside, clamp)).body, { result: [] });
  const series2 = await own.query("count", { ...outside, interval: "monthly", group_by: "n" }, clamp);
  assert.equal(series2.status, 200, series2.text);
  for (const { value } of series2.body.result) assert.deepEqual(value, []);
});

// ── collections, properties, analyses

test("a key reaches the collections it is given, in every analysis and in every step", async () => {
  const collections = { allowed: ["app-*", "c"], blocked: ["app-secret*"] };
  const { key } = await project.key({ name: "collections", permitted: ["queries"], options: { queries: { collections } } });
  for (const analysis of ANALYSES) {
    for (const [collection, status] of [["c", 200], ["app-1", 200], ["app-secrets", 403], ["d", 403], ["C", 403], ["App-1", 403], ["c ", 403]]) {
      const asked = {
        event_collection: collection, timeframe: always, target_property: "n", percentile: 1, analyses: { n: { analysis_type: "count" } },
        steps: [{ event_collection: "c", actor_property: "n" }, { event_collection: collection, actor_property: "n" }],
      };
      const answered = await project.query(analysis, asked, key);
      assert.equal(answered.status, status, `${analysis} ${collection}: ${answered.text}`);
    }
  }
});

test("a hidden property is neither shown nor to be guessed through anything a query names", async () => {
  const own = await makeProject(worker);
  const sent = { n: 1, customer: { id: "a", margin: 0.3 }, list: [{ margin: 1 }], keen: { timestamp: "2026-01-01" } };
  await own.record({ c: [sent] });
  const properties = { except: ["customer.margin"] };
  const { key } = await own.key({ name: "hidden", permitted: ["queries"], options: { queries: { properties } } });
  const query = (analysis, more) => own.query(analysis, { event_collection: "c", timeframe: always, target_property: "n", ...more }, key);
  for (const hidden of ["customer.margin", "customer.margin.x", "customer"]) {
    const filter = { property_name: hidden, operator: "exists", property_value: true };
    const step = { event_collection: "c", actor_property: "n" };
    for (const [analysis, more] of [
      ...ANALYSES.filter((analysis) => !["count", "multi_analysis", "extraction", "funnel"].includes(analysis))
        .map((analysis) => [analysis, { target_property: hidden, percentile: 1 }]),
      ["multi_analysis", { analyses: { n: { analysis_type: "count" }, m: { analysis_type: "sum", target_property: hidden } } }],
      ["extraction", { property_names: ["n", hidden] }],
      ["extraction", { filters: [filter] }],
      ["count", { group_by: ["n", hidden] }],
      ["count", { group_by: { property_name: hidden, buckets: { size: 1 } } }],
      ["count", { filters: [{ operator: "or", operands: [{ operator: "or", operands: [filter] }] }] }],
      ["funnel", { steps: [{ ...step, actor_property: hidden }] }],
      ["funnel", { steps: [step, { ...step, filters: [filter] }] }],
    ]) {
      refused(await query(analysis, more), 403, "RequestForbiddenError");
    }
  }
  const [{ keen, ...shown }] = (await query("extraction")).body.result;
  assert.deepEqual(shown, { n: 1, customer: { id: "a" }, list: [{ margin: 1 }] });
  assert.deepEqual((await query("count", { group_by: "customer.id" })).body.result, [{ "customer.id": "a", result: 1 }]);
});

test("a key's own filter may stand on a property that it hides", async () => {
  const own = await makeProject(worker);
  await own.record({ c: ofCustomers(["a", "b"]) });
  const { options } = customerKey("a");
  const queries = { ...options.queries, properties: { only: ["n", "keen.timestamp"] } };
  const { key } = await own.key({ name: "only", permitted: ["queries"], options: { queries } });
  const answered = await own.query("extraction", { event_collection: "c", timeframe: always }, key);
  assert.deepEqual(answered.body.result, ofCustomers(["a"]).map(({ n, keen }) => ({ keen: { timestamp: new Date(keen.timestamp).toISOString() }, n })));
});

test("a key runs the analyses it is given, also inside several and in a funnel", async () => {
  const { key } = await project.key({ name: "analyses", permitted: ["queries"], options: { queries: { analyses: ["count", "multi_analysis"] } } });
  for (const [analysis, more, status] of [
    ["count", {}, 200],
    ["sum", { target_property: "n" }, 403],
    ["extraction", {}, 403],
    ["funnel", { steps: [{ event_collection: "c", actor_property: "n" }] }, 403],
    ["multi_analysis", { analyses: { n: { analysis_type: "count" } } }, 200],
    ["multi_analysis", { analyses: { n: { analysis_type: "count" }, s: { analysis_type: "sum", target_property: "n" } } }, 403],
  ]) {
    const answered = await project.query(analysis, { event_collection: "c", timeframe: always, ...more }, key);
    assert.equal(answered.status, status, `${analysis}: ${answered.text}`);
  }
});

test("without a seal a key is shown once, works, and is found by its id and by itself", async () => {
  const unsealed = await startWorker({ secrets: {} });
  try {
    const own = await makeProject(unsealed);
    const made = await own.key({ name: "once", permitted: ["queries"] });
    for (const reference of [made.id, made.key]) {
      const read = await own.call("GET", `/keys/${reference}`, { key: own.keys.master });
      assert.deepEqual(read.body, { ...made, key: null });
    }
    assert.equal((await own.query("count", { event_collection: "c", timeframe: always }, made.key)).status, 200);
    const { organization } = own;
    const listed = await call(unsealed, "GET", `/3.0/organizations/${organization.id}/projects`, { key: organization.key });
    assert.deepEqual(listed.body[0].api_keys, { master_key: null, write_key: null, read_key: null });
  } finally {
    await unsealed.close();
  }
});

test("a dead key is refused before anything is said about its request", async () => {
  const { id, key } = await project.key(customerKey("a"));
  await master("POST", `/keys/${id}/revoke`);
  for (const body of ["{", "[]", "{}"]) refused(await project.call("POST", "/queries/sum", { key, body }), 401, "InvalidApiKeyError");
});
