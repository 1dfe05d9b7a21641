//! How much of anything may arrive? Every bound, its unit in its name.

/// One event, as canonical JSON.
pub const EVENT_BYTES_MAX: usize = 900_000;
/// One request body; a batch of events is the only kind that comes near.
pub const BODY_BYTES_MAX: usize = 10_000_000;
/// Events in one batch, over all its collections.
pub const BATCH_EVENTS_MAX: usize = 5_000;
/// Objects and lists inside one another, in one event.
pub const EVENT_DEPTH_MAX: usize = 100;
/// The same in any JSON text: a batch of events and a stored row are deeper than their event.
pub const JSON_DEPTH_MAX: usize = 110;

/// A collection's name, in characters (all ASCII).
pub const COLLECTION_NAME_CHARACTERS_MAX: usize = 256;
/// One property's name, in characters.
pub const PROPERTY_NAME_CHARACTERS_MAX: usize = 256;
/// A dotted path in a query or a key, in characters.
pub const PROPERTY_PATH_CHARACTERS_MAX: usize = 2_048;
/// Steps in a dotted path: an event nests no deeper.
pub const PROPERTY_PATH_STEPS_MAX: usize = EVENT_DEPTH_MAX;
/// What may be put into all events of one request on receipt, by placeholders and add-ons.
pub const FILLED_IN_BYTES_MAX: usize = 10_000_000;
/// Add-ons of one event; Keen's tracker asks for six.
pub const ADDONS_MAX: usize = 10;
/// A text that an add-on reads, in bytes; a longer one is not read.
pub const ADDON_INPUT_BYTES_MAX: usize = 8_192;
/// Parameters of one URL that an add-on tells; those after them are left out.
pub const ADDON_URL_PARAMETERS_MAX: usize = 100;
/// A caller's `User-Agent`, in characters; what is longer is cut.
pub const USER_AGENT_CHARACTERS_MAX: usize = 1_000;
/// What is read of a `User-Agent`, in bytes: it is searched for a hundred words.
pub const USER_AGENT_READ_BYTES_MAX: usize = 500;
/// An address to redirect to, in bytes.
pub const REDIRECT_BYTES_MAX: usize = 8_192;
/// Hosts that one key may name in `redirects`.
pub const REDIRECT_HOSTS_MAX: usize = 100;
/// `keen.uniqueness_token`, in characters.
pub const UNIQUENESS_TOKEN_CHARACTERS_MAX: usize = 64;
/// The name of a key, a project, a saved query or a dataset, in characters.
pub const LABEL_CHARACTERS_MAX: usize = 256;

/// Operators and `or`s in the filters of one query or one grant.
pub const FILTER_NODES_MAX: usize = 200;
/// `or`s inside one another, the leaves counted.
pub const FILTER_DEPTH_MAX: usize = 16;
/// Values in all `in` lists of one query or one grant.
pub const FILTER_LIST_VALUES_MAX: usize = 10_000;
/// A `regex` pattern, in bytes.
pub const REGEX_BYTES_MAX: usize = 1_000;
/// States of a `regex` pattern once it is compiled: those of a pattern of so many bytes fit, and of repetitions that do
/// not multiply each other.
pub const REGEX_STATES_MAX: usize = 4_096;
/// Steps that the patterns of one question may take at most, one for each byte of a text and each state of a pattern: in
/// a Worker some seconds.
pub const REGEX_STEPS_MAX: usize = 400_000_000;
/// Of these, what is taken before another request has its turn.
pub const REGEX_STEPS_IN_A_TURN: usize = 20_000_000;
/// Steps that the patterns of the keys may take on all events of one request.
pub const REGEX_STEPS_OF_RECORDING_MAX: usize = 40_000_000;
/// `regex` operators in the filters of one query or one grant: each costs a look at the distinct values.
pub const REGEX_FILTERS_MAX: usize = 5;
/// Distinct strings that one `regex` may be tried on.
pub const REGEX_CANDIDATES_MAX: usize = 100_000;

/// What D1 runs in one statement, in instructions of SQLite's virtual machine: no question may take more.
///
/// D1's limit is 25,000, but SQLite doubles the room for a statement whenever it is full, from 42 instructions on,
/// and refuses to double it past that limit: it ends at 21,504.
pub const STATEMENT_INSTRUCTIONS_MAX: usize = 21_500;
/// Of these, what the filters of one grant or one deletion may take: four keys of a line, with two grants each, fit.
pub const STANDING_FILTER_INSTRUCTIONS_MAX: usize = 2_500;
/// Of these, what it takes to keep a dataset's rows by the values of its index.
pub const DATASET_INSTRUCTIONS: usize = 1_000;
/// Operands and property names in all filters of one statement, in bytes: D1 takes parameters of 2,000,000.
pub const STATEMENT_OPERAND_BYTES_MAX: usize = 1_500_000;

/// Properties in one `group_by`.
pub const GROUP_BY_PROPERTIES_MAX: usize = 16;
/// Classes in one `ranges` grouping.
pub const GROUP_BY_RANGES_MAX: usize = 100;
/// Digits of a class' size, written as far as the offset's last digit.
pub const CLASS_SIZE_DIGITS_MAX: u32 = 9;
/// Digits of a class' edge: of so many, any two decimals are different doubles.
pub const CLASS_EDGE_DIGITS_MAX: u32 = 15;
/// Places from the point to a digit of a class' size or offset: powers of ten that a double holds exactly.
pub const CLASS_PLACES_MAX: u32 = 22;
/// Rows one query may answer with: groups, over all buckets.
pub const GROUPS_MAX: usize = 100_000;
/// Values one `select_unique` may answer with, over all groups and buckets.
pub const UNIQUE_VALUES_MAX: usize = 100_000;
/// Buckets of one interval query.
pub const BUCKETS_MAX: usize = 9_000;
/// Steps of one funnel.
pub const FUNNEL_STEPS_MAX: usize = 20;
/// Of a funnel in order: its steps stand inside one another in a statement, whose depth SQLite bounds.
pub const ORDERED_FUNNEL_STEPS_MAX: usize = 10;
/// Buckets of one funnel with an interval.
pub const FUNNEL_INTERVALS_MAX: usize = 100;
/// Labels of one multi-analysis.
pub const ANALYSES_MAX: usize = 50;
/// What the store may answer to one question, in bytes of JSON: an isolate has 128 MB, and while an answer is made it is
/// there eight times (measured).
pub const ANSWER_BYTES_MAX: usize = 10_000_000;
/// Events one extraction may answer with.
pub const EXTRACTION_EVENTS_MAX: usize = 100_000;
/// Events on one page of an extraction.
pub const PAGE_EVENTS_MAX: usize = 10_000;
/// Columns of a CSV, where none are named.
pub const CSV_COLUMNS_MAX: usize = 10_000;
/// Their names, in bytes.
pub const CSV_NAMES_BYTES_MAX: usize = 1_000_000;
/// A whole CSV, in bytes.
pub const CSV_BYTES_MAX: usize = 20_000_000;
/// Groups or events that `limit` or `latest` may ask for.
pub const LIMIT_MAX: usize = 1_000_000;

/// Names in one list of a key (collections, properties, saved queries, datasets).
pub const KEY_LIST_NAMES_MAX: usize = 1_000;
/// A whole key definition, as JSON.
pub const KEY_DEFINITION_BYTES_MAX: usize = 100_000;
/// Keys in one line, each made by the one before; the master key made the first.
pub const KEY_LINE_MAX: usize = 4;
/// Keys that one access key may have made, at a time.
pub const KEYS_MADE_BY_ONE_MAX: usize = 1_000;
/// How long a rotated key's old string may go on, in seconds: 30 days.
pub const ROTATION_OVERLAP_SECONDS_MAX: i64 = 2_592_000;
/// Old strings of one key that may be alive beside the newest.
pub const ROTATION_OLD_STRINGS_MAX: usize = 10;
/// Keys answered on one page.
pub const KEYS_PER_PAGE_MAX: usize = 200;
/// Entries of the audit answered on one page.
pub const AUDIT_ENTRIES_PER_PAGE_MAX: usize = 200;

/// A saved query's definition, in bytes of JSON.
pub const SAVED_QUERY_BYTES_MAX: usize = 100_000;
/// Saved queries of one project.
pub const SAVED_QUERIES_MAX: usize = 5_000;
/// Of those, queries that are kept fresh.
pub const CACHED_QUERIES_MAX: usize = 500;
/// The shortest time between two runs of a cached query, in seconds.
pub const REFRESH_SECONDS_MIN: u32 = 3_600;
/// The longest, in seconds.
pub const REFRESH_SECONDS_MAX: u32 = 172_800;

/// Properties that one update changes.
pub const UPDATE_PROPERTIES_MAX: usize = 20;
/// What they are changed to, in bytes of JSON.
pub const UPDATE_BYTES_MAX: usize = 100_000;
/// Events that one update changes.
pub const UPDATE_EVENTS_MAX: usize = 100_000;

/// Users that a project may name.
pub const PROJECT_USERS_MAX: usize = 100;
/// Origins that a project may name.
pub const PROJECT_ORIGINS_MAX: usize = 100;
/// The longest that a project may be told to keep its events, in days: a hundred years.
pub const RETENTION_DAYS_MAX: usize = 36_500;
/// Paths by which a project was clustered before: an event that was recorded under one of them is known again.
pub const EARLIER_SCOPE_PROPERTIES_MAX: usize = 4;

/// A dataset's definition, in bytes of JSON.
pub const DATASET_BYTES_MAX: usize = 100_000;
/// Datasets of one project.
pub const DATASETS_MAX: usize = 500;
/// Properties that one dataset is indexed by.
pub const DATASET_INDEX_PROPERTIES_MAX: usize = 3;
/// Sub-timeframes of one dataset.
pub const DATASET_SUB_TIMEFRAMES_MAX: usize = 2_000;
/// Datasets answered on one page.
pub const DATASETS_PER_PAGE_MAX: usize = 100;
/// Datasets answered on one page where nothing is said.
pub const DATASETS_PER_PAGE: usize = 10;

/// Collections that one list shows.
pub const COLLECTIONS_MAX: usize = 5_000;
/// Properties of one collection, each type of one counted, that the schema keeps.
pub const SCHEMA_PROPERTIES_MAX: usize = 10_000;
/// Their paths and types, in bytes of JSON: D1 answers them in one text, of at most 2,000,000.
pub const SCHEMA_BYTES_MAX: usize = 1_000_000;
/// What one request may add to the schema of all its collections, in bytes of JSON: it is one parameter.
pub const SCHEMA_ADDED_BYTES_MAX: usize = 1_500_000;
/// A customer's own events that the schema is read from, of one collection.
pub const SCHEMA_OWN_EVENTS_MAX: usize = 200;
/// Collections that one list shows to a key whose schema is read from its own events.
pub const SCHEMA_OWN_COLLECTIONS_MAX: usize = 100;
/// Deletions of one project that may be carried out at a time, whole collections not counted: every read leaves out
/// what they take.
pub const OPEN_DELETIONS_MAX: usize = 10;
