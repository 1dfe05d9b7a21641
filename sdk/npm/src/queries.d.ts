// Which types does @keyhole/sdk/queries have?

import type {
  AnalysisType,
  Bucket,
  Filter,
  FilterOperator,
  JsonValue,
  QueryParameters,
  Question,
  Timeframe,
} from "./index.js";

/** One group: its properties under their dotted names, and the result. */
export type Group<Value> = { result: Value } & { [property: string]: Value | JsonValue };

type Inner<Value, Grouped> = Grouped extends true ? Group<Value>[] : Value;
type Answered<Value, Grouped, Timed> = Timed extends true ? Bucket<Inner<Value, Grouped>>[] : Inner<Value, Grouped>;

/** A question that can be put further, and knows what it is answered with. */
export type Asked<Value, Grouped extends boolean = false, Timed extends boolean = false> = Steps<
  Value,
  Grouped,
  Timed
> &
  Question<Answered<Value, Grouped, Timed>>;

/**
 * A question about events is a plain object of the server's parameters. Each of these answers a new one and leaves
 * this as it was. `Value` is what is computed; `Grouped` and `Timed` say for what.
 */
export interface Steps<Value, Grouped extends boolean, Timed extends boolean> {
  /** When: relative, such as `this_14_days`, or from a start to an end that is excluded. */
  during(timeframe: Timeframe): Asked<Value, Grouped, Timed>;
  during(start: string | Date, end: string | Date): Asked<Value, Grouped, Timed>;
  /** Whose days and weeks: a name such as `Europe/Warsaw`, or seconds east of UTC. */
  inZone(timezone: string | number): Asked<Value, Grouped, Timed>;
  /** One answer for each bucket of time: `daily`, `every_2_weeks`, … */
  every(interval: string): Asked<Value, Grouped, true>;
  /** One answer for each group of these properties. */
  by(...properties: Array<string | object>): Asked<Value, true, Timed>;
  /** Filters that must hold too. */
  where(...filters: Filter[]): Asked<Value, Grouped, Timed>;
  /** Which groups come first: by `result`, or by a property. */
  orderBy(name: string, direction?: "asc" | "desc"): Asked<Value, Grouped, Timed>;
  /** Only the first so many groups. */
  keep(groups: number): Asked<Value, Grouped, Timed>;
  /** Any other parameter. */
  with(parameters: QueryParameters): Asked<Value, Grouped, Timed>;
}

/** How many events. */
export declare function count(collection: string): Asked<number>;
/** How many distinct values. */
export declare function countUnique(collection: string, targetProperty: string): Asked<number>;
/** Numbers added up; `null` beyond every double. */
export declare function sum(collection: string, targetProperty: string): Asked<number | null>;
/** The smallest number; `null` of no numbers. */
export declare function minimum(collection: string, targetProperty: string): Asked<number | null>;
/** The largest number; `null` of no numbers. */
export declare function maximum(collection: string, targetProperty: string): Asked<number | null>;
/** The mean; `null` of no numbers. */
export declare function average(collection: string, targetProperty: string): Asked<number | null>;
/** The 50th percentile; `null` of no numbers. */
export declare function median(collection: string, targetProperty: string): Asked<number | null>;
/** By nearest rank; `percentile` is above 0 and at most 100. */
export declare function percentile(
  collection: string,
  targetProperty: string,
  percentile: number,
): Asked<number | null>;
/** Of the population; `null` of no numbers. */
export declare function standardDeviation(collection: string, targetProperty: string): Asked<number | null>;
/** The distinct values, ascending. */
export declare function selectUnique(collection: string, targetProperty: string): Asked<JsonValue[]>;
/** The events themselves; of them only these properties, if any are named. */
export declare function extraction<Event = { [name: string]: JsonValue }>(
  collection: string,
  ...propertyNames: string[]
): Asked<Event[]>;
/** Several analyses of the same events under labels of yours. */
export declare function several<Label extends string>(
  collection: string,
  analyses: Record<Label, Analysis>,
): Asked<Record<Label, number | null>>;
/** How many actors took the first step, and of these the next, and so on. */
export declare function funnel(...steps: FunnelStep[]): Asked<number[]>;

/** One of `several`. */
export interface Analysis {
  readonly analysis_type: AnalysisType;
  readonly target_property?: string;
  readonly percentile?: number;
}

/** What `several` is made of. */
export declare const each: {
  count(): Analysis;
  countUnique(targetProperty: string): Analysis;
  sum(targetProperty: string): Analysis;
  minimum(targetProperty: string): Analysis;
  maximum(targetProperty: string): Analysis;
  average(targetProperty: string): Analysis;
  median(targetProperty: string): Analysis;
  standardDeviation(targetProperty: string): Analysis;
  selectUnique(targetProperty: string): Analysis;
  percentile(targetProperty: string, percentile: number): Analysis;
};

/** One step of a funnel. */
export interface FunnelStep {
  readonly event_collection: string;
  readonly actor_property: string;
  readonly filters?: Filter[];
  readonly timeframe?: Timeframe;
  readonly timezone?: string | number;
  readonly with_actors?: boolean;
  readonly inverted?: boolean;
  readonly optional?: boolean;
}

/** A step: who did something in a collection, told apart by a property. */
export declare function step(
  collection: string,
  actorProperty: string,
  more?: Omit<FunnelStep, "event_collection" | "actor_property">,
): FunnelStep;

type Compared = { property_name: string; operator: FilterOperator; property_value: JsonValue };

/** The filters on one property. */
export declare function property(name: string): {
  is(value: JsonValue): Compared;
  isNot(value: JsonValue): Compared;
  isOneOf(values: JsonValue[]): Compared;
  isBelow(value: number | string): Compared;
  isAtMost(value: number | string): Compared;
  isAbove(value: number | string): Compared;
  isAtLeast(value: number | string): Compared;
  exists(isThere?: boolean): Compared;
  contains(part: JsonValue): Compared;
  doesNotContain(part: JsonValue): Compared;
  /** A pattern of RE2. */
  matches(pattern: string): Compared;
  /** Within so many miles of `[longitude, latitude]`. */
  isWithin(miles: number, coordinates: [longitude: number, latitude: number]): Compared;
};

/** Holds when one of the filters does. */
export declare function anyOf(...filters: Filter[]): Filter;
