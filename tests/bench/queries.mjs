// Which twelve questions does a dashboard ask?

import { COLLECTION, lastThirtyDays, wholeTime } from "./events.mjs";

const daily = { timeframe: wholeTime, interval: "daily" };
const month = { timeframe: lastThirtyDays };
const cost = { target_property: "cost_total_usd" };

const phase = (name) => ({
  event_collection: COLLECTION,
  actor_property: "tail_number",
  filters: [{ property_name: "phase_of_flight", operator: "eq", property_value: name }],
  ...month,
});

export const queries = [
  query("count, 30 days", "count", month),
  query("count by day", "count", daily),
  query("sum by day", "sum", { ...daily, ...cost }),
  query("count by property", "count", { timeframe: wholeTime, group_by: "wildlife_species" }),
  query("count by day and property", "count", { ...daily, group_by: "phase_of_flight" }),
  query("count_unique, 30 days", "count_unique", { ...month, target_property: "tail_number" }),
  query("select_unique, 30 days", "select_unique", { ...month, target_property: "wildlife_species" }),
  query("average by property, 30 days", "average", { ...month, ...cost, group_by: "phase_of_flight" }),
  query("median, 30 days", "median", { ...month, target_property: "speed_knots" }),
  query("percentile 95, 30 days", "percentile", { ...month, target_property: "speed_knots", percentile: 95 }),
  funnel("funnel of 3 steps, 30 days", ["Climb", "Approach", "Landing Roll"]),
  query("latest 100 events", "extraction", { timeframe: wholeTime, latest: 100 }),
];

/** The one whose counterpart is written by hand. */
export const dailyByProperty = queries.find(({ title }) => title === "count by day and property");

function query(title, analysis, parameters) {
  return { title, analysis, body: { event_collection: COLLECTION, include_metadata: true, ...parameters } };
}

function funnel(title, phases) {
  return { title, analysis: "funnel", body: { steps: phases.map(phase), include_metadata: true } };
}
