// How is a question put together, step by step, so that an editor can help?
//
// What comes out is a plain object of the server's parameters: whatever takes one takes these.

/** A question. Each method answers a new one and leaves this as it was. */
class Question {
  constructor(parameters) {
    Object.assign(this, parameters);
    Object.freeze(this);
  }

  /** `"this_14_days"`, or `("2026-01-01", "2026-02-01")`; the end is excluded. */
  during(timeframe, end) {
    return this.with({ timeframe: end === undefined ? timeframe : { start: instant(timeframe), end: instant(end) } });
  }

  /** Whose days and weeks: `"Europe/Warsaw"`. */
  inZone(timezone) {
    return this.with({ timezone });
  }

  /** One answer for each bucket of time: `"daily"`. */
  every(interval) {
    return this.with({ interval });
  }

  /** One answer for each group. */
  by(...properties) {
    return this.with({ group_by: properties.length === 1 ? properties[0] : properties });
  }

  /** Filters that must hold too. */
  where(...filters) {
    return this.with({ filters: [...(this.filters ?? []), ...filters] });
  }

  /** `("result", "desc")`: which groups come first. */
  orderBy(property_name, direction = "asc") {
    const order = { property_name, direction: direction.toUpperCase() };
    return this.with({ order_by: [...(this.order_by ?? []), order] });
  }

  /** Only the first so many groups. */
  keep(limit) {
    return this.with({ limit });
  }

  /** Any other parameter. */
  with(parameters) {
    return new Question({ ...this, ...parameters });
  }
}

const of = (analysis_type, event_collection, more) => new Question({ analysis_type, event_collection, ...more });
const target = (analysis) => (collection, target_property) => of(analysis, collection, { target_property });

export const count = (collection) => of("count", collection);
export const countUnique = target("count_unique");
export const sum = target("sum");
export const minimum = target("minimum");
export const maximum = target("maximum");
export const average = target("average");
export const median = target("median");
export const standardDeviation = target("standard_deviation");
export const selectUnique = target("select_unique");
export const percentile = (collection, target_property, percentile) =>
  of("percentile", collection, { target_property, percentile });

/** Events; of them only these properties, if any are named. */
export const extraction = (collection, ...property_names) =>
  of("extraction", collection, property_names.length > 0 ? { property_names } : {});

/** Several analyses of the same events: `{ sales: count(), revenue: sum("price") }`, each without a collection. */
export function several(collection, analyses) {
  const inner = Object.entries(analyses).map(([label, analysis]) => [label, { ...analysis }]);
  return of("multi_analysis", collection, { analyses: Object.fromEntries(inner) });
}

/** What `several` is made of. */
export const each = {
  count: () => ({ analysis_type: "count" }),
  countUnique: (target_property) => ({ analysis_type: "count_unique", target_property }),
  sum: (target_property) => ({ analysis_type: "sum", target_property }),
  minimum: (target_property) => ({ analysis_type: "minimum", target_property }),
  maximum: (target_property) => ({ analysis_type: "maximum", target_property }),
  average: (target_property) => ({ analysis_type: "average", target_property }),
  median: (target_property) => ({ analysis_type: "median", target_property }),
  standardDeviation: (target_property) => ({ analysis_type: "standard_deviation", target_property }),
  selectUnique: (target_property) => ({ analysis_type: "select_unique", target_property }),
  percentile: (target_property, percentile) => ({ analysis_type: "percentile", target_property, percentile }),
};

/** How many actors took one step, and of these the next: `funnel(step("visits", "user"), step("sales", "user"))`. */
export const funnel = (...steps) => new Question({ analysis_type: "funnel", steps });

/** One step of a funnel; `more` may hold filters, a timeframe, `inverted`, `optional`, `with_actors`. */
export const step = (event_collection, actor_property, more = {}) => ({ event_collection, actor_property, ...more });

/** Filters on one property: `property("plan").is("pro")`. */
export function property(property_name) {
  const filter = (operator) => (property_value) => ({ property_name, operator, property_value });
  return {
    is: filter("eq"),
    isNot: filter("ne"),
    isOneOf: filter("in"),
    isBelow: filter("lt"),
    isAtMost: filter("lte"),
    isAbove: filter("gt"),
    isAtLeast: filter("gte"),
    exists: (property_value = true) => filter("exists")(property_value),
    contains: filter("contains"),
    doesNotContain: filter("not_contains"),
    matches: filter("regex"),
    /** Around `[longitude, latitude]`. */
    isWithin: (max_distance_miles, coordinates) => filter("within")({ coordinates, max_distance_miles }),
  };
}

/** Holds when one of the filters does. */
export const anyOf = (...operands) => ({ operator: "or", operands });

function instant(time) {
  return time instanceof Date ? time.toISOString() : time;
}
