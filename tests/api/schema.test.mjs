// Which collections and properties are there, for whom?

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startWorker } from "../support/harness.mjs";
import { always, makeProject } from "../support/project.mjs";

let worker;

before(async () => (worker = await startWorker()));
after(() => worker?.close());

const SYSTEM = { "keen.created_at": "datetime", "keen.id": "string", "keen.timestamp": "datetime" };
const as = (project, key = project.keys.read) => (path = "") => project.call("GET", `/events${path}`, { key });
const refused = (answered, status, code) =>
  assert.deepEqual([answered.status, answered.body?.error_code], [status, code], answered.text);

test("collections are listed with the types of their properties, kept as events arrive", async () => {
  const project = await makeProject(worker);
  const see = as(project);
  assert.deepEqual((await see()).body, []);
  await project.record({
    "page views": [{ path: "/", user: { id: 7, vip: true }, tags: ["a"], gone: null, empty: {}, keen: { location: { coordinates: [21, 52] } } }],
    sales: [{ price: 1 }],
  });
  const base = `/3.0/projects/${project.id}/events`;
  const views = {
    name: "page views",
    url: `${base}/page%20views`,
    properties: { ...SYSTEM, path: "string", "user.id": "num", "user.vip": "bool", tags: "list", gone: "null", "keen.location.coordinates": "geo" },
  };
  const sales = { name: "sales", url: `${base}/sales`, properties: { ...SYSTEM, price: "num" } };
  assert.deepEqual((await see()).body, [views, sales]);
  assert.deepEqual((await see("/page%20views")).body, views);
  assert.deepEqual((await see("?include_schema=true")).body, [views, sales]);
  assert.deepEqual((await see("?include_schema=false")).body, [views, sales].map(({ name, url }) => ({ name, url })));
  refused(await see("?include_schema=yes"), 400, "InvalidRequestError");

  const described = (await project.call("GET", "", { key: project.keys.master })).body;
  const path = `/3.0/projects/${project.id}`;
  assert.deepEqual(described, {
    id: project.id, name: "Test project", url: path, events_url: `${path}/events`, queries_url: `${path}/queries`,
    events: [views, sales].map(({ name, url }) => ({ name, url })),
  });
  const listed = await worker.fetch("/3.0/projects", { headers: { authorization: project.keys.master } });
  assert.deepEqual(await listed.json(), [described]);
});

test("a property that changes its type is told with all types seen, the first that says something first", async () => {
  const project = await makeProject(worker);
  const see = as(project);
  for (const price of [null, 3, "3", [3], 4]) await project.record({ c: [{ price, same: 1 }] });
  const { body } = await see("/c");
  assert.deepEqual([body.properties.price, body.types], ["num", { price: ["null", "num", "string", "list"] }]);
  const property = await see("/c/properties/price");
  assert.deepEqual(property.body, {
    property_name: "price", type: "num", types: ["null", "num", "string", "list"], url: `/3.0/projects/${project.id}/events/c/properties/price`,
  });
  assert.equal((await see("/c/properties/keen.timestamp")).body.type, "datetime");
  for (const path of ["/d", "/c/properties/never", "/d/properties/price", "/%24", "/c/properties/pri%00ce"]) {
    refused(await see(path), 404, "ResourceNotFoundError");
  }
});

test("a single event and a large one tell the schema too, and a refused one nothing", async () => {
  const project = await makeProject(worker);
  await project.call("POST", "/events/c", { key: project.keys.write, body: { one: 1 } });
  await project.record({ c: [{ large: "x".repeat(2_000) }, { "bad.name": 1 }] });
  assert.deepEqual((await as(project)("/c")).body.properties, { ...SYSTEM, one: "num", large: "string" });
});

test("a key sees the collections and properties it reaches, and of others not that they are there", async () => {
  const project = await makeProject(worker);
  await project.record({ shown: [{ a: 1, secret: { x: 1 }, b: 1 }], hidden: [{ a: 1 }] });
  const key = async (options) => (await project.key({ name: "k", permitted: ["schema"], options })).key;
  for (const [options, expected] of [
    [{ schema: { collections: { blocked: ["hidden"] }, properties: { except: ["secret"] } } }, { shown: { ...SYSTEM, a: "num", b: "num" } }],
    [{ schema: { collections: { allowed: ["sh*"] } }, queries: { properties: { only: ["a", "secret"] } } }, { shown: { a: "num", "secret.x": "num" } }],
    [{ schema: { collections: { allowed: [] } } }, {}],
  ]) {
    const see = as(project, await key(options));
    const { body } = await see();
    assert.deepEqual(Object.fromEntries(body.map(({ name, properties }) => [name, properties])), expected);
    assert.equal((await see("/hidden")).text, (await see("/never")).text);
    assert.equal((await see("/hidden")).status, 404);
    if (expected.shown && !("secret.x" in expected.shown)) {
      assert.equal((await see("/shown/properties/secret.x")).text, (await see("/shown/properties/never")).text);
    }
  }
});

test("a customer's key sees the schema of the customer's events, whatever others record", async () => {
  const project = await makeProject(worker);
  const event = (id, more) => ({ customer: { id }, ...more });
  await project.record({ c: [event("a", { plan: "pro" })], mine: [event("a", {})] });
  const filters = [{ property_name: "customer.id", operator: "eq", property_value: "a" }];
  const { key } = await project.key({ name: "k", permitted: ["schema", "queries"], options: { queries: { filters, properties: { except: ["margin"] } } } });
  const see = as(project, key);
  const everything = async () => {
    const paths = ["", "/c", "/c/properties/plan", "/c/properties/custom.field", "/theirs", "/mine", "?include_schema=false"];
    return Promise.all(paths.map(async (path) => { const { status, text } = await see(path); return `${status} ${text}`; }));
  };
  const alone = await everything();
  assert.match(alone[1], /"plan":"string"/);
  await project.record({ c: [event("b", { custom: { field: 1 }, plan: 7 })], theirs: [event("b", {})], mine: [event("b", { x: 1 })] });
  assert.deepEqual(await everything(), alone, "another customer's events show");
  assert.deepEqual((await as(project)("/c")).body.types, { plan: ["string", "num"] });
  await project.record({ c: [event("a", { margin: 1, seats: 3 })] });
  const { properties } = (await see("/c")).body;
  assert.deepEqual([properties.seats, properties.margin], ["num", undefined]);
  // A window of time holds for the schema too.
  const past = await project.key({ name: "p", permitted: ["schema"], options: { queries: { timeframe: { newest: "2020-01-01" } } } });
  assert.deepEqual((await as(project, past.key)()).body, []);
});

test("however many collections others make, a customer's key is told its own as soon", async () => {
  const project = await makeProject(worker);
  const filters = [{ property_name: "customer.id", operator: "eq", property_value: "a" }];
  const keyWith = async (queries) => (await project.key({ name: "k", permitted: ["schema"], options: { queries } })).key;
  const keys = {
    whole: await keyWith({ filters }),
    years: await keyWith({ filters, timeframe: { oldest: "P2000D" } }),
    month: await keyWith({ filters, timeframe: { oldest: "P30D" } }),
    "with a regex": await keyWith({ filters: [...filters, { property_name: "plan", operator: "regex", property_value: "^p" }] }),
  };
  const own = (plan) => [{ customer: { id: "a" }, plan }];
  const long = { customer: { id: "a" }, plan: "x", keen: { timestamp: "1999-01-01T00:00:00Z" } };
  await project.record({ first: own("pro"), old: [long], second: own("x"), third: own("pro") });
  const all = () => Promise.all(Object.values(keys).map(async (key) => (await as(project, key)()).text));
  const alone = await all();
  const took = async (work) => {
    const began = performance.now();
    await work();
    return performance.now() - began;
  };
  const before = await took(all);
  const named = alone.map((text) => JSON.parse(text).map(({ name }) => name));
  assert.deepEqual(named, [["first", "old", "second", "third"], ["first", "second", "third"], ["first", "second", "third"], ["first", "third"]]);
  const others = Array.from({ length: 4_000 }, (_, at) => [`other ${at}`, [{ customer: { id: "b" } }]]);
  await project.record({ ...Object.fromEntries(others), first: [{ customer: { id: "b" }, x: 1 }] });
  const times = await took(all);
  assert.deepEqual(await all(), alone, "another customer's collections show");
  // A thousand times as many collections: asked one by one, it would be some hundred times.
  assert.ok(times < 50 * before, `${times} ms instead of ${before}: each of the others' collections was asked`);
});

test("a deleted property and a deleted collection leave the schema, and come back with what brings them back", async () => {
  const project = await makeProject(worker);
  const remove = (path) => project.call("DELETE", `/events/${path}`, { key: project.keys.master });
  const own = async () => Object.keys((await as(project)("/c")).body?.properties ?? {}).filter((path) => !(path in SYSTEM));
  const event = { o: { x: 1, y: 2 }, other: 1, o2: 1 };
  await project.record({ c: [event] });
  assert.equal((await remove("c/properties/o")).status, 204);
  assert.deepEqual(await own(), ["o2", "other"]);
  await project.record({ c: [event] });
  assert.deepEqual(await own(), ["o.x", "o.y", "o2", "other"]);
  assert.equal((await remove("c")).status, 204);
  refused(await as(project)("/c"), 404, "ResourceNotFoundError");
  await project.record({ c: [{ new: 1 }] });
  assert.deepEqual(await own(), ["new"]);
});

test("a collection with very many properties is bounded, and its events are stored all the same", async () => {
  const project = await makeProject(worker);
  for (let batch = 0; batch < 3; batch++) {
    const properties = Object.fromEntries(Array.from({ length: 6_000 }, (_, at) => [`p${batch}_${at}`, at]));
    const { status, body } = await project.record({ c: [properties] });
    assert.deepEqual([status, body], [200, { c: [{ success: true }] }]);
  }
  const { n } = await worker.db.prepare("SELECT max(properties) AS n FROM collection WHERE project = ?").bind(project.id).first();
  assert.equal(n, 10_000);
  const { properties } = (await as(project)("/c")).body;
  assert.equal(Object.keys(properties).length, 10_000 + Object.keys(SYSTEM).length);
  const { body } = await project.query("count", { event_collection: "c", timeframe: always });
  assert.equal(body.result, 3);
});

test("however long the paths of events, they are stored and the schema is told", async () => {
  const project = await makeProject(worker);
  await project.record({ other: [{ x: 1 }] });
  for (const letter of ["a", "𝒳", "\u0001", "\u0002", "\u0003", "b"]) {
    let event = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`p${at}`, at]));
    for (let level = 0; level < 8; level++) event = { [letter.repeat(250)]: event };
    const { status, body } = await project.record({ c: [event] });
    assert.deepEqual([status, body], [200, { c: [{ success: true }] }]);
  }
  const { text, body } = await as(project)();
  assert.deepEqual(body.map(({ name }) => name), ["c", "other"]);
  assert.ok(Object.keys(body[0].properties).length > 200 && text.length < 2_000_000, `${text.length} bytes`);
  const names = (await as(project)("?include_schema=false")).body.map(({ name }) => name);
  assert.deepEqual(names, ["c", "other"]);
});

/** An event whose one object of `leaves` numbers lies below so many names of 256 characters. */
function deep(levels, character, leaves) {
  let event = Object.fromEntries(Array.from({ length: leaves }, (_, at) => [`k${at}`, at]));
  for (let level = 0; level < levels; level++) event = { [character.repeat(256)]: event };
  return event;
}

/** A key whose schema is read from the events that it sees. */
async function keyOfItsOwn(project) {
  const filter = { property_name: "none", operator: "exists", property_value: false };
  return (await project.key({ name: "k", permitted: ["schema", "queries"], options: { queries: { filters: [filter] } } })).key;
}

test("a small event whose paths are many megabytes is stored, and the schema keeps no more of it than it may", async () => {
  const project = await makeProject(worker);
  for (const [collection, event] of Object.entries({ long: deep(7, "ż", 10_000), longer: deep(7, "😀", 10_000), longest: deep(98, "😀", 50_000) })) {
    for (let again = 0; again < 2; again++) {
      const recorded = await project.call("POST", `/events/${collection}`, { key: project.keys.write, body: event });
      assert.equal(recorded.status, 201, recorded.text);
    }
    const { properties } = (await as(project)(`/${collection}`)).body;
    const bytes = Buffer.byteLength(JSON.stringify(Object.entries(properties)));
    assert.ok(bytes < 1_001_000, `${bytes} bytes of ${collection} are kept`);
    const { body } = await project.query("count", { event_collection: collection, timeframe: always });
    assert.equal(body.result, 2);
    const own = (await as(project, await keyOfItsOwn(project))(`/${collection}`)).body.properties;
    const ownBytes = Buffer.byteLength(JSON.stringify(Object.entries(own)));
    assert.ok(ownBytes < 1_300_000, `${ownBytes} bytes of ${collection} are told to a key of its own events`);
    const headers = { accept: "text/csv" };
    const asked = { event_collection: collection, timeframe: always };
    refused(await project.call("POST", "/queries/extraction", { key: project.keys.read, headers, body: asked }), 400, "TooManyResultsError");
  }
});

test("one request with many collections tells the schema of them all", async () => {
  const project = await makeProject(worker);
  const event = { number: 1, text: "x", yes: true, nothing: null, list: [] };
  await project.record(Object.fromEntries(Array.from({ length: 3_000 }, (_, at) => [`c${at}`, [event]])));
  const { body } = await as(project)();
  assert.equal(body.length, 3_000);
  const expected = { ...SYSTEM, number: "num", text: "string", yes: "bool", nothing: "null", list: "list" };
  for (const { name, properties } of body) assert.deepEqual(properties, expected, name);
});
