// Is whatever anyone sends either refused clearly or kept as it was sent, without a fault and without a hang?

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startWorker } from "../support/harness.mjs";
import { always, call, makeProject } from "../support/project.mjs";

let worker;
let project;
let access;

before(async () => {
  worker = await startWorker();
  project = await makeProject(worker);
  access = await project.key({ name: "target", permitted: ["queries"] });
});

after(() => worker?.close());

/** Every endpoint that reads a body, with a key that may use it. */
const endpoints = () => {
  const at = (path) => `/3.0/projects/${project.id}${path}`;
  return [
    { path: at("/events/c"), key: project.keys.write },
    { path: at("/events"), key: project.keys.write },
    { path: at("/queries/count"), key: project.keys.read },
    { path: at("/queries/sum"), key: project.keys.read },
    { path: at("/queries/percentile"), key: project.keys.read },
    { path: at("/queries/select_unique"), key: project.keys.read },
    { path: at("/queries/multi_analysis"), key: project.keys.read },
    { path: at("/queries/extraction"), key: project.keys.read },
    { path: at("/queries/funnel"), key: project.keys.read },
    { path: at("/keys"), key: project.keys.master },
    { path: at(`/keys/${access.id}`), key: project.keys.master },
    { path: `/3.0/organizations/${project.organization.id}/projects`, key: project.organization.key },
  ];
};

/** Nothing but a JSON answer below 500 will do. */
function sound(answered, what) {
  assert.ok(answered.status < 500, `${what}: ${answered.status} ${answered.text}`);
  assert.ok(answered.body !== undefined, `${what}: not JSON: ${answered.text}`);
  assert.match(answered.headers.get("content-type"), /^application\/json/, what);
  if (answered.status < 300) return;
  assert.deepEqual(Object.keys(answered.body), ["message", "error_code"], what);
  assert.ok(answered.body.message.length < 1_000, `${what}: ${answered.body.message.length} characters`);
}

const bytes = (...list) => new Uint8Array(list.flatMap((part) => (typeof part === "string" ? [...Buffer.from(part)] : part)));

for (const [what, body] of Object.entries({
  "an empty body": "",
  blanks: " \n\t ",
  "an open object": "{",
  "an open string": '{"a":"',
  "a comma too many": '{"a":1,}',
  "two values": "{} {}",
  "single quotes": "{'a':1}",
  "a comment": '{"a":1}//',
  "a byte-order mark": "\ufeff{}",
  "bytes that are not UTF-8": bytes('{"a":"', [0xff, 0xfe], '"}'),
  "half of a character": bytes('{"a":"', [0xc3], '"}'),
  "a raw NUL": '{"a":"\0"}',
  "a raw line break in a string": '{"a":"\n"}',
  "nothing but NUL": "\0\0\0\0",
  "NaN": '{"a":NaN}',
  "a number beyond every double": '{"a":1e400}',
  "a whole number that a double would change": '{"a":9007199254740993}',
  "a whole number beyond 64 bits that a double would change": '{"a":123456789012345678901234567890}',
  "a leading zero": '{"a":01}',
  "a lone high surrogate": '{"a":"\\ud800"}',
  "a lone low surrogate": '{"a":"\\udc00"}',
  "a lone surrogate as a name": '{"\\ud800":1}',
  "surrogates the wrong way round": '{"a":"\\udc00\\ud800"}',
  "a name that stands twice": '{"a":1,"a":2}',
  "the same name in another spelling": '{"a":1,"\\u0061":2}',
  "a hundred thousand brackets": "[".repeat(100_000),
  "a hundred thousand closed brackets": "[".repeat(100_000) + "]".repeat(100_000),
  "two hundred thousand braces": '{"a":'.repeat(200_000),
})) {
  test(`${what}: every endpoint says 400 InvalidJSONError`, async () => {
    await Promise.all(endpoints().map(async ({ path, key }) => {
      const answered = await call(worker, "POST", path, { key, body });
      sound(answered, path);
      assert.deepEqual([answered.status, answered.body.error_code], [400, "InvalidJSONError"], `${path}: ${answered.text}`);
      assert.match(answered.body.message, /line \d+, column \d+/);
    }));
  });
}

test("a root of another type is refused by every endpoint", async () => {
  for (const body of ["null", "true", "3", '"text"', "[]", "[{}]"]) {
    await Promise.all(endpoints().map(async ({ path, key }) => {
      const answered = await call(worker, "POST", path, { key, body });
      sound(answered, path);
      assert.equal(answered.status, 400, `${path} ${body}: ${answered.text}`);
    }));
  }
});

const strange = {
  sql: "'; DROP TABLE event; --",
  quotes: "a\"b'c`d",
  backslashes: "\\ \\\\ \\u0041 \\",
  controls: "\u0001\u001f\u007f\u0085\u2028",
  beyond: "\u{1F600}\u{10FFFF}\uFFFF",
  composed: "e\u0301 é",
  rightToLeft: "\u202Eabc",
  json: '{"a":[1]}',
  path: "$[0]['a']#-1",
  percent: "%00%ff%s%n_%",
  blanks: "  \t\n ",
  prototype: "__proto__",
  number: "1e5",
  word: "null",
  long: "x".repeat(256),
};

for (const [what, text] of Object.entries(strange)) {
  test(`strange text is data, as a name and as a value: ${what}`, async () => {
    const name = text.trim() === "" ? "blanks" : text.replaceAll(".", "").replace(/^\$/, "");
    const sent = JSON.parse(`{${JSON.stringify(name)}:{${JSON.stringify(name)}:${JSON.stringify(text)}},"at":[${JSON.stringify(text)}]}`);
    const recorded = await project.call("POST", `/events/${what}`, { key: project.keys.write, body: JSON.stringify(sent) });
    assert.equal(recorded.status, 201, `${what}: ${recorded.text}`);
    const ask = async (analysis, more) => {
      const answered = await project.query(analysis, { event_collection: what, timeframe: always, ...more });
      assert.equal(answered.status, 200, `${what}: ${answered.text}`);
      return answered.body.result;
    };
    const property_name = `${name}.${name}`;
    const [{ keen, ...event }] = await ask("extraction");
    assert.equal(JSON.stringify(event), JSON.stringify(sent), what);
    assert.deepEqual(await ask("select_unique", { target_property: property_name }), [text], what);
    const [group] = await ask("count", { group_by: property_name });
    assert.deepEqual(JSON.stringify(group), JSON.stringify({ [property_name]: text, result: 1 }), what);
    const conditions = [
      ["eq", text, 1],
      ["ne", text, 0],
      ["in", [text], 1],
      ["contains", [...text].slice(0, 2).join(""), 1],
      ["gte", text, 1],
      ["gt", text, 0],
      ["eq", `${text}x`, 0],
    ];
    await Promise.all(conditions.map(async ([operator, property_value, expected]) => {
      const filters = [{ property_name, operator, property_value }];
      assert.equal(await ask("count", { filters }), expected, `${what}: ${operator} ${property_value}`);
    }));
    const inList = [{ property_name: "at", operator: "eq", property_value: text }];
    assert.equal(await ask("count", { filters: inList }), 1, `${what}: in a list`);
  });
}

test("a NUL in a value is stored, read back, told from its beginning, grouped and filtered", async () => {
  const texts = ["a\0b", "a\0c", "a", "\0"];
  await project.record({ nul: texts.map((text) => ({ text, list: [text] })) });
  const ask = async (analysis, more) => {
    const answered = await project.query(analysis, { event_collection: "nul", timeframe: always, ...more });
    assert.equal(answered.status, 200, answered.text);
    return answered.body.result;
  };
  assert.deepEqual((await ask("extraction")).map(({ text }) => text).sort(), [...texts].sort());
  assert.deepEqual(await ask("select_unique", { target_property: "text" }), [...texts].sort());
  assert.equal(await ask("count_unique", { target_property: "text" }), 4);
  assert.deepEqual(await ask("count", { group_by: "text" }), [...texts].sort().map((text) => ({ text, result: 1 })));
  for (const text of texts) {
    for (const [property_name, operator, property_value] of [
      ["text", "eq", text],
      ["text", "in", [text]],
      ["list", "eq", text],
      ["list", "contains", text],
    ]) {
      const filters = [{ property_name, operator, property_value }];
      assert.equal(await ask("count", { filters }), 1, JSON.stringify(filters));
    }
  }
  const holding = [{ property_name: "text", operator: "contains", property_value: "\0" }];
  assert.equal(await ask("count", { filters: holding }), 3);
  const above = [{ property_name: "text", operator: "gt", property_value: "a\0b" }];
  assert.equal(await ask("count", { filters: above }), 1);
  const matching = [{ property_name: "text", operator: "regex", property_value: "^a.[bc]$" }];
  assert.equal(await ask("count", { filters: matching }), 2);
});

test("names with which JavaScript trips are properties like others", async () => {
  const text = '{"__proto__":{"polluted":1},"constructor":2,"toString":3,"hasOwnProperty":4,"length":5}';
  await project.call("POST", "/events/javascript", { key: project.keys.write, body: text });
  const answered = await project.query("extraction", { event_collection: "javascript", timeframe: always });
  assert.ok(answered.text.includes(text.slice(1, -1)), answered.text);
  const sum = { event_collection: "javascript", timeframe: always, target_property: "__proto__.polluted" };
  assert.deepEqual((await project.query("sum", sum)).body, { result: 1 });
});

test("numbers at the edges of a double come back as the same doubles", async () => {
  const numbers = [
    0, -1, 0.1, -1e-7, 1e21, 1e22, 5e-324, -2.2250738585072014e-308, 1.7976931348623157e308, 9007199254740991,
    -9007199254740991, 9007199254740992, 1152921504606846976, 0.30000000000000004, 123456789.123456789,
  ];
  await project.record({ numbers: numbers.map((number, at) => ({ at, number })) });
  const asked = { event_collection: "numbers", timeframe: always };
  const read = (await project.query("extraction", asked)).body.result;
  assert.deepEqual(read.sort((one, other) => one.at - other.at).map(({ number }) => number), numbers);
  for (const number of numbers) {
    const filters = [{ property_name: "number", operator: "eq", property_value: number }];
    assert.deepEqual((await project.query("count", { ...asked, filters })).body, { result: 1 }, String(number));
  }
  for (const [analysis, target_property] of [["sum", "number"], ["average", "number"], ["standard_deviation", "number"]]) {
    sound(await project.query(analysis, { ...asked, target_property }), analysis);
  }
});

test("a sum beyond every double is null, not a fault", async () => {
  await project.record({ huge: [{ n: 1.7e308 }, { n: 1.7e308 }] });
  const asked = { event_collection: "huge", timeframe: always, target_property: "n" };
  for (const analysis of ["sum", "average", "standard_deviation"]) {
    const answered = await project.query(analysis, asked);
    assert.equal(answered.status, 200, `${analysis}: ${answered.text}`);
    assert.ok(answered.body.result === null || Number.isFinite(answered.body.result), answered.text);
  }
});

test("values of the wrong type anywhere in a query are refused with their place", async () => {
  const good = {
    event_collection: "c", timeframe: { start: "2020-01-01", end: "2026-01-01" }, timezone: "UTC", target_property: "a", percentile: 50, interval: "yearly",
    group_by: ["g"], filters: [{ property_name: "a", operator: "eq", property_value: 1 }], order_by: "result", limit: 1,
    zero_fill: true, include_metadata: false, analyses: { l: { analysis_type: "count" } }, property_names: ["a"],
    latest: 1, steps: [{ event_collection: "c", actor_property: "a", timeframe: always }],
  };
  const wrong = { boolean: true, number: -1.5, text: "\0", list: [[]], object: { x: {} } };
  const analysesOf = { percentile: ["percentile"], analyses: ["multi_analysis"], property_names: ["extraction"], latest: ["extraction"], steps: ["funnel"] };
  const allowed = new Set(["zero_fill boolean", "include_metadata boolean"]);
  for (const [name, value] of Object.entries(good)) {
    for (const [type, replaced] of Object.entries(wrong)) {
      if (allowed.has(`${name} ${type}`)) continue;
      for (const analysis of analysesOf[name] ?? ["sum"]) {
        const answered = await project.query(analysis, { ...good, [name]: replaced });
        const what = `${analysis} ${name}: ${JSON.stringify(replaced)} instead of ${JSON.stringify(value)}`;
        sound(answered, what);
        assert.equal(answered.status, 400, `${what}: ${answered.text}`);
        assert.match(answered.body.message, new RegExp(`/${name}`), what);
      }
    }
  }
});

const many = (length, make) => Array.from({ length }, (_, at) => make(at));
const equals = (at) => ({ property_name: `p${at}`, operator: "eq", property_value: at });
const inside = (levels) => many(levels - 1, () => 0).reduce((within) => ({ operator: "or", operands: [within] }), equals(0));

for (const { name, query, analysis = "count", status, code, message } of [
  { name: "200 filters", query: { filters: many(200, equals) }, status: 200 },
  { name: "201 filters", query: { filters: many(201, equals) }, status: 400, code: "FilterDefinitionError", message: /201 filters.*200/ },
  { name: "filters 16 deep", query: { filters: [inside(16)] }, status: 200 },
  { name: "filters 17 deep", query: { filters: [inside(17)] }, status: 400, code: "FilterDefinitionError", message: /17 levels.*16/ },
  { name: "10,000 values in a list", query: { filters: [{ property_name: "a", operator: "in", property_value: many(10_000, Number) }] }, status: 200 },
  { name: "10,001 values in a list", query: { filters: [{ property_name: "a", operator: "in", property_value: many(10_001, Number) }] }, status: 400, code: "FilterDefinitionError", message: /10001 values.*10000/ },
  { name: "5 regexes", query: { filters: many(5, () => ({ property_name: "a", operator: "regex", property_value: "x" })) }, status: 200 },
  { name: "6 regexes", query: { filters: many(6, () => ({ property_name: "a", operator: "regex", property_value: "x" })) }, status: 400, code: "FilterDefinitionError", message: /6 regex filters.*5/ },
  { name: "a regex of 1,001 bytes", query: { filters: [{ property_name: "a", operator: "regex", property_value: "x".repeat(1_001) }] }, status: 400, code: "FilterDefinitionError", message: /1001 bytes.*1000/ },
  { name: "a regex that would grow without end", query: { filters: [{ property_name: "a", operator: "regex", property_value: "(x{1000}){1000}" }] }, status: 400, code: "FilterDefinitionError", message: /size limit/ },
  { name: "9,000 intervals", query: { interval: "minutely", timeframe: { start: "2026-01-01T00:00:00Z", end: "2026-01-07T06:00:00Z" } }, status: 200 },
  { name: "9,001 intervals", query: { interval: "minutely", timeframe: { start: "2026-01-01T00:00:00Z", end: "2026-01-07T06:01:00Z" } }, status: 400, code: "IntervalDefinitionError", message: /9001 intervals.*9000/ },
  { name: "all minutes there are", query: { interval: "minutely", timeframe: always }, status: 400, code: "IntervalDefinitionError", message: /9000/ },
  { name: "16 groups", query: { group_by: many(16, (at) => `g${at}`) }, status: 200 },
  { name: "17 groups", query: { group_by: many(17, (at) => `g${at}`) }, status: 400, code: "GroupByDefinitionError", message: /17.*16/ },
  { name: "50 analyses", analysis: "multi_analysis", query: { analyses: Object.fromEntries(many(50, (at) => [`l${at}`, { analysis_type: "sum", target_property: `p${at}` }])) }, status: 200 },
  { name: "51 analyses", analysis: "multi_analysis", query: { analyses: Object.fromEntries(many(51, (at) => [`l${at}`, { analysis_type: "count" }])) }, status: 400, code: "AnalysisDefinitionError", message: /51 analyses.*50/ },
  { name: "20 steps", analysis: "funnel", query: { steps: many(20, (at) => ({ event_collection: `c${at}`, actor_property: "a", with_actors: true })) }, status: 200 },
  { name: "21 steps", analysis: "funnel", query: { steps: many(21, (at) => ({ event_collection: `c${at}`, actor_property: "a" })) }, status: 400, code: "FunnelDefinitionError", message: /21 steps.*20/ },
]) {
  test(`a query with ${name} is ${status === 200 ? "answered" : "refused, with the limit and what was found"}`, async () => {
    const answered = await project.query(analysis, { event_collection: "c", timeframe: always, ...query });
    sound(answered, name);
    assert.equal(answered.status, status, answered.text.slice(0, 300));
    if (status === 200) return;
    assert.equal(answered.body.error_code, code);
    assert.match(answered.body.message, message);
  });
}

test("200 filters of any operator are answered, and a question beyond what a statement holds is refused with the limit", async () => {
  const circle = { coordinates: [21, 52], max_distance_miles: 1 };
  const operands = { eq: 1, ne: 1, lt: 1, gte: "a", exists: false, in: [1, 2], contains: "a", not_contains: "a", within: circle };
  for (const [operator, property_value] of Object.entries(operands)) {
    const filters = many(200, (at) => ({ property_name: `p${at}.${"x".repeat(40)}`, operator, property_value }));
    answered(await project.query("count", { event_collection: "c", timeframe: always, filters }), operator);
    const steps = many(20, () => ({ event_collection: "c", actor_property: "a", filters }));
    answered(await project.query("funnel", { timeframe: always, steps }), `${operator} in a funnel`);
  }
  const pairs = many(66, (at) => ({ operator: "or", operands: many(2, (or) => ({ property_name: `p${at}`, operator: "within", property_value: { ...circle, max_distance_miles: or } })) }));
  tooComplex(await project.query("count", { event_collection: "c", timeframe: always, filters: pairs }), "pairs of circles");
  const long = [{ property_name: "a", operator: "in", property_value: many(10_000, (at) => `${at}${"x".repeat(900)}`) }];
  tooComplex(await project.query("count", { event_collection: "c", timeframe: always, filters: long }), "a long list");
  const ranges = many(100, (at) => ({ from: at, to: at + 1 }));
  const group_by = many(16, (at) => ({ property_name: `g${at}`, ranges }));
  answered(await project.query("count", { event_collection: "c", timeframe: always, group_by }), "many ranges");
  const { key } = await project.key({ name: "wide", permitted: ["queries"], options: { queries: { filters: many(200, equals) } } });
  answered(await project.query("count", { event_collection: "c", timeframe: always, filters: many(200, (at) => equals(at + 200)) }, key), "a key's filters too");
  const made = await project.call("POST", "/keys", { key: project.keys.master, body: { name: "heavy", permitted: ["queries"], options: { queries: { filters: pairs } } } });
  assert.deepEqual([made.status, made.body.error_code], [400, "AccessKeyDefinitionError"]);
  assert.match(made.body.message, /\/options\/queries\/filters.*instructions.*2,?500/);
});

function answered(reply, what) {
  sound(reply, what);
  assert.equal(reply.status, 200, `${what}: ${reply.text.slice(0, 300)}`);
}

function tooComplex(reply, what) {
  sound(reply, what);
  assert.deepEqual([reply.status, reply.body.error_code], [400, "QueryTooComplexError"], what);
  assert.match(reply.body.message, /21500 instructions.*1500000 bytes/, what);
}

test("broken parameters of a GET query are refused, each with its name", async () => {
  for (const [parameters, code] of [
    ["event_collection=%ff&timeframe=today", "InvalidRequestError"],
    ["event_collection=c&timeframe=%zz", "TimeframeDefinitionError"],
    ["event_collection=c&timeframe={", "InvalidJSONError"],
    ["event_collection=c&timeframe=today&filters=[", "InvalidJSONError"],
    ["event_collection=c&timeframe=today&filters=" + "[".repeat(5_000), "InvalidJSONError"],
    ["event_collection=c&timeframe=today&limit=abc&group_by=a", "InvalidJSONError"],
    ["event_collection=c&event_collection=d&timeframe=today", "InvalidRequestError"],
    ["event_collection=a%00b&timeframe=today", "InvalidCollectionNameError"],
    ["event_collection=c&timeframe=today&timeframe[start]=2026", "TimeframeDefinitionError"],
    ["&&&=&==&timeframe", "MissingRequiredRequestFieldError"],
    ["", "MissingRequiredRequestFieldError"],
  ]) {
    const answered = await project.call("GET", `/queries/count?${parameters}`, { key: project.keys.read });
    sound(answered, parameters.slice(0, 80));
    assert.deepEqual([answered.status, answered.body.error_code], [400, code], `${parameters.slice(0, 80)}: ${answered.text}`);
  }
});

/** Mulberry32: the same bodies on every run. */
function chance(seed) {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const WORDS = [
  "a", "keen", "keen.timestamp", "customer.id", "timeframe", "event_collection", "filters", "property_name", "operator",
  "property_value", "or", "operands", "eq", "in", "within", "regex", "coordinates", "steps", "actor_property", "analyses",
  "analysis_type", "group_by", "ranges", "buckets", "size", "offset", "from", "to", "order_by", "limit", "percentile",
  "name", "permitted", "options", "queries", "writes", "autofill", "window", "oldest", "only", "except", "P1D", "today",
  "this_7_days", "previous_0_days", "every_0_days", "daily", "Europe/Warsaw", "2026-01-01T00:00:00Z", "2026-13-01",
  "__proto__", "", " ", "\0", "'", "$", "$a", "a.b", "a..b", "ż".repeat(300), "uniqueness_token", "timestamp", "sum",
  "count", "median", "interval", "timezone", "latest", "property_names", "is_active", "expires_at", "scope_property",
];
const NUMBERS = [0, -1, 1, 0.5, 1e308, -1e308, 5e-324, 2 ** 53, 1e21, 86400, 253402300800000, -62135596800001];

function anything(pick, depth) {
  const kind = pick(depth > 0 ? 9 : 5);
  if (kind === 0) return null;
  if (kind === 1) return pick(2) === 0;
  if (kind === 2) return NUMBERS[pick(NUMBERS.length)];
  if (kind <= 4) return WORDS[pick(WORDS.length)];
  if (kind <= 6) return many(pick(4), () => anything(pick, depth - 1));
  return object(pick, depth);
}

function object(pick, depth) {
  return Object.fromEntries(many(pick(7), () => [WORDS[pick(WORDS.length)], anything(pick, depth - 1)]));
}

/** A body that is right but for one value somewhere, which gets deeper than one that is wrong all over. */
function nearly(pick) {
  const value = {
    event_collection: "c", timeframe: "this_7_days", timezone: "Europe/Warsaw", target_property: "a", percentile: 50,
    interval: "daily", group_by: ["a", { property_name: "n", ranges: [{ from: 1, to: 2 }] }], limit: 5, latest: 5,
    filters: [{ operator: "or", operands: [{ property_name: "a", operator: "in", property_value: [1, null, "x"] }] }],
    order_by: [{ property_name: "a", direction: "DESC" }], property_names: ["a", "keen.id"],
    analyses: { l: { analysis_type: "median", target_property: "a" } },
    steps: [{ event_collection: "c", actor_property: "a", with_actors: true }, { event_collection: "c", actor_property: "keen.id", inverted: true }],
    name: "fuzz", permitted: ["queries", "writes"],
    options: { queries: { filters: [], timeframe: { oldest: "P90D", mode: "deny" }, properties: { only: ["a"] } }, writes: { autofill: { a: 1 } } },
  };
  for (let changes = 1 + pick(3); changes > 0; changes -= 1) change(value, pick);
  return value;
}

function change(value, pick) {
  const names = Object.keys(value);
  if (names.length === 0) return;
  const name = names[pick(names.length)];
  if (typeof value[name] === "object" && value[name] !== null && pick(3) > 0) change(value[name], pick);
  else value[name] = anything(pick, 3);
}

/** The text with some of its bytes replaced, doubled or cut. */
function damaged(text, pick) {
  const buffer = [...Buffer.from(text)];
  for (let times = pick(4); times > 0 && buffer.length > 0; times -= 1) {
    const at = pick(buffer.length);
    if (pick(3) === 0) buffer.splice(at);
    else if (pick(2) === 0) buffer.splice(at, 1);
    else buffer[at] = pick(256);
  }
  return new Uint8Array(buffer);
}

test("random bodies to every endpoint are answered in JSON below 500", async () => {
  const pick = chance(20260301);
  const statuses = new Set();
  for (let round = 0; round < 40; round += 1) {
    const requests = endpoints().map(({ path, key }) => {
      const text = JSON.stringify([anything, object, nearly, nearly][pick(4)](pick, 5));
      return { path, key, text, body: pick(4) === 0 ? damaged(text, pick) : text };
    });
    await Promise.all(requests.map(async ({ path, key, text, body }) => {
      const answered = await call(worker, "POST", path, { key, body });
      sound(answered, `round ${round}: ${path} ${text}`);
      statuses.add(answered.status);
    }));
  }
  assert.deepEqual([...statuses].sort(), [200, 201, 400]);
});

test("after all this the Worker has logged no crash and answers", async () => {
  const complaints = worker.logs().filter(({ message }) => /crash|panic|did not end/i.test(String(message)));
  assert.deepEqual(complaints, []);
  assert.deepEqual((await call(worker, "GET", "/health")).body, { status: "ok" });
});
