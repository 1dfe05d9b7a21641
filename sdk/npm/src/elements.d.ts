// Which types does @keyhole/sdk/elements have? Importing it defines the tags.

import type { Keyhole, QueryAnswer, QueryParameters, Timeframe } from "./index.js";

/** What an element asks. */
export type ElementQuestion =
  | (QueryParameters & ({ analysisType: string } | { analysis_type: string }))
  | { savedQuery: string }
  | { dataset: string; indexBy?: string | object; timeframe?: Timeframe };

/** What is in an answer: rows under columns, values as the server sent them; integers beyond 2^53 are BigInts. */
export interface Sheet {
  columns: Array<{ name: string; role: "time" | "group" | "step" | "value" | "property" }>;
  rows: unknown[][];
  /** All buckets of time, where some of them have no row. */
  times?: Array<{ start: string; end: string }>;
}

/** `loading`: asking for the first time; `idle`: nothing to ask. */
export type ElementState = "idle" | "loading" | "ready" | "empty" | "error" | "forbidden";

interface ElementEvents {
  "keyhole-answer": CustomEvent<QueryAnswer>;
  "keyhole-error": CustomEvent<Error>;
}

/** What the elements have in common. Attributes are described in the README. */
export declare class KeyholeElement extends HTMLElement {
  /** The client it asks with; by default its connection's. */
  get client(): Keyhole | undefined;
  set client(client: Keyhole | undefined);
  /** What it asks; by default what its attributes say. */
  get query(): ElementQuestion | undefined;
  set query(query: ElementQuestion | undefined);
  /** The answer as the server sent it. Set, it is shown and nothing is asked. */
  get answer(): QueryAnswer | undefined;
  set answer(answer: QueryAnswer | undefined);
  /** Names to show instead of values and of columns. */
  labels: Record<string, string>;
  /** How numbers are said, as `Intl.NumberFormat` takes it. */
  numberFormat: Intl.NumberFormatOptions;
  /** Also the attribute `data-state`. */
  readonly state: ElementState;
  readonly sheet: Sheet;
  /** Asks again, where it stands in a page; resolves when that is answered, has failed, or is asked no longer. */
  refresh(): Promise<void>;
  addEventListener<Name extends keyof ElementEvents>(
    type: Name,
    listener: (this: this, event: ElementEvents[Name]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

export type ChartType = "line" | "area" | "bar" | "stacked" | "horizontal-bar" | "pie" | "donut" | "funnel" | "heatmap";

/** `<keyhole-chart>` */
export declare class KeyholeChart extends KeyholeElement {
  /** The attribute `type`, or what fits the answer. */
  readonly type: ChartType;
  /** Every row as RFC 4180 has it. */
  toCsv(): string;
  /** The chart as it stands there. Rejects while none is shown. */
  toPng(): Promise<Blob>;
}

/** Two times to compare, and what they are called. */
export interface Comparison {
  previous: Timeframe;
  /** By default the question's own. */
  current?: Timeframe;
  previousLabel?: string;
  currentLabel?: string;
}

/** `<keyhole-metric>` */
export declare class KeyholeMetric extends KeyholeElement {
  /** Instead of the attribute `compare`, which compares with the time before. */
  get comparison(): Comparison | undefined;
  set comparison(comparison: Comparison | undefined);
}

/** `<keyhole-table>` */
export declare class KeyholeTable extends KeyholeElement {
  /** Every row as RFC 4180 has it, in the order of the answer. */
  toCsv(): string;
}

/** `<keyhole-connection>`: one client for every element inside. */
export declare class KeyholeConnection extends HTMLElement {
  /** Set, or made of the attributes `url`, `project-id` and `access-key`. */
  get client(): Keyhole | undefined;
  set client(client: Keyhole | undefined);
}

/** Every word the elements say; `{…}` are filled in. */
export interface Words {
  loading: string;
  empty: string;
  forbidden: string;
  failed: string;
  again: string;
  none: string;
  actions: string;
  showTable: string;
  showChart: string;
  downloadCsv: string;
  downloadPng: string;
  /** `{time}` */
  stale: string;
  previousPage: string;
  nextPage: string;
  /** `{first}`, `{last}`, `{total}` */
  range: string;
  time: string;
  step: string;
  result: string;
  value: string;
  chart: string;
  metric: string;
  table: string;
  /** `{label}`, `{value}` */
  highest: string;
  /** `{label}`, `{count}` */
  points: string;
  /** `{change}` */
  up: string;
  /** `{change}` */
  down: string;
  /** `{share}` */
  over: string;
  unchanged: string;
  /** `{change}`, `{previous}` */
  on: string;
  before: string;
  /** `{previous}` */
  noneBefore: string;
  /** `{previous}` */
  noneEither: string;
}

/** Says these instead of the English words, wherever an element is drawn from now on. */
export declare function setWords(words: Partial<Words>): void;

declare global {
  interface HTMLElementTagNameMap {
    "keyhole-chart": KeyholeChart;
    "keyhole-metric": KeyholeMetric;
    "keyhole-table": KeyholeTable;
    "keyhole-connection": KeyholeConnection;
  }
}
