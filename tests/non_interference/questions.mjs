// What is asked of a world? Every analysis and every shape of answer, with what stands in it left to chance.

const TARGETS = ["n", "m", "n", "kind", "customer.id", "keen.timestamp", "never"];
const GROUPS = ["kind", "customer.id", "team", "user", "tags", "note", "keen.timestamp", "customer", "n"];
const CLASSES = { property_name: "n", buckets: { size: 2.5, offset: -1 } };
const RANGES = { property_name: "n", ranges: [{ to: 0 }, { from: 0, to: 2 }, { from: 1, to: 10 }, { from: 10 }] };
const PATTERNS = ["a", "^alpha \\d$", "(?i)BETA", "ż", "^$", ".*", "%|_"];

const WHOLE = { start: "2026-01-01T00:00:00Z", end: "2026-04-01T00:00:00Z" };
const EVER = { start: "0001-01-01T00:00:00Z", end: "9999-12-31T23:59:59.999Z" };
const FEBRUARY = { start: "2026-02-01", end: "2026-03-01" };

const test = (property_name, operator, property_value) => ({ property_name, operator, property_value });

/** One filter of any operator, also on what the key itself filters by. */
function filter(random, depth = 0) {
  if (depth < 2 && random.oneIn(5)) return { operator: "or", operands: random.times(random.between(0, 3), () => filter(random, depth + 1)) };
  const values = ["a", "b", 1, "1", true, null, "book", "u1", "ż", "alpha 1"];
  const property = random.pick(["customer.id", "team", "n", "kind", "user", "note", "tags", "keen.timestamp", "never"]);
  return random.pick([
    () => test(property, "eq", random.pick(values)),
    () => test(property, "ne", random.pick(values)),
    () => test(property, "in", random.some(values, 0, 5)),
    () => test("n", random.pick(["lt", "lte", "gt", "gte"]), random.pick([0, 1, 2.5])),
    () => test("keen.timestamp", random.pick(["lt", "gte"]), "2026-02-14T12:30:00+00:00"),
    () => test(property, "exists", random.oneIn(2)),
    () => test(property, random.pick(["contains", "not_contains"]), random.pick(["a", "new", 1])),
    () => test(random.pick(["note", "kind", "customer.id"]), "regex", random.pick(PATTERNS)),
  ])();
}

const filters = (random) => (random.oneIn(2) ? {} : { filters: random.times(random.between(1, 2), () => filter(random)) });

/** A bucketing of some timeframe; several cross the change of clocks. */
const series = (random) => ({
  ...random.pick([
    { timeframe: WHOLE, interval: "weekly" },
    { timeframe: WHOLE, interval: "monthly", timezone: "Europe/Warsaw" },
    { timeframe: { start: "2026-03-27", end: "2026-04-01" }, interval: "daily", timezone: "Europe/Warsaw" },
    { timeframe: FEBRUARY, interval: "every_3_days", timezone: "US/Pacific" },
    { timeframe: { start: "2026-02-14T00:00:00Z", end: "2026-02-15T06:00:00Z" }, interval: "hourly" },
  ]),
});

const group = (random) => ({ group_by: random.pick([random.pick(GROUPS), random.pick(GROUPS), CLASSES, RANGES]) });
const groups = (random) => ({ group_by: [...random.some(GROUPS.filter((name) => name !== "n"), 1, 2), random.pick([CLASSES, RANGES, "n"])] });
const order = (random, column = "result") => ({
  order_by: { property_name: column, direction: random.pick(["ASC", "DESC"]) },
  limit: random.pick([1, 2, 3, 5]),
});
const target = (random) => ({ target_property: random.pick(TARGETS) });
const ANALYSES = {
  n: { analysis_type: "count" },
  sum: { analysis_type: "sum", target_property: "n" },
  mean: { analysis_type: "average", target_property: "m" },
  who: { analysis_type: "select_unique", target_property: "user" },
  p: { analysis_type: "percentile", target_property: "n", percentile: 75 },
  spread: { analysis_type: "standard_deviation", target_property: "m" },
};
const zeros = (random) => ({ zero_fill: random.oneIn(2) });

const steps = (random, { main, second }, ...more) => {
  const actor_property = random.pick(["user", "user", "customer.id", "kind"]);
  return more.map((extra, at) => ({ event_collection: at % 2 ? second : main, actor_property, ...(random.oneIn(3) && filters(random)), ...extra }));
};

/** Each makes `{analysis, body}` of chance and the names of the world's collections. */
const aggregate = (analysis, ...parts) => (random, { main }) => ({
  analysis,
  body: Object.assign({ event_collection: main, timeframe: random.pick([WHOLE, WHOLE, EVER, FEBRUARY]) }, filters(random), ...parts.map((part) => (typeof part === "function" ? part(random) : part))),
});
const extraction = (...parts) => aggregate("extraction", ...parts);
const funnel = (make, more = {}) => (random, names) => ({
  analysis: "funnel",
  body: { timeframe: random.pick([WHOLE, EVER]), steps: make(random, names), ...(typeof more === "function" ? more(random) : more) },
});
const names = (random) => ({ property_names: random.some(["n", "kind", "customer.id", "note", "keen.timestamp", "tags", "user"], 1, 4) });
const withRegex = (random) => ({ filters: [test("note", "regex", random.pick(PATTERNS)), ...(random.oneIn(2) ? [filter(random)] : [])] });
const places = { filters: [test("place", "within", { coordinates: [21, 52.2], max_distance_miles: 10 })] };

export const TEMPLATES = {
  count: aggregate("count"),
  "count in buckets": aggregate("count", series),
  "count in groups": aggregate("count", group),
  "count in groups of many": aggregate("count", groups),
  "count in groups, first so many": aggregate("count", group, order),
  "count in groups and buckets": aggregate("count", series, group, zeros),
  "count in groups and buckets, first so many": aggregate("count", series, group, order, zeros),
  "count in classes": aggregate("count", { group_by: CLASSES }),
  "count in ranges and buckets": aggregate("count", series, { group_by: [RANGES, "kind"] }, zeros),
  "count_unique": aggregate("count_unique", target),
  "count_unique in groups": aggregate("count_unique", target, group),
  "minimum in groups": aggregate("minimum", target, group),
  "maximum in buckets": aggregate("maximum", target, series),
  sum: aggregate("sum", target),
  "sum in groups, first so many": aggregate("sum", target, group, order),
  "sum in groups and buckets": aggregate("sum", target, series, groups),
  "average in groups": aggregate("average", target, group),
  median: aggregate("median", target),
  "median in groups": aggregate("median", target, group, order),
  "percentile in groups and buckets": aggregate("percentile", target, { percentile: 90 }, series, group, zeros),
  standard_deviation: aggregate("standard_deviation", { target_property: "m" }),
  "standard_deviation in groups": aggregate("standard_deviation", target, group),
  select_unique: aggregate("select_unique", target),
  "select_unique in groups": aggregate("select_unique", target, group),
  "select_unique in buckets": aggregate("select_unique", target, series),
  "several at once": aggregate("multi_analysis", { analyses: ANALYSES }),
  "several at once in groups, first so many": aggregate("multi_analysis", { analyses: ANALYSES }, groups, (random) => order(random, random.pick(["n", "sum", "who"]))),
  "several at once in buckets": aggregate("multi_analysis", { analyses: ANALYSES }, series, { group_by: "kind" }, zeros),
  "with a regex": aggregate("count", withRegex),
  "with a regex, in groups": aggregate("select_unique", target, group, withRegex),
  "with many filters": aggregate("count", (random) => ({ filters: random.times(4, () => filter(random)) })),
  "with an or of everything": aggregate("count", group, { filters: [{ operator: "or", operands: [test("customer.id", "exists", true), test("customer.id", "exists", false)] }] }),
  "with places": aggregate("sum", { target_property: "n" }, places, series),
  "with metadata": aggregate("count", group, { include_metadata: true }),
  "with metadata and a regex": aggregate("median", target, withRegex, { include_metadata: true }),
  "events": extraction({ include_metadata: true }),
  "the latest events": extraction((random) => ({ latest: random.between(1, 4) })),
  "events with some properties": extraction(names, (random) => (random.oneIn(2) ? { latest: 3 } : {})),
  "events page by page": extraction((random) => ({ page_size: random.between(1, 5) })),
  "events page by page with a regex": extraction(names, withRegex, (random) => ({ page_size: random.between(1, 3) })),
  "events as CSV": extraction({ content_type: "text/csv" }, (random) => (random.oneIn(2) ? names(random) : {})),
  "events as CSV page by page": extraction({ content_type: "text/csv" }, (random) => ({ page_size: random.between(2, 5) })),
  funnel: funnel((random, all) => steps(random, all, { with_actors: true }, {}, { with_actors: true })),
  "funnel of who did not": funnel((random, all) => steps(random, all, {}, { inverted: true, with_actors: true }, { optional: true }, { with_actors: true }), { include_metadata: true }),
  "funnel in order": funnel((random, all) => steps(random, all, {}, {}, { with_actors: true }), (random) => ({ ordered: true, ...(random.oneIn(2) && { within: "P30D" }) })),
  "funnel in buckets": funnel((random, all) => steps(random, all, {}, {}), (random) => ({ ...series(random), interval: "weekly", ordered: random.oneIn(2) })),
  "a collection that others make": (random, { second }) => ({ analysis: "count", body: { event_collection: second, timeframe: WHOLE, ...group(random), ...series(random) } }),
  "a question that is refused": (random, { main }) => random.pick([
    { analysis: "sum", body: { event_collection: main, timeframe: WHOLE } },
    { analysis: "count", body: { event_collection: main } },
    { analysis: "mode", body: { event_collection: main, timeframe: WHOLE } },
    { analysis: "count", body: { event_collection: main, timeframe: WHOLE, interval: "minutely" } },
    { analysis: "count", body: { event_collection: "elsewhere", timeframe: WHOLE, filters: [test("a", "like", 1)] } },
    { analysis: "extraction", body: { event_collection: main, timeframe: WHOLE, page_size: 2, cursor: "0".repeat(200) } },
    { analysis: "funnel", body: { timeframe: WHOLE, steps: [{ event_collection: main, actor_property: "n", inverted: true }] } },
    { analysis: "count", body: "{" },
  ]),
};
