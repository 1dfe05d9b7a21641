// Is every analysis answered in Keen's shapes, however the question is written?

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startWorker } from "../support/harness.mjs";
import { always, makeProject } from "../support/project.mjs";

let worker;
let project;

// Two months, two pages, one event without either page or price.
const events = [
  ["2026-01-10T10:00:00Z", { page: "/a", price: 10, user: { id: "u1" }, tags: ["x", "y"] }],
  ["2026-01-10T23:30:00Z", { page: "/b", price: 20, user: { id: "u2" }, tags: [] }],
  ["2026-01-31T23:30:00Z", { page: "/a", price: "10", user: { id: "u1" }, ok: true }],
  ["2026-02-01T00:00:00Z", { page: "/a", price: 30, user: { id: "u3" }, ok: false }],
  ["2026-02-28T12:00:00Z", { user: { id: "u2" } }],
].map(([timestamp, event]) => ({ ...event, keen: { timestamp } }));
const bought = [["2026-02-02T00:00:00Z", "u1"], ["2026-02-03T00:00:00Z", "u3"], ["2026-02-04T00:00:00Z", "u9"]];

const both = { start: "2026-01-01T00:00:00Z", end: "2026-03-01T00:00:00Z" };
const months = [
  { start: "2026-01-01T00:00:00.000Z", end: "2026-02-01T00:00:00.000Z" },
  { start: "2026-02-01T00:00:00.000Z", end: "2026-03-01T00:00:00.000Z" },
];

before(async () => {
  worker = await startWorker();
  project = await makeProject(worker);
  const purchases = bought.map(([timestamp, id]) => ({ user: { id }, keen: { timestamp } }));
  // Warsaw, Cracow (157 miles away) and Berlin (321).
  const places = [[21.01, 52.23], [19.94, 50.06], [13.41, 52.52]].map((coordinates) => ({ keen: { timestamp: "2026-01-01", location: { coordinates } } }));
  await project.record({ views: events, purchases, places: [...places, { keen: { timestamp: "2026-01-01" } }] });
});

after(() => worker?.close());

const ask = (analysis, more = {}) => project.query(analysis, { event_collection: "views", timeframe: both, ...more });
const get = (analysis, parameters) => project.call("GET", `/queries/${analysis}?${parameters}`, { key: project.keys.read });

/** A series over the two months. */
const monthly = (...values) => values.map((value, at) => ({ value, timeframe: months[at] }));
const price = { target_property: "price" };

for (const { name, analysis = "count", asked = {}, result } of [
  { name: "a count", result: 5 },
  { name: "count_unique of a property", analysis: "count_unique", asked: { target_property: "user.id" }, result: 3 },
  { name: "count_unique tells 10 from \"10\"", analysis: "count_unique", asked: price, result: 4 },
  { name: "a sum over numbers only", analysis: "sum", asked: price, result: 60 },
  { name: "an average over numbers only", analysis: "average", asked: price, result: 20 },
  { name: "a minimum", analysis: "minimum", asked: price, result: 10 },
  { name: "a maximum", analysis: "maximum", asked: price, result: 30 },
  { name: "a median by nearest rank", analysis: "median", asked: { ...price, timeframe: { ...both, end: "2026-02-01T00:00:00Z" } }, result: 10 },
  { name: "a percentile by nearest rank", analysis: "percentile", asked: { ...price, percentile: 66.67 }, result: 30 },
  { name: "the percentile below", analysis: "percentile", asked: { ...price, percentile: 66.66 }, result: 20 },
  { name: "a standard deviation of the population", analysis: "standard_deviation", asked: price, result: Math.sqrt(200 / 3) },
  { name: "the distinct values, ascending", analysis: "select_unique", asked: price, result: [10, 20, 30, "10"] },
  { name: "whole lists as values", analysis: "select_unique", asked: { target_property: "tags" }, result: [[], ["x", "y"]] },
  { name: "several analyses", analysis: "multi_analysis",
    asked: { analyses: { n: { analysis_type: "count" }, "total price": { analysis_type: "sum", ...price }, who: { analysis_type: "select_unique", target_property: "user.id" } } },
    result: { n: 5, "total price": 60, who: ["u1", "u2", "u3"] } },

  { name: "groups ascending, null last", asked: { group_by: "page" },
    result: [{ page: "/a", result: 3 }, { page: "/b", result: 1 }, { page: null, result: 1 }] },
  { name: "groups keep their types", asked: { group_by: "price" },
    result: [{ price: 10, result: 1 }, { price: 20, result: 1 }, { price: 30, result: 1 }, { price: "10", result: 1 }, { price: null, result: 1 }] },
  { name: "groups by booleans", asked: { group_by: ["ok"] },
    result: [{ ok: false, result: 1 }, { ok: true, result: 1 }, { ok: null, result: 3 }] },
  { name: "two groups under flat dotted names", analysis: "sum", asked: { ...price, group_by: ["user.id", "page"] },
    result: [
      { "user.id": "u1", page: "/a", result: 10 }, { "user.id": "u2", page: "/b", result: 20 },
      { "user.id": "u2", page: null, result: 0 }, { "user.id": "u3", page: "/a", result: 30 },
    ] },
  { name: "groups whose analysis has nothing to work on", analysis: "average", asked: { ...price, group_by: "user.id" },
    result: [{ "user.id": "u1", result: 10 }, { "user.id": "u2", result: 20 }, { "user.id": "u3", result: 30 }] },
  { name: "groups of distinct values", analysis: "select_unique", asked: { target_property: "user.id", group_by: "page" },
    result: [{ page: "/a", result: ["u1", "u3"] }, { page: "/b", result: ["u2"] }, { page: null, result: ["u2"] }] },
  { name: "groups of several analyses, without `result`", analysis: "multi_analysis",
    asked: { group_by: "page", analyses: { n: { analysis_type: "count" }, m: { analysis_type: "median", ...price } } },
    result: [{ page: "/a", n: 3, m: 10 }, { page: "/b", n: 1, m: 20 }, { page: null, n: 1, m: null }] },
  { name: "classes of equal width", asked: { group_by: { property_name: "price", buckets: { size: 15, offset: 5 } } },
    result: [{ price: "5 - 20", result: 1 }, { price: "20 - 35", result: 2 }, { price: null, result: 2 }] },
  { name: "ranges with open ends", asked: { group_by: [{ property_name: "price", ranges: [{ to: 20 }, { from: 20 }] }] },
    result: [{ price: "< 20", result: 1 }, { price: ">= 20", result: 2 }, { price: null, result: 2 }] },

  { name: "a series", asked: { interval: "monthly" }, result: monthly(3, 2) },
  { name: "a series of distinct values", analysis: "select_unique", asked: { target_property: "page", interval: "monthly" },
    result: monthly(["/a", "/b"], ["/a"]) },
  { name: "a series of several analyses", analysis: "multi_analysis",
    asked: { interval: "monthly", analyses: { n: { analysis_type: "count" }, p: { analysis_type: "percentile", ...price, percentile: 100 } } },
    result: monthly({ n: 3, p: 20 }, { n: 2, p: 30 }) },
  { name: "a series of groups, every group in every interval", asked: { interval: "monthly", group_by: "page" },
    result: monthly(
      [{ page: "/a", result: 2 }, { page: "/b", result: 1 }, { page: null, result: 0 }],
      [{ page: "/a", result: 1 }, { page: "/b", result: 0 }, { page: null, result: 1 }],
    ) },
  { name: "a series of groups without zero fill", asked: { interval: "monthly", group_by: "page", zero_fill: false },
    result: monthly([{ page: "/a", result: 2 }, { page: "/b", result: 1 }], [{ page: "/a", result: 1 }, { page: null, result: 1 }]) },
  { name: "what stands for nothing is null for a maximum", analysis: "maximum", asked: { ...price, interval: "monthly", group_by: "page" },
    result: monthly(
      [{ page: "/a", result: 10 }, { page: "/b", result: 20 }, { page: null, result: null }],
      [{ page: "/a", result: 30 }, { page: "/b", result: null }, { page: null, result: null }],
    ) },
  { name: "empty intervals without groups", analysis: "average", asked: { ...price, interval: "monthly", timeframe: { ...both, end: "2026-05-01T00:00:00Z" } },
    result: [
      ...monthly(15, 30),
      { value: null, timeframe: { start: "2026-03-01T00:00:00.000Z", end: "2026-04-01T00:00:00.000Z" } },
      { value: null, timeframe: { start: "2026-04-01T00:00:00.000Z", end: "2026-05-01T00:00:00.000Z" } },
    ] },
  { name: "months of a zone, bounds in UTC, clipped to the timeframe", asked: { interval: "monthly", timezone: "Europe/Warsaw" },
    result: [
      { value: 2, timeframe: { start: "2026-01-01T00:00:00.000Z", end: "2026-01-31T23:00:00.000Z" } },
      { value: 3, timeframe: { start: "2026-01-31T23:00:00.000Z", end: "2026-02-28T23:00:00.000Z" } },
      { value: 0, timeframe: { start: "2026-02-28T23:00:00.000Z", end: "2026-03-01T00:00:00.000Z" } },
    ] },
  { name: "days of a fixed offset", asked: { interval: "daily", timezone: 3600, timeframe: { start: "2026-01-10T23:00:00Z", end: "2026-01-11T23:00:00Z" } },
    result: [{ value: 1, timeframe: { start: "2026-01-10T23:00:00.000Z", end: "2026-01-11T23:00:00.000Z" } }] },

  { name: "the largest groups first", asked: { group_by: "page", order_by: { property_name: "result", direction: "DESC" }, limit: 1 },
    result: [{ page: "/a", result: 3 }] },
  { name: "an order by name alone", asked: { group_by: "page", order_by: "result" },
    result: [{ page: "/b", result: 1 }, { page: null, result: 1 }, { page: "/a", result: 3 }] },
  { name: "two orders", asked: { group_by: "page", order_by: [{ property_name: "result" }, { property_name: "page", direction: "DESC" }] },
    result: [{ page: null, result: 1 }, { page: "/b", result: 1 }, { page: "/a", result: 3 }] },
  { name: "an order by an analysis' label", analysis: "multi_analysis",
    asked: { group_by: "page", analyses: { m: { analysis_type: "maximum", ...price } }, order_by: [{ property_name: "m", direction: "DESC" }], limit: 2,
      filters: [{ property_name: "page", operator: "exists", property_value: true }] },
    result: [{ page: "/a", m: 30 }, { page: "/b", m: 20 }] },
  { name: "a limit in every interval", asked: { interval: "monthly", group_by: "page", order_by: { property_name: "result", direction: "DESC" }, limit: 1 },
    result: monthly([{ page: "/a", result: 2 }], [{ page: "/a", result: 1 }]) },

  { name: "filters that must all hold", asked: { filters: [{ property_name: "page", operator: "eq", property_value: "/a" }, { property_name: "price", operator: "gt", property_value: 10 }] }, result: 1 },
  { name: "an or", asked: { filters: [{ operator: "or", operands: [{ property_name: "page", operator: "eq", property_value: "/b" }, { property_name: "price", operator: "eq", property_value: 30 }] }] }, result: 2 },
  { name: "an or of nothing, which nothing passes", asked: { filters: [{ operator: "or", operands: [] }] }, result: 0 },
  { name: "no coercion: the text \"10\" is not 10", asked: { filters: [{ property_name: "price", operator: "eq", property_value: "10" }] }, result: 1 },
  { name: "a missing property is not equal", asked: { filters: [{ property_name: "page", operator: "ne", property_value: "/a" }] }, result: 2 },
  { name: "a list that holds the value", asked: { filters: [{ property_name: "tags", operator: "contains", property_value: "x" }] }, result: 1 },
  { name: "part of a text, case by case", asked: { filters: [{ property_name: "page", operator: "contains", property_value: "/A" }] }, result: 0 },
  { name: "a regular expression", asked: { filters: [{ property_name: "user.id", operator: "regex", property_value: "^u[13]$" }] }, result: 3 },
  { name: "places within a distance", asked: { event_collection: "places", filters: [{ property_name: "keen.location.coordinates", operator: "within", property_value: { coordinates: [21.01, 52.23], max_distance_miles: 160 } }] }, result: 2 },
  { name: "times compared as times", asked: { filters: [{ property_name: "keen.timestamp", operator: "gte", property_value: "2026-02-01T01:00:00+01:00" }] }, result: 2 },
  { name: "a timeframe's end is not in it", asked: { timeframe: { start: "2026-01-10T10:00:00Z", end: "2026-02-01T00:00:00Z" } }, result: 3 },

  { name: "a collection nobody recorded into", asked: { event_collection: "nothing" }, result: 0 },
  { name: "the average of nothing", analysis: "average", asked: { event_collection: "nothing", ...price }, result: null },
  { name: "the distinct values of nothing", analysis: "select_unique", asked: { event_collection: "nothing", ...price }, result: [] },
  { name: "the groups of nothing", asked: { event_collection: "nothing", group_by: "page" }, result: [] },
  { name: "a property nobody sent", analysis: "sum", asked: { target_property: "never.sent" }, result: 0 },
  { name: "nulls where Keen's clients send them", asked: { group_by: null, interval: null, filters: null, timezone: null, limit: null }, result: 5 },
  { name: "fields that mean nothing", asked: { analysis_type: "count", max_age: 300, refresh_rate: 0, anything: {} }, result: 5 },
]) {
  test(`answered: ${name}`, async () => {
    const answered = await ask(analysis, asked);
    assert.equal(answered.status, 200, answered.text);
    assert.deepEqual(answered.body, { result });
  });
}

test("an extraction gives whole events, the oldest first, or only what was asked for", async () => {
  const whole = (await ask("extraction")).body.result;
  assert.deepEqual(whole.map(({ keen }) => keen.timestamp), events.map(({ keen }) => new Date(keen.timestamp).toISOString()));
  assert.deepEqual(whole.map(({ keen, ...event }) => event), events.map(({ keen, ...event }) => event));
  const latest = (await ask("extraction", { latest: 2, property_names: "user.id" })).body.result;
  assert.deepEqual(latest, [{ user: { id: "u2" } }, { user: { id: "u3" } }]);
  const some = (await ask("extraction", { latest: 1, property_names: ["keen.timestamp", "page"] })).body.result;
  assert.deepEqual(some, [{ keen: { timestamp: "2026-02-28T12:00:00.000Z" } }]);
});

test("a funnel is flat, with its steps repeated and the actors where wanted", async () => {
  const steps = [
    { event_collection: "views", actor_property: "user.id", with_actors: true },
    { event_collection: "views", actor_property: "user.id", optional: true, filters: [{ property_name: "page", operator: "eq", property_value: "/b" }] },
    { event_collection: "purchases", actor_property: "user.id", timeframe: always, timezone: "UTC" },
    { event_collection: "purchases", actor_property: "user.id", inverted: true, with_actors: true, filters: [{ property_name: "user.id", operator: "eq", property_value: "u1" }] },
  ];
  const answered = await project.query("funnel", { steps, timeframe: both });
  const filled = { filters: [], timezone: null, timeframe: both, with_actors: false, inverted: false, optional: false };
  assert.deepEqual(answered.body, {
    result: [3, 1, 2, 1],
    actors: [["u1", "u2", "u3"], null, null, ["u3"]],
    steps: steps.map((step) => ({ ...filled, ...step })),
  });
  const plain = await project.query("funnel", { steps: [{ ...steps[0], with_actors: false, filters: null }], timeframe: both });
  assert.deepEqual(plain.body, { result: [3], steps: [{ ...filled, event_collection: "views", actor_property: "user.id" }] });
});

test("include_metadata says what was read", async () => {
  const answered = await ask("sum", { ...price, group_by: "page", include_metadata: true });
  const { execution_metadata: metadata } = answered.body;
  assert.deepEqual(Object.keys(metadata), ["total_processing_time", "events_scanned", "properties_per_event", "total_properties_scanned"]);
  assert.equal(metadata.properties_per_event, 3);
  assert.ok(metadata.events_scanned >= events.length);
  assert.equal(metadata.total_properties_scanned, 3 * metadata.events_scanned);
});

const encoded = (value) => encodeURIComponent(JSON.stringify(value));
const base = `event_collection=views&timeframe=${encoded(both)}`;
const filter = [{ property_name: "page", operator: "eq", property_value: "/a" }];

for (const { name, analysis = "count", parameters, result } of [
  { name: "an absolute timeframe as JSON", parameters: base, result: 5 },
  { name: "a bracketed timeframe", parameters: `event_collection=views&timeframe[start]=${both.start}&timeframe%5Bend%5D=${both.end}`, result: 5 },
  { name: "a relative timeframe", parameters: "event_collection=views&timeframe=this_200_years", result: 5 },
  { name: "a relative timeframe in JSON quotes", parameters: "event_collection=views&timeframe=%22this_200_years%22&timezone=%22US%2FPacific%22", result: 5 },
  { name: "an absolute timeframe as a JSON string of JSON", parameters: `event_collection=views&timeframe=${encoded(JSON.stringify(both))}`, result: 5 },
  { name: "empty pairs, as Keen's own client sends them", parameters: `&&${base}&&api_key=x&`, result: 5 },
  { name: "blanks as +", parameters: `${base}&filters=${encoded(filter).replaceAll("%22%2C", "%22,+")}`, result: 3 },
  { name: "JSON of every parameter", parameters: `${base}&filters=${encoded(filter)}&interval=monthly&zero_fill=false&timezone=0`, result: monthly(2, 1) },
  { name: "a bare group_by", parameters: `${base}&group_by=page&order_by=result&limit=1`, result: [{ page: "/b", result: 1 }] },
  { name: "lists as JSON", parameters: `${base}&group_by=${encoded(["page"])}&order_by=${encoded([{ property_name: "result", direction: "DESC" }])}&limit=1&max_age=60`, result: [{ page: "/a", result: 3 }] },
  { name: "a percentile", analysis: "percentile", parameters: `${base}&target_property=price&percentile=99.9`, result: 30 },
  { name: "several analyses", analysis: "multi_analysis", parameters: `${base}&analyses=${encoded({ t: { analysis_type: "count" } })}`, result: { t: 5 } },
  { name: "an extraction", analysis: "extraction", parameters: `${base}&latest=1&property_names=user.id`, result: [{ user: { id: "u2" } }] },
  { name: "an extraction with a list", analysis: "extraction", parameters: `${base}&latest=1&property_names=${encoded(["user.id"])}`, result: [{ user: { id: "u2" } }] },
  { name: "a funnel", analysis: "funnel", parameters: `timeframe=${encoded(both)}&steps=${encoded([{ event_collection: "views", actor_property: "user.id" }])}`, result: [3] },
]) {
  test(`a GET query means the same: ${name}`, async () => {
    const answered = await get(analysis, parameters);
    assert.equal(answered.status, 200, answered.text);
    assert.deepEqual(answered.body.result, result);
  });
}

for (const [name, analysis, asked, code] of [
  ["no collection", "count", { event_collection: undefined }, "MissingRequiredRequestFieldError"],
  ["no timeframe", "count", { timeframe: undefined }, "MissingRequiredRequestFieldError"],
  ["no target", "sum", {}, "MissingRequiredRequestFieldError"],
  ["no percentile", "percentile", price, "MissingRequiredRequestFieldError"],
  ["no analyses", "multi_analysis", {}, "MissingRequiredRequestFieldError"],
  ["no steps", "funnel", {}, "MissingRequiredRequestFieldError"],
  ["an unknown analysis", "mode", {}, "AnalysisDefinitionError"],
  ["a funnel within several analyses", "multi_analysis", { analyses: { f: { analysis_type: "funnel" } } }, "AnalysisDefinitionError"],
  ["a forbidden collection", "count", { event_collection: "$x" }, "InvalidCollectionNameError"],
  ["a forbidden property", "sum", { target_property: "a..b" }, "InvalidPropertyNameError"],
  ["an unknown timeframe", "count", { timeframe: "next_7_days" }, "TimeframeDefinitionError"],
  ["a timeframe of no units", "count", { timeframe: "this_0_days" }, "TimeframeDefinitionError"],
  ["a timeframe before the year 1", "count", { timeframe: "previous_9999_years" }, "TimeframeDefinitionError"],
  ["a timeframe that ends before it starts", "count", { timeframe: { start: both.end, end: both.start } }, "TimeframeDefinitionError"],
  ["half a timeframe", "count", { timeframe: { start: both.start } }, "TimeframeDefinitionError"],
  ["a misspelt timeframe", "count", { timeframe: { ...both, stop: 1 } }, "TimeframeDefinitionError"],
  ["an unknown zone", "count", { timezone: "Europe/Atlantis" }, "TimezoneDefinitionError"],
  ["an offset of two days", "count", { timezone: 172_800 }, "TimezoneDefinitionError"],
  ["an unknown interval", "count", { interval: "fortnightly" }, "IntervalDefinitionError"],
  ["an interval of no units", "count", { interval: "every_0_days" }, "IntervalDefinitionError"],
  ["an unknown operator", "count", { filters: [{ property_name: "a", operator: "like", property_value: "x" }] }, "FilterDefinitionError"],
  ["a filter without a value", "count", { filters: [{ property_name: "a", operator: "eq" }] }, "FilterDefinitionError"],
  ["`exists` with a text", "count", { filters: [{ property_name: "a", operator: "exists", property_value: "true" }] }, "FilterDefinitionError"],
  ["`within` together with groups", "count", { group_by: "page", filters: [{ property_name: "keen.location.coordinates", operator: "within", property_value: { coordinates: [0, 0], max_distance_miles: 1 } }] }, "GroupByDefinitionError"],
  ["a group twice", "count", { group_by: ["page", "page"] }, "GroupByDefinitionError"],
  ["an order without groups", "count", { order_by: "result" }, "OrderByDefinitionError"],
  ["an order by something else", "count", { group_by: "page", order_by: "price" }, "OrderByDefinitionError"],
  ["an unknown direction", "count", { group_by: "page", order_by: { property_name: "page", direction: "UP" } }, "OrderByDefinitionError"],
  ["a limit of nothing", "count", { group_by: "page", limit: 0 }, "OrderByDefinitionError"],
  ["a percentile of 0", "percentile", { ...price, percentile: 0 }, "AnalysisDefinitionError"],
  ["a percentile of three decimals", "percentile", { ...price, percentile: 99.999 }, "AnalysisDefinitionError"],
  ["a latest of nothing", "extraction", { latest: 0 }, "ExtractionDefinitionError"],
  ["an inverted first step", "funnel", { steps: [{ event_collection: "views", actor_property: "user.id", inverted: true }] }, "FunnelDefinitionError"],
  ["a misspelt field of a step", "funnel", { steps: [{ event_collection: "views", actor_property: "user.id", filter: [] }] }, "FunnelDefinitionError"],
]) {
  test(`refused: ${name}`, async () => {
    const answered = await ask(analysis, asked);
    assert.deepEqual([answered.status, answered.body.error_code], [400, code], answered.text);
    assert.ok(answered.body.message.length > 20, answered.text);
  });
}
