// What does a dashboard ask? Each question is one or two queries of the collection `strikes`.

import { change } from "./format.js";

const COLLECTION = "strikes";
const SPECIES_SHOWN = 8;

const strikes = (timeframe, more = {}) => ({ eventCollection: COLLECTION, timeframe, ...more });
const cost = (timeframe, more = {}) => strikes(timeframe, { targetProperty: "cost_total_usd", ...more });

export const totalStrikes = (client, span, options) => metric(client, "count", strikes, span, options);
export const totalCost = (client, span, options) => metric(client, "sum", cost, span, options);

async function metric(client, analysis, parameters, span, options) {
  const { current, previous, currentLabel, previousLabel } = span.compared;
  const whole = current.start === span.timeframe.start && current.end === span.timeframe.end;
  const ask = async (timeframe) => (await client.query(analysis, parameters(timeframe), options)).result ?? 0;
  const [total, now, before] = await Promise.all([
    ask(span.timeframe),
    whole ? undefined : ask(current),
    ask(previous),
  ]);
  const changed = change(now ?? total, before);
  const subject = whole ? "" : `${currentLabel}: `;
  if (changed) return { total, note: `${subject}${changed} on ${previousLabel}` };
  return { total, note: `${subject}${(now ?? total) === 0 ? "none, as in" : "none in"} ${previousLabel}` };
}

/** Points of a line: `{start, value}`. */
export async function strikesPerMonth(client, span, options) {
  return buckets(await client.query("count", strikes(span.timeframe, { interval: "monthly" }), options));
}

export async function costOverTime(client, span, options) {
  const interval = span.years === 1 ? "monthly" : "yearly";
  return buckets(await client.query("sum", cost(span.timeframe, { interval }), options));
}

function buckets({ result }) {
  return result.map(({ value, timeframe }) => ({ start: timeframe.start, value: value ?? 0 }));
}

/** Most strikes leave too little of the bird to tell; those are no species. */
export async function topSpecies(client, span, options) {
  const species = await shares(client, span, "wildlife_species", options);
  return species.filter(({ label }) => !label.startsWith("Unknown")).slice(0, SPECIES_SHOWN);
}

export const phasesOfFlight = (client, span, options) => shares(client, span, "phase_of_flight", options);
export const timesOfDay = (client, span, options) => shares(client, span, "time_of_day", options);

/** Groups, the largest first: `{label, value}`. */
async function shares(client, span, property, options) {
  const { result } = await client.query("count", strikes(span.timeframe, { groupBy: property }), options);
  const groups = result.map((group) => ({ label: group[property] ?? "Not reported", value: group.result }));
  return groups.sort((left, right) => right.value - left.value);
}

/** The filter of someone who wants to see more than the key allows: one customer, or anyone at all. */
export const breakOutFilter = (other) => ({
  operator: "or",
  operands: [
    { property_name: "customer.id", operator: "eq", property_value: other ?? "anyone" },
    { property_name: "customer.id", operator: "exists", property_value: true },
  ],
});

/** What the key answers to a plain question, to the attempt, and which customers the attempt sees. */
export async function tryToBreakOut(client, span, other, options) {
  const filters = [breakOutFilter(other)];
  const [plain, attempt, seen] = await Promise.all([
    client.query("count", strikes(span.timeframe), options),
    client.query("count", strikes(span.timeframe, { filters }), options),
    client.query("select_unique", strikes(span.timeframe, { targetProperty: "customer.id", filters }), options),
  ]);
  return { plain: plain.result, attempt: attempt.result, seen: seen.result };
}
