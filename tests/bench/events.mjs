// Which events are loaded? The demo's bird strikes, scaled up: event n is the same in every run.

import { strikes } from "../../www/demo/strikes.mjs";

export const CUSTOMERS = 2_000;
export const COLLECTION = "strikes";
/** About 0.24 % of all events are this customer's. */
export const TYPICAL = customerId(50);

const AIRCRAFT_PER_CUSTOMER = 40;
const DAY = 86_400_000;
const DAYS = 90;
/** A Wednesday: weeks of the table, of the calendar and of the timeframes begin on different days. */
const FIRST = Date.parse("2025-01-01T00:00:00Z");

export const wholeTime = timeframe(0, DAYS);
export const lastThirtyDays = timeframe(DAYS - 30, DAYS);

/** The generator for one seed: `event(n)` of `total`, spread evenly over the 90 days. */
export function generator(seed, total) {
  const rows = strikes();
  const upTo = zipf(CUSTOMERS);
  return (number) => {
    const chance = chances(seed, number);
    const rank = 1 + firstAtLeast(upTo, chance());
    const { keen, customer, ...strike } = rows[Math.floor(chance() * rows.length)];
    const time = FIRST + Math.floor(((number + chance()) * DAYS * DAY) / total);
    const aircraft = Math.floor(chance() * AIRCRAFT_PER_CUSTOMER);
    return {
      customer: { id: customerId(rank), name: customer.name },
      tail_number: `N${rank}-${aircraft}`,
      ...strike,
      keen: { timestamp: new Date(time).toISOString(), uniqueness_token: `strike-${number}` },
    };
  };
}

/**
 * Does event `number` belong into a database with every `step`-th foreign event? Those of the typical
 * customer always do.
 */
export function belongs(event, number, step) {
  return event.customer.id === TYPICAL || number % step === 0;
}

function customerId(rank) {
  return `airline-${String(rank).padStart(4, "0")}`;
}

function timeframe(from, to) {
  const day = (number) => new Date(FIRST + number * DAY).toISOString();
  return { start: day(from), end: day(to) };
}

/** The share of ranks 1 to n, for each n, where rank n has 1/n of the first one's. */
function zipf(ranks) {
  const sums = [];
  let sum = 0;
  for (let rank = 1; rank <= ranks; rank += 1) sums.push((sum += 1 / rank));
  return sums.map((part) => part / sum);
}

function firstAtLeast(sums, wanted) {
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Numbers in [0, 1) that depend on the seed and the event's number alone (splitmix32). */
function chances(seed, number) {
  let state = (Math.imul(seed + 1, 0x85ebca6b) ^ Math.imul(number + 1, 0xc2b2ae35)) | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 4_294_967_296;
  };
}
