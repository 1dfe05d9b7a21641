// Do the builders make the questions that the server takes?

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  anyOf,
  average,
  count,
  countUnique,
  each,
  extraction,
  funnel,
  maximum,
  median,
  minimum,
  percentile,
  property,
  selectUnique,
  several,
  standardDeviation,
  step,
  sum,
} from "@keyhole/sdk/queries";
import { withApi } from "./api.mjs";

const plain = (question) => JSON.parse(JSON.stringify(question));
const CASES = [
  [count("a"), { analysis_type: "count", event_collection: "a" }],
  [countUnique("a", "b.c"), { analysis_type: "count_unique", event_collection: "a", target_property: "b.c" }],
  [sum("a", "b"), { analysis_type: "sum", event_collection: "a", target_property: "b" }],
  [minimum("a", "b"), { analysis_type: "minimum", event_collection: "a", target_property: "b" }],
  [maximum("a", "b"), { analysis_type: "maximum", event_collection: "a", target_property: "b" }],
  [average("a", "b"), { analysis_type: "average", event_collection: "a", target_property: "b" }],
  [median("a", "b"), { analysis_type: "median", event_collection: "a", target_property: "b" }],
  [
    percentile("a", "b", 90),
    { analysis_type: "percentile", event_collection: "a", target_property: "b", percentile: 90 },
  ],
  [standardDeviation("a", "b"), { analysis_type: "standard_deviation", event_collection: "a", target_property: "b" }],
  [selectUnique("a", "b"), { analysis_type: "select_unique", event_collection: "a", target_property: "b" }],
  [extraction("a"), { analysis_type: "extraction", event_collection: "a" }],
  [extraction("a", "b", "c"), { analysis_type: "extraction", event_collection: "a", property_names: ["b", "c"] }],
  [
    several("a", { n: each.count(), p: each.percentile("b", 90) }),
    {
      analysis_type: "multi_analysis",
      event_collection: "a",
      analyses: {
        n: { analysis_type: "count" },
        p: { analysis_type: "percentile", target_property: "b", percentile: 90 },
      },
    },
  ],
  [
    funnel(step("a", "u"), step("b", "u", { optional: true }))
      .during("this_7_days")
      .with({ ordered: true }),
    {
      analysis_type: "funnel",
      steps: [
        { event_collection: "a", actor_property: "u" },
        { event_collection: "b", actor_property: "u", optional: true },
      ],
      timeframe: "this_7_days",
      ordered: true,
    },
  ],
  [
    count("a").during(new Date(0), "1970-01-02").inZone("Europe/Warsaw").every("daily").by("x", "y").keep(3),
    {
      analysis_type: "count",
      event_collection: "a",
      timeframe: { start: "1970-01-01T00:00:00.000Z", end: "1970-01-02" },
      timezone: "Europe/Warsaw",
      interval: "daily",
      group_by: ["x", "y"],
      limit: 3,
    },
  ],
  [
    count("a")
      .by("x")
      .orderBy("result", "desc")
      .orderBy("x")
      .where(property("p").is(1))
      .where(anyOf(property("q").exists(), property("r").isAbove(2))),
    {
      analysis_type: "count",
      event_collection: "a",
      group_by: "x",
      order_by: [
        { property_name: "result", direction: "DESC" },
        { property_name: "x", direction: "ASC" },
      ],
      filters: [
        { property_name: "p", operator: "eq", property_value: 1 },
        {
          operator: "or",
          operands: [
            { property_name: "q", operator: "exists", property_value: true },
            { property_name: "r", operator: "gt", property_value: 2 },
          ],
        },
      ],
    },
  ],
];

for (const [question, expected] of CASES) {
  test(`${JSON.stringify(expected).slice(0, 90)}`, () => assert.deepEqual(plain(question), expected));
}

test("each filter is one of the server's operators", () => {
  const filters = property("p");
  const operators = Object.fromEntries(
    Object.entries(filters).map(([name, filter]) => [name, filter(1, [2, 3]).operator]),
  );
  assert.deepEqual(operators, {
    is: "eq",
    isNot: "ne",
    isOneOf: "in",
    isBelow: "lt",
    isAtMost: "lte",
    isAbove: "gt",
    isAtLeast: "gte",
    exists: "exists",
    contains: "contains",
    doesNotContain: "not_contains",
    matches: "regex",
    isWithin: "within",
  });
  assert.deepEqual(filters.isWithin(5, [21, 52]).property_value, { coordinates: [21, 52], max_distance_miles: 5 });
});

test("a step further leaves the question as it was", () => {
  const all = count("a").during("today");
  const some = all.where(property("b").is(1));
  assert.equal(all.filters, undefined);
  assert.equal(some.filters.length, 1);
  assert.throws(() => {
    all.limit = 3;
  }, TypeError);
});

test("a client takes what was built", () =>
  withApi(
    () => ({ json: { result: 3 } }),
    async (keyhole, { requests }) => {
      await keyhole.query(count("a").during("today"));
      assert.match(requests[0].path, /\/queries\/count$/);
      assert.deepEqual(requests[0].json, { event_collection: "a", timeframe: "today" });
    },
  ));
