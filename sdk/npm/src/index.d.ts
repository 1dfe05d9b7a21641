// Which types does @keyhole/sdk have? Sizes are bytes of UTF-8, times are ISO-8601 in UTC.

/** A value that JSON can hold. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [name: string]: JsonValue };

export interface KeyholeOptions {
  /** Where the API runs: `https://…`, without a query or a fragment. */
  url: string;
  /** The project's id: 24 hexadecimal digits. */
  projectId: string;
  /** A key fit for what you do: a write key to record, an access key or a read key to query. */
  key: string;
  /**
   * Brings a fresh key when the server takes the one at hand no longer (401); the request is then sent again,
   * once. Asked for once, however many requests wait.
   */
  onKeyExpired?: () => string | undefined | Promise<string | undefined>;
  /** For how long an answer is given again without asking; by default 0. Of one key never to another. */
  cacheSeconds?: number;
}

export interface RequestOptions {
  /** Aborts the request and its retries; the promise rejects with the signal's reason. */
  signal?: AbortSignal;
}

export interface QueryOptions extends RequestOptions {
  /** In place of the client's own. */
  cacheSeconds?: number;
  /** Integers that a number would round, those beyond 2^53, come as BigInts; by default they are rounded. */
  exactIntegers?: boolean;
}

/**
 * An event: any object that JSON can hold, at most 900,000 bytes and 100 levels.
 * Property names have at most 256 characters, no `.` and no leading `$`.
 */
export interface KeyholeEvent {
  /** Reserved. What you leave out is filled in. */
  keen?: {
    /** When it happened; by default the moment of the call, or of receipt if you give a token. */
    timestamp?: string;
    /**
     * At most 64 characters; by default 128 random bits. Of two events with one token, the collection
     * keeps one, so give your own if you may record the same event in two calls.
     */
    uniqueness_token?: string;
    [name: string]: unknown;
  };
  [name: string]: unknown;
}

/** What became of one event of many. */
export type Outcome =
  | { success: true }
  | {
      success: false;
      error: {
        /** For code, such as `InvalidPropertyNameError`; `NotSentError` when a request before failed. */
        name: string;
        /** For people. */
        description: string;
      };
    };

/** `event_collection` as `eventCollection`. */
type SnakeToCamel<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<SnakeToCamel<Tail>>}`
  : Name;
type CamelCased<Parameters> = { [Name in keyof Parameters as SnakeToCamel<Name & string>]: Parameters[Name] };

export type AnalysisType =
  | "count"
  | "count_unique"
  | "minimum"
  | "maximum"
  | "sum"
  | "average"
  | "median"
  | "percentile"
  | "standard_deviation"
  | "select_unique"
  | "extraction"
  | "funnel"
  | "multi_analysis";

export type FilterOperator =
  "eq" | "ne" | "lt" | "lte" | "gt" | "gte" | "exists" | "in" | "contains" | "not_contains" | "within" | "regex";

export type Filter =
  | { property_name: string; operator: FilterOperator; property_value: JsonValue }
  | { operator: "or"; operands: Filter[] };

/** Relative, such as `this_14_days`, or absolute; the start is inclusive, the end exclusive. */
export type Timeframe = string | { start: string; end: string };

interface SnakeCaseParameters {
  event_collection?: string;
  target_property?: string;
  timeframe?: Timeframe;
  /** A name such as `Europe/Warsaw`, or an offset in seconds. */
  timezone?: string | number;
  /** `hourly`, `daily`, `weekly`, `monthly`, `yearly`, or `every_2_weeks` and the like. */
  interval?: string;
  group_by?: string | object | Array<string | object>;
  filters?: Filter[];
  order_by?: string | object | object[];
  /** Groups to keep. */
  limit?: number;
  /** For a percentile: above 0, at most 100. */
  percentile?: number;
  /** For an extraction: only these properties. */
  property_names?: string | string[];
  /** For an extraction: so many of the newest events. */
  latest?: number;
  /** For a funnel. */
  steps?: object[];
  /** For a multi-analysis: its labels. */
  analyses?: Record<string, object>;
  zero_fill?: boolean;
  include_metadata?: boolean;
}

/** The server's parameters; their own names may be camelCase. Names inside values are data. */
export type QueryParameters = SnakeCaseParameters & Partial<CamelCased<SnakeCaseParameters>>;

/** A question that knows what it is answered with; `@keyhole/sdk/queries` makes them. */
export type Question<Result> = QueryParameters & {
  readonly analysis_type: AnalysisType;
  readonly [answeredWith]?: Result;
};
declare const answeredWith: unique symbol;

/** The server's answer as it was sent: `null` stays `null`. */
export interface QueryAnswer<Result = JsonValue> {
  result: Result;
  [name: string]: unknown;
}

/** What an interval query's `result` is a list of. */
export interface Bucket<Value = number> {
  value: Value;
  timeframe: { start: string; end: string };
}

/** What a key may be permitted. */
export type Permission =
  "writes" | "queries" | "saved_queries" | "cached_queries" | "datasets" | "schema" | "query_definition" | "keys";

/** What limits a key: as much of it as its holder may know. */
export interface KeyLimits {
  permitted: Permission[];
  /** By permission, in the form of a key's definition. */
  options?: { [Name in Permission]?: { [option: string]: JsonValue } };
  expires_at?: string;
  not_before?: string;
}

/** What a key says of itself. */
export type KeyDescription =
  | { kind: "master" | "write" | "read"; project_id: string; permitted: Permission[] }
  | { kind: "organization"; organization_id: string }
  | (KeyLimits & {
      kind: "access";
      project_id: string;
      id: string;
      /** What limits the keys that this one was made within, the nearest first; they bind it too. */
      within?: KeyLimits[];
      /** Where something is left out that the key may not know: JSON pointers into this description. */
      redacted?: string[];
    });

/** Something that the key might be used for. Own names may be camelCase; names inside values are data. */
export type KeyRequest =
  | { query: QueryParameters & ({ analysisType: AnalysisType } | { analysis_type: AnalysisType }) }
  | { record: EitherCase<{ event_collection: string; event: KeyholeEvent }> }
  | { savedQuery: SavedQueryRequest }
  | { saved_query: SavedQueryRequest }
  | { queryDefinition: EitherCase<{ query_name: string }> }
  | { query_definition: EitherCase<{ query_name: string }> }
  | {
      dataset: { operation: "read" | "list" | "retrieve" } & Partial<
        EitherCase<{ dataset_name: string; index_by: object }>
      >;
    }
  | { schema: Partial<EitherCase<{ event_collection: string; property_name: string }>> }
  | { key: { name: string; permitted: Permission[]; [field: string]: unknown } };

type EitherCase<Parameters> = Parameters | CamelCased<Parameters>;

/** `query` is what the saved query asks, where that is known; `cached` when its result is kept fresh. */
type SavedQueryRequest = EitherCase<{ query_name: string }> & {
  cached?: boolean;
  query?: QueryParameters & ({ analysisType: AnalysisType } | { analysis_type: AnalysisType });
};

/** A rule of an access key that decided, or helped to. */
export interface Rule {
  effect: "allows" | "narrows" | "refuses";
  /** Whose definition it stands in: 0 the key's own, 1 that of the key which made it, and so on. */
  generation: number;
  /** JSON pointer into that definition. */
  pointer: string;
}

interface Decided {
  rules: Rule[];
  /** False where something that the key may not know could still refuse: then only the server knows. */
  certain: boolean;
}

/** The decision on a request, and the rules that made it. */
export type Explanation = Decided &
  (
    | {
        decision: "allowed";
        /** What is left of the request once the key has narrowed or filled it. */
        effective?: { [part: string]: JsonValue };
        /** Something is left out of `effective` that the key may not know. */
        redacted?: true;
      }
    | {
        decision: "refused";
        /** The status and the error that the request itself would get. */
        status: number;
        error_code: string;
        message: string;
      }
  );

/** One project, seen with one key. */
export declare class Keyhole {
  /** Throws a `TypeError` that names the option which cannot be used. */
  constructor(options: KeyholeOptions);

  /**
   * Records one event; resolves when the server has stored it.
   *
   * Sent up to 5 times, with growing pauses, while the network or the server fails in passing. The
   * event carries a token of its own, so however often it is sent, it is stored once. The object you
   * pass is not changed.
   */
  record(collection: string, event: KeyholeEvent, options?: RequestOptions): Promise<void>;

  /**
   * Records any number of events, in requests of at most 5,000 events and 9,000,000 bytes, one after
   * another; resolves to what became of each, in order. An event that is refused does not keep the
   * others from being stored. When a request fails as a whole, the promise rejects with a
   * `KeyholeError` whose `outcomes` tell which events were stored.
   */
  recordMany<Collections extends Record<string, readonly KeyholeEvent[]>>(
    events: Collections,
    options?: RequestOptions,
  ): Promise<{ [Collection in keyof Collections]: Outcome[] }>;
  recordMany(collection: string, events: readonly KeyholeEvent[], options?: RequestOptions): Promise<Outcome[]>;

  /**
   * Asks; resolves to the server's answer. Tried again like `record`. Who asks the same while it is on its way
   * shares the request; it is aborted when nobody waits any more.
   */
  query<Result>(question: Question<Result>, options?: QueryOptions): Promise<QueryAnswer<Result>>;
  query<Result = JsonValue>(
    analysisType: AnalysisType,
    parameters: QueryParameters,
    options?: QueryOptions,
  ): Promise<QueryAnswer<Result>>;
  query<Result = JsonValue>(
    parameters: QueryParameters & ({ analysisType: AnalysisType } | { analysis_type: AnalysisType }),
    options?: QueryOptions,
  ): Promise<QueryAnswer<Result>>;

  /** The result of a saved query, with its definition beside it. */
  savedQuery<Result = JsonValue>(name: string, options?: QueryOptions): Promise<QueryAnswer<Result>>;

  /**
   * What a dataset holds of one value of its index, or of one value for each of its properties, in whole
   * sub-timeframes. Tried again like `record`.
   */
  dataset<Result = JsonValue>(
    name: string,
    parameters: { indexBy: JsonValue; timeframe: Timeframe },
    options?: QueryOptions,
  ): Promise<QueryAnswer<Result>>;

  /** Another key from now on. What was answered and known of the one before is forgotten. */
  setKey(key: string): void;

  /** What the key may do, asked of the server and remembered; what did not change is not sent again. */
  self(options?: RequestOptions): Promise<KeyDescription>;

  /**
   * Would the server allow this? Decided here, by the server's own code, from what `self()` brought; the
   * server is asked for that once when `self()` was not called, and again where what the key may know of
   * itself does not suffice. Only the server's own decision protects anything: use this to show or hide.
   */
  can(request: KeyRequest, options?: RequestOptions): Promise<boolean>;

  /** Why, by which rules, and what is left of the request. `remote`: the server decides, not this page. */
  explain(request: KeyRequest, options?: RequestOptions & { remote?: boolean }): Promise<Explanation>;
}

/** What went wrong, for code. Servers may have others than those that are known here. */
export type ErrorCode =
  // Of the client.
  | "NetworkError"
  | "UnexpectedAnswerError"
  // Of keys.
  | "InvalidApiKeyError"
  | "ExpiredApiKeyError"
  | "NotYetValidApiKeyError"
  | "RequestForbiddenError"
  | "AdminOnlyEndpointError"
  | "AccessKeyDefinitionError"
  | "PreconditionFailedError"
  | "ConflictError"
  | "HttpsRequiredError"
  // Of questions.
  | "MissingRequiredRequestFieldError"
  | "TimeframeDefinitionError"
  | "TimezoneDefinitionError"
  | "IntervalDefinitionError"
  | "FilterDefinitionError"
  | "GroupByDefinitionError"
  | "OrderByDefinitionError"
  | "AnalysisDefinitionError"
  | "FunnelDefinitionError"
  | "ExtractionDefinitionError"
  | "SavedQueryDefinitionError"
  | "TooManyResultsError"
  | "QueryTooComplexError"
  | "QueryTimeoutError"
  // Of events and requests.
  | "InvalidEventError"
  | "InvalidBatchError"
  | "InvalidPropertyValueError"
  | "NamespaceTypeError"
  | "InvalidJSONError"
  | "InvalidRequestError"
  | "InvalidCollectionNameError"
  | "InvalidPropertyNameError"
  | "ResourceNotFoundError"
  | "MethodNotAllowedError"
  | "RequestTooLargeError"
  | "TooManyRequestsError"
  | "InternalServerError"
  | "ServiceUnavailableError"
  | (string & {});

/** The server refused, or could not be reached, or would refuse. Never holds the key. */
export declare class KeyholeError extends Error {
  readonly name: "KeyholeError";
  /** The HTTP status of the answer; 0 when there was none, or when nothing was sent. */
  readonly status: number;
  /** For code: the server's `error_code`, or one of the client's own. */
  readonly errorCode: ErrorCode;
  /** After a failed `recordMany`: what became of each event, in the shape it resolves to. */
  readonly outcomes?: Outcome[] | Record<string, Outcome[]>;
}

export interface RecorderOptions extends KeyholeOptions {
  /** When what was recorded is sent: at so many events (1,000), or after so many seconds (5). */
  queue?: { capacity?: number; interval?: number };
  /** Where it is kept until it is stored: in IndexedDB, or with `false` in memory alone. */
  storage?:
    | false
    | {
        /**
         * Recorders with one name share what they keep, across tabs and visits. By default those with one key: name
         * the customer or the visitor where keys are short-lived.
         */
        name?: string;
        /** At most so much is kept (20,000,000); what comes later is told to have failed. */
        bytesMax?: number;
        /** What is older is thrown away (30). */
        daysMax?: number;
      };
  /** Record nothing where the browser says Do Not Track or Global Privacy Control. Off. */
  respectDoNotTrack?: boolean;
  /** `false`: hold at most 1,000 events in memory, keep and send nothing, until `consent(true)`. */
  consent?: boolean;
}

/** Properties for events that do not bring them, or what makes them for each event. */
export type Extension = KeyholeEvent | (() => KeyholeEvent);

/** What a recorder tells: the `detail` of each of its events. */
export interface RecorderEvents {
  /** Stored. */
  sent: { events: number };
  /** Not stored, nor tried again. */
  failed: { collection: string; event: unknown; error: { name: string; description: string } };
  /** A request failed; all is kept. The next attempt comes after so long, or with another key if none is told. */
  delayed: { error: KeyholeError; milliseconds: number | undefined };
  /** So many events are not yet known to be stored. */
  queue: { events: number };
  /** Consent was given or taken, or somebody opted out or in again. */
  permission: "granted" | "waiting" | "denied";
}

/** Records without waiting: takes events at once, keeps them through crashes, and sends them when it can. */
export declare class Recorder extends (EventTarget as { new (): Omit<EventTarget, "addEventListener" | "removeEventListener"> }) {
  /** Throws a `TypeError` that names the option which cannot be used. */
  constructor(options: RecorderOptions);
  /**
   * Takes an event, to be stored once. Never throws: what cannot be recorded is answered with `false` and told as
   * `failed`. Without permission nothing is recorded and nothing told.
   */
  record(collection: string, event: KeyholeEvent): boolean;
  /** The same for many; answers how many were taken. */
  recordMany(collection: string, events: readonly KeyholeEvent[]): number;
  /** Adds properties to all later events. Objects are merged at every depth, lists are joined; the event wins. */
  extend(properties: Extension): void;
  /** The same for one collection, above what is for all. */
  extend(collection: string, properties: Extension): void;
  /** Events not yet known to be stored. */
  readonly size: number;
  readonly permission: "granted" | "waiting" | "denied";
  /** Uses another key from now on, and sends what waited for it. */
  set key(key: string);
  /** Resolves when all that was recorded is kept: to `true` if it survives a crash. */
  saved(): Promise<boolean>;
  /** Sends all now. Rejects with a `KeyholeError` if that fails; all is kept then, and tried again. */
  flush(): Promise<void>;
  /** Goes on, or throws away what waits and stops. */
  consent(given: boolean): Promise<void>;
  /**
   * Remembers in this browser, for the whole origin, that nothing shall be recorded; throws away what waits. Rejects
   * where the browser has no room left to remember it: then it holds for this page.
   */
  optOut(out?: boolean): Promise<void>;
  /** Sends what is left, and stops. */
  close(): Promise<void>;
  addEventListener<Type extends keyof RecorderEvents>(
    type: Type,
    listener: ((event: CustomEvent<RecorderEvents[Type]>) => void) | EventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Type extends keyof RecorderEvents>(
    type: Type,
    listener: ((event: CustomEvent<RecorderEvents[Type]>) => void) | EventListenerObject | null,
    options?: boolean | EventListenerOptions,
  ): void;
}
