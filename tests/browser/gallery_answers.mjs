// What does the scripted API answer? By the shape of the question, numbers that do not change.

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);
const COUNTRIES = ["Poland", "Germany", "Czechia", null];
const at = (time) => new Date(time).toISOString();
const wave = (day, base = 60) => Math.round(base + 25 * Math.sin(day / 3) + day * 1.4);

function buckets(count, length, value) {
  return Array.from({ length: count }, (_, index) => ({
    value: value(index),
    timeframe: { start: at(START + index * length), end: at(START + (index + 1) * length) },
  }));
}

/** The answer to `{ path, json }`. */
export function answers({ path, json = {} }) {
  if (path.includes("/queries/saved/")) {
    const query = { analysis_type: "count", event_collection: "sales", group_by: ["country"] };
    return { query_name: "by_country", query, result: groups() };
  }
  if (path.includes("/datasets/")) {
    return {
      result: buckets(7, DAY, (day) => [
        { status: "ok", result: wave(day) },
        { status: "failed", result: day },
      ]),
    };
  }
  const analysis = path.split("/").at(-1);
  if (analysis === "funnel") return { result: [1840, 912, 655, 120], steps: json.steps };
  if (analysis === "extraction") return { result: events() };
  if (analysis === "multi_analysis") return { result: { sales: 1840, revenue: 53210.5 } };
  if (json.event_collection === "nothing") return { result: [] };
  const { interval, group_by: group } = json;
  if (interval?.startsWith("every_")) return { result: buckets(2, 7 * DAY, (index) => [1460, 1840][index]) };
  if (Array.isArray(group)) return { result: hours() };
  if (interval === "monthly") return { result: months() };
  if (interval && group) {
    const inner = (day) =>
      COUNTRIES.map((country, index) => ({
        country,
        result: index === 3 && day % 9 === 4 ? null : wave(day + index * 4, 20 + index * 18),
      }));
    return { result: buckets(45, DAY, inner) };
  }
  if (interval) return { result: buckets(60, DAY, (day) => (day === 30 ? null : wave(day))) };
  if (group) return { result: groups() };
  return { result: 1840 };
}

const groups = () =>
  ["Poland", "Germany", "Czechia", "United Kingdom of Great Britain and Northern Ireland", null].map(
    (country, index) => ({
      country,
      result: 900 - index * 190,
    }),
  );

function months() {
  return Array.from({ length: 150 }, (_, index) => ({
    value: wave(index / 4, 400) * 1000,
    timeframe: { start: at(Date.UTC(2013, index, 1)), end: at(Date.UTC(2013, index + 1, 1)) },
  }));
}

function hours() {
  const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
  return days.flatMap((day, row) =>
    Array.from({ length: 24 }, (_, hour) => ({
      hour,
      day,
      result: Math.round(40 * Math.exp(-((hour - 13) ** 2) / 30) * (row > 4 ? 0.4 : 1)),
    })),
  );
}

function events() {
  return Array.from({ length: 23 }, (_, index) => ({
    keen: { timestamp: at(START + index * DAY) },
    order: { id: `A-${100 + index}`, number: index === 3 ? null : LARGE },
    price: index % 5 === 0 ? null : index * 3.25,
    tags: ["new", "<b>"],
    note: index === 2 ? 'She said "yes", twice' : "",
  }));
}

/** Stands for digits that a JavaScript number would round. */
export const LARGE = "LARGE";
export const LARGE_DIGITS = "9007199254740993";

export const textOf = (answer) => JSON.stringify(answer).replaceAll(`"${LARGE}"`, LARGE_DIGITS);
