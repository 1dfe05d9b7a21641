// Every analysis that Keen's client offers, asked of a few events, and what it must answer.

import assert from "node:assert/strict";

const timestamp = "2026-02-01T12:00:00Z";

/** What the questions are about. */
export const sales = [1, 2, 3, 4].map((n) => ({ price: n, shop: n % 2 ? "a" : "b", keen: { timestamp } }));

const timeframe = { start: "2026-02-01T00:00:00.000Z", end: "2026-02-02T00:00:00.000Z" };
const base = { event_collection: "sales", timeframe, timezone: 0 };
const price = { target_property: "price" };

/** Rows of an analysis, its parameters, and its result. */
const ANALYSES = [
  ["count", {}, 4],
  ["sum", price, 10],
  ["average", price, 2.5],
  ["minimum", price, 1],
  ["maximum", price, 4],
  ["median", price, 2],
  ["percentile", { ...price, percentile: 75 }, 3],
  ["standard_deviation", price, Math.sqrt(1.25)],
  ["count_unique", { target_property: "shop" }, 2],
  ["select_unique", { target_property: "shop" }, ["a", "b"]],
  ["count", { group_by: ["shop"], order_by: { property_name: "shop", direction: "DESC" } }, [{ shop: "b", result: 2 }, { shop: "a", result: 2 }]],
  ["count", { interval: "daily" }, [{ value: 4, timeframe }]],
  ["count", { filters: [{ property_name: "price", operator: "gt", property_value: 2 }] }, 2],
  ["multi_analysis", { analyses: { n: { analysis_type: "count" } } }, { n: 4 }],
  ["extraction", { latest: 1, property_names: ["shop"] }, undefined],
  ["funnel", { event_collection: undefined, steps: [{ event_collection: "sales", actor_property: "shop" }] }, [2]],
];

/** Asks them all; `query` is the client's, and answers objects of this realm. */
export async function askAll(query) {
  for (const [analysis_type, more, result] of ANALYSES) {
    const answered = await query({ analysis_type, ...base, ...more });
    if (result === undefined) assert.equal(answered.result.length, 1);
    else assert.deepEqual(answered.result, result, analysis_type);
  }
}
