// Which events are stored, which are refused, and what is answered for each?

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

const post = (collection, body, options = {}) =>
  project.call("POST", `/events/${encodeURIComponent(collection)}`, { key: project.keys.write, body, ...options });

/** The stored events of a collection, the oldest first. */
async function stored(collection, from = project) {
  const answered = await from.query("extraction", { event_collection: collection, timeframe: always });
  assert.equal(answered.status, 200, answered.text);
  return answered.body.result;
}

const withoutKeen = ({ keen, ...rest }) => rest;

test("one event is answered 201 and is there for the next query, as it was sent", async () => {
  const sent = { a: 1, "b c": [1, { d: null }], "ż\"\\": "'; --", e: { f: { g: true } } };
  const answered = await post("one", sent);
  assert.deepEqual([answered.status, answered.body], [201, { created: true }]);
  const [event, ...others] = await stored("one");
  assert.deepEqual(others, []);
  assert.deepEqual(withoutKeen(event), sent);
  assert.deepEqual(Object.keys(event.keen), ["timestamp", "created_at", "id"]);
  assert.match(event.keen.id, /^[0-9a-f]{24}$/);
  assert.equal(event.keen.timestamp, event.keen.created_at);
});

test("every key that may record does, and a query sees the sum", async () => {
  const access = await project.key({ name: "writer", permitted: ["writes"] });
  for (const key of [project.keys.write, project.keys.master, access.key, `Bearer ${project.keys.write}`]) {
    assert.equal((await post("by key", { n: 1 }, { key })).status, 201);
  }
  const path = `/events/by%20key?api_key=${project.keys.write}`;
  assert.equal((await project.call("POST", path, { body: { n: 1 } })).status, 201);
  assert.equal((await stored("by key")).length, 5);
});

test("JSON is read whatever the content type says", async () => {
  for (const type of ["text/plain;charset=UTF-8", "application/json", "application/x-www-form-urlencoded", "image/png"]) {
    assert.equal((await post("typed", { type }, { headers: { "content-type": type } })).status, 201);
  }
  const types = (await stored("typed")).map(({ type }) => type);
  assert.equal(types.length, 4);
});

test("a batch is answered 200, with an outcome for each event in the order sent", async () => {
  const answered = await project.record({
    purchases: [{ price: 3 }, { "a.b": 1 }, "no object", { price: 4 }],
    "$bad": [{ a: 1 }, { a: 2 }],
    logins: [],
    "": [{ a: 1 }],
    visits: [{ keen: { timestamp: "yesterday" } }, { keen: 3 }, { keen: { id: "x" } }, { page: "/" }],
  });
  assert.equal(answered.status, 200);
  const outcomes = Object.entries(answered.body).map(([name, events]) => [
    name,
    events.map(({ success, error }) => (success ? "stored" : error.name)),
  ]);
  assert.deepEqual(outcomes, [
    ["purchases", ["stored", "InvalidPropertyNameError", "InvalidEventError", "stored"]],
    ["$bad", ["InvalidCollectionNameError", "InvalidCollectionNameError"]],
    ["logins", []],
    ["", ["InvalidCollectionNameError"]],
    ["visits", ["InvalidPropertyValueError", "NamespaceTypeError", "InvalidKeenNamespaceProperty", "stored"]],
  ]);
  const failed = answered.body.purchases[1];
  assert.deepEqual(Object.keys(failed), ["success", "error"]);
  assert.deepEqual(Object.keys(failed.error), ["name", "description"]);
  assert.match(failed.error.description, /\/purchases\/1\/a\.b.*'a\.b'/);
  assert.deepEqual((await stored("purchases")).map(({ price }) => price).sort(), [3, 4]);
  assert.deepEqual((await stored("visits")).map(withoutKeen), [{ page: "/" }]);
});

test("what is no batch is refused whole", async () => {
  for (const [body, code] of [
    [[], "InvalidBatchError"],
    [3, "InvalidBatchError"],
    ["null", "InvalidBatchError"],
    [{ a: {} }, "InvalidBatchError"],
    [{ good: [{ a: 1 }], a: null }, "InvalidBatchError"],
    ["", "InvalidJSONError"],
    ["{", "InvalidJSONError"],
  ]) {
    const answered = await project.record(body);
    assert.deepEqual([answered.status, answered.body.error_code], [400, code], JSON.stringify(body));
  }
  assert.deepEqual(await stored("good"), []);
  assert.deepEqual((await project.record({})).body, {});
});

test("an event that is refused says which of Keen's errors it is, and is not stored", async () => {
  for (const [event, code] of [
    [[], "InvalidEventError"],
    [null, "InvalidEventError"],
    ['"text"', "InvalidEventError"],
    [{ "a.b": 1 }, "InvalidPropertyNameError"],
    [{ $a: 1 }, "InvalidPropertyNameError"],
    [{ "": 1 }, "InvalidPropertyNameError"],
    [{ "  ": 1 }, "InvalidPropertyNameError"],
    [{ a: [[{ "b.c": 1 }]] }, "InvalidPropertyNameError"],
    [{ "a\0": 1 }, "InvalidPropertyNameError"],
    [{ keen: null }, "NamespaceTypeError"],
    [{ keen: [] }, "NamespaceTypeError"],
    [{ keen: { created_at: "2026-01-01T00:00:00Z" } }, "InvalidKeenNamespaceProperty"],
    [{ keen: { id: "5f0000000000000000000000" } }, "InvalidKeenNamespaceProperty"],
    [{ keen: { anything: 1 } }, "InvalidKeenNamespaceProperty"],
    [{ keen: { timestamp: 1700000000 } }, "InvalidPropertyValueError"],
    [{ keen: { timestamp: "" } }, "InvalidPropertyValueError"],
    [{ keen: { timestamp: "2026-02-30T00:00:00Z" } }, "InvalidPropertyValueError"],
    [{ keen: { timestamp: null } }, "InvalidPropertyValueError"],
    [{ keen: { timestamp: "9999-12-31T23:59:59.999Z" } }, "InvalidPropertyValueError"],
    [{ keen: { uniqueness_token: "" } }, "InvalidPropertyValueError"],
    [{ keen: { uniqueness_token: "x".repeat(65) } }, "InvalidPropertyValueError"],
    [{ keen: { uniqueness_token: 7 } }, "InvalidPropertyValueError"],
    [{ keen: { location: { coordinates: [181, 0] } } }, "InvalidPropertyValueError"],
    [{ keen: { addons: {} } }, "InvalidPropertyValueError"],
  ]) {
    const answered = await post("refused", event);
    const text = JSON.stringify(event);
    assert.deepEqual([answered.status, answered.body.error_code], [400, code], text);
    assert.deepEqual(Object.keys(answered.body), ["message", "error_code"], text);
  }
  assert.deepEqual(await stored("refused"), []);
});

test("keen.timestamp is read in every ISO form and kept to the millisecond in UTC", async () => {
  const forms = {
    "2026-03-01T12:00:00Z": "2026-03-01T12:00:00.000Z",
    "2026-03-01T12:00:00.123456+00:00": "2026-03-01T12:00:00.123Z",
    "2026-03-01T12:00:00.9999999Z": "2026-03-01T12:00:00.999Z",
    "2026-03-01T12:00:00+05:30": "2026-03-01T06:30:00.000Z",
    "2026-03-01T12:00:00-0800": "2026-03-01T20:00:00.000Z",
    "2026-03-01T12:00": "2026-03-01T12:00:00.000Z",
    "2026-03-01": "2026-03-01T00:00:00.000Z",
    "2012-08-13T19:00Z+00:00": "2012-08-13T19:00:00.000Z",
    "0001-01-01T00:00:00Z": "0001-01-01T00:00:00.000Z",
    "1969-12-31T23:59:59.999Z": "1969-12-31T23:59:59.999Z",
    "9999-12-30T23:59:59Z": "9999-12-30T23:59:59.000Z",
  };
  for (const form of Object.keys(forms)) {
    assert.equal((await post("times", { form, keen: { timestamp: form } })).status, 201, form);
  }
  const found = Object.fromEntries((await stored("times")).map(({ form, keen }) => [form, keen.timestamp]));
  assert.deepEqual(found, forms);
});

test("keen.location is kept and keen.addons is not", async () => {
  const location = { coordinates: [21.01, 52.23] };
  await post("places", { keen: { location, addons: [{ name: "keen:ip_to_geo", input: { ip: "none" }, output: "geo" }], timestamp: "2026-01-01" } });
  const [{ keen }] = await stored("places");
  assert.deepEqual(keen.location, location);
  assert.deepEqual(Object.keys(keen), ["timestamp", "created_at", "id", "location"]);
});

const at = "2026-05-01T10:00:00Z";
const token = (uniqueness_token, timestamp) => ({ uniqueness_token, ...(timestamp ? { timestamp } : {}) });
const large = "x".repeat(2_000);

for (const { name, requests, kept } of [
  {
    name: "the same token again, with its time, is the same event",
    requests: [{ c: [{ n: 1, keen: token("t", at) }] }, { c: [{ n: 2, keen: token("t", at) }] }],
    kept: { c: [1] },
  },
  {
    name: "the same token again, without a time, is the same event",
    requests: [{ c: [{ n: 1, keen: token("t") }] }, { c: [{ n: 2, keen: token("t") }] }],
    kept: { c: [1] },
  },
  {
    name: "the same token twice in one batch is one event",
    requests: [{ c: [1, 2, 3].map((n) => ({ n, keen: token("t") })) }, { c: [{ n: 4, keen: token("t") }, { n: 5 }] }],
    kept: { c: [1, 5] },
  },
  {
    name: "a retried batch of large events changes nothing",
    requests: [1, 2].map(() => ({ c: [{ n: 1, large, keen: token("t") }, { n: 2, large, keen: token("u", at) }] })),
    kept: { c: [1, 2] },
  },
  {
    name: "a retry that is larger, or smaller, than the first does not replace its body",
    requests: [
      { c: [{ n: 1, keen: token("t") }, { n: 2, large, keen: token("u") }] },
      { c: [{ n: 3, large, keen: token("t") }, { n: 4, keen: token("u") }] },
    ],
    kept: { c: [1, 2] },
  },
  {
    name: "one token in two collections is two events",
    requests: [{ c: [{ n: 1, keen: token("t") }], d: [{ n: 2, keen: token("t") }] }],
    kept: { c: [1], d: [2] },
  },
  {
    name: "one token of two customers is two events, so neither can suppress the other's",
    requests: [
      { c: [{ n: 1, customer: { id: "a" }, keen: token("t") }] },
      { c: [{ n: 2, customer: { id: "b" }, keen: token("t") }, { n: 3, customer: { id: "a" }, keen: token("t") }] },
    ],
    kept: { c: [1, 2] },
  },
  {
    name: "one token of customers that are lists and objects is an event for each",
    requests: [
      { c: [["a"], ["b"], { x: 1 }, { x: 2 }].map((id, at) => ({ n: at + 1, customer: { id }, keen: token("t") })) },
      { c: [["a"], { x: 2 }].map((id, at) => ({ n: at + 5, customer: { id }, keen: token("t") })) },
    ],
    kept: { c: [1, 2, 3, 4] },
  },
  {
    name: "events without a token are never taken for each other",
    requests: [{ c: [{ n: 1, keen: { timestamp: at } }, { n: 1, keen: { timestamp: at } }] }],
    kept: { c: [1, 1] },
  },
]) {
  test(`exactly once: ${name}`, async () => {
    const own = await makeProject(worker);
    for (const request of requests) {
      const answered = await own.record(request);
      const outcomes = Object.values(answered.body).flat();
      assert.deepEqual(outcomes, outcomes.map(() => ({ success: true })), answered.text);
    }
    for (const [collection, numbers] of Object.entries(kept)) {
      const found = await stored(collection, own);
      assert.deepEqual(found.map(({ n }) => n).sort(), numbers);
      assert.ok(found.every(({ keen }) => !("uniqueness_token" in keen)));
    }
  });
}

test("a single event with a token is stored once, however often it is sent", async () => {
  for (let sent = 0; sent < 3; sent += 1) {
    assert.equal((await post("retried", { keen: token("t") })).status, 201);
  }
  assert.equal((await stored("retried")).length, 1);
});

const nested = (levels) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
const ofBytes = (bytes) => `{"a":"${"x".repeat(bytes - 8)}"}`;
const named = (characters) => ({ ["ż".repeat(characters)]: 1 });

for (const { name, send, status, code, message } of [
  { name: "an event of 900,000 bytes", send: () => post("edge", ofBytes(900_000)), status: 201 },
  {
    name: "an event of 900,001 bytes",
    send: () => post("edge", ofBytes(900_001)),
    status: 400,
    code: "InvalidPropertyValueError",
    message: /900001 bytes.*900000/,
  },
  { name: "an event of 100 levels", send: () => post("edge", nested(100)), status: 201 },
  {
    name: "an event of 101 levels",
    send: () => post("edge", nested(101)),
    status: 400,
    code: "InvalidPropertyValueError",
    message: /101 levels.*100/,
  },
  {
    name: "an event of 100,000 levels",
    send: () => post("edge", nested(100_000)),
    status: 400,
    code: "InvalidJSONError",
    message: /deeper than 110/,
  },
  { name: "a property name of 256 characters", send: () => post("edge", named(256)), status: 201 },
  {
    name: "a property name of 257 characters",
    send: () => post("edge", named(257)),
    status: 400,
    code: "InvalidPropertyNameError",
    message: /257 characters.*256/,
  },
  { name: "a collection name of 256 characters", send: () => post("x".repeat(256), {}), status: 201 },
  {
    name: "a collection name of 257 characters",
    send: () => post("x".repeat(257), {}),
    status: 400,
    code: "InvalidCollectionNameError",
    message: /257 characters.*256/,
  },
  { name: "a token of 64 characters", send: () => post("edge", { keen: token("ż".repeat(64)) }), status: 201 },
  { name: "a batch of 5,000 events", send: () => project.record({ edge: Array(5_000).fill({}) }), status: 200 },
  {
    name: "a batch of 5,001 events over two collections",
    send: () => project.record({ edge: Array(2_500).fill({}), brink: Array(2_501).fill({}) }),
    status: 400,
    code: "InvalidBatchError",
    message: /5001 events.*5000/,
  },
  {
    name: "a body of 10,000,000 bytes",
    send: () => project.record(batchOfBytes(10_000_000)),
    status: 200,
  },
  {
    name: "a body of 10,000,001 bytes",
    send: () => project.record(batchOfBytes(10_000_001)),
    status: 413,
    code: "RequestTooLargeError",
    message: /10000001 bytes.*10000000/,
  },
]) {
  test(`${name} is ${status < 300 ? "stored" : "refused, with the limit and what was found"}`, async () => {
    const answered = await send();
    assert.equal(answered.status, status, answered.text.slice(0, 300));
    if (status < 300) {
      assert.doesNotMatch(answered.text, /"success":false/);
      return;
    }
    assert.equal(answered.body.error_code, code);
    assert.match(answered.body.message, message);
  });
}

/** A batch of twenty events of the same size, filled up with blanks. */
function batchOfBytes(bytes) {
  const text = JSON.stringify({ bulk: Array(20).fill({ a: "x".repeat(499_000) }) });
  return text.padEnd(bytes, " ");
}

test("events at the limits are all there, and whole", async () => {
  const sizes = (await stored("edge")).map((event) => JSON.stringify(withoutKeen(event)).length);
  assert.equal(sizes.length, 4 + 5_000);
  assert.equal(Math.max(...sizes), 900_000);
  const bulk = await stored("bulk");
  assert.deepEqual(bulk.map(({ a }) => a.length), Array(20).fill(499_000));
});

test("a batch over 1,000 collections is stored, each event in its own", async () => {
  const own = await makeProject(worker);
  const names = Array.from({ length: 1_000 }, (_, at) => `c${at}`);
  const answered = await own.record(Object.fromEntries(names.map((name, at) => [name, [{ at }]])));
  assert.equal(answered.status, 200, answered.text.slice(0, 300));
  for (const at of [0, 499, 999]) {
    assert.deepEqual((await stored(`c${at}`, own)).map(withoutKeen), [{ at }]);
  }
});

test("an event of any time that is taken is in a timeframe", async () => {
  for (const timestamp of ["0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.998Z"]) {
    const collection = `at ${timestamp}`;
    assert.equal((await post(collection, { keen: { timestamp } })).status, 201);
    assert.deepEqual((await stored(collection)).map(({ keen }) => keen.timestamp), [timestamp]);
  }
});
