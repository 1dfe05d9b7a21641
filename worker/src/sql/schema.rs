//! Which statements keep and read the names and types of properties?

use super::filter::condition;
use super::regex::as_far_as_known;
use super::selection::Source;
use super::{Constants, Sql, at};
use keyhole_policy::authorize::AuthorizedSchema;
use keyhole_policy::limits::{COLLECTIONS_MAX, SCHEMA_BYTES_MAX, SCHEMA_PROPERTIES_MAX};
use keyhole_policy::name::{CollectionName, ProjectId};
use keyhole_policy::query::Selection;
use keyhole_policy::time::Instant;
use keyhole_policy::value::Value;

/// A property of a type, in a collection.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    /// The collection.
    pub collection: String,
    /// Its path.
    pub path: String,
    /// The word for its type.
    pub kind: &'static str,
}

impl Seen {
    /// As the statement that keeps it takes it: `[collection, path, type]`.
    pub fn row(&self) -> Value {
        let texts = [self.collection.as_str(), self.path.as_str(), self.kind];
        Value::List(texts.map(Value::text).to_vec())
    }
}

/// Keeps what was seen of properties, in the transaction of the events themselves. A collection with very many
/// properties takes no more: of what comes then, the first that fit.
pub fn keep(project: &ProjectId, seen: &[Seen], now: Instant) -> Vec<Sql> {
    if seen.is_empty() {
        return Vec::new();
    }
    let parameters = [
        ("project", Value::text(project.as_str())),
        ("seen", Value::List(seen.iter().map(Seen::row).collect())),
        ("now", at(now)),
    ];
    let bytes = "octet_length(json_array(path, type)) + 1";
    let keep = format!(
        "WITH sent AS (SELECT collection.c, s.value ->> 1 AS path, s.value ->> 2 AS type, s.key AS place \
         FROM json_each(?1, '$.seen') s \
         CROSS JOIN collection ON collection.project = ?1->>'project' AND collection.name = s.value ->> 0 \
         WHERE collection.properties < {SCHEMA_PROPERTIES_MAX}), \
         kept AS (SELECT c, count(*) AS number, sum({bytes}) AS bytes FROM property WHERE c IN (SELECT c FROM sent) GROUP BY c), \
         new AS (SELECT c, path, type, row_number() OVER w AS number, sum({bytes}) OVER w AS bytes FROM sent \
         WHERE NOT EXISTS (SELECT 1 FROM property p WHERE p.c = sent.c AND p.path = sent.path AND p.type = sent.type) \
         WINDOW w AS (PARTITION BY c ORDER BY place)) \
         INSERT OR IGNORE INTO property (c, path, type, first_seen_at) \
         SELECT new.c, new.path, new.type, ?1->>'now' FROM new LEFT JOIN kept ON kept.c = new.c \
         WHERE new.number + coalesce(kept.number, 0) <= {SCHEMA_PROPERTIES_MAX} \
         AND new.bytes + coalesce(kept.bytes, 0) <= {SCHEMA_BYTES_MAX}"
    );
    let count = "UPDATE collection SET properties = (SELECT count(*) FROM property p WHERE p.c = collection.c) \
         WHERE project = ?1->>'project' AND name IN (SELECT s.value ->> 0 FROM json_each(?1, '$.seen') s)";
    vec![
        Sql::keyed(keep, parameters.clone()),
        Sql::keyed(count, parameters),
    ]
}

/// What of the collections is read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Detail {
    /// Their names.
    Names,
    /// Their properties too.
    Properties,
}

const ALL_PROPERTIES: &str = "(SELECT json_group_array(json_array(path, type)) FROM \
     (SELECT path, type FROM property p WHERE p.c = c.c ORDER BY path, first_seen_at, type))";

/// Rows `[collection, [[path, type], …]]` by name, the types of a path in the order they were seen first; of one
/// collection, or of all. Where names are enough, the lists are empty.
pub fn read(permit: &AuthorizedSchema, collection: Option<&CollectionName>, detail: Detail) -> Sql {
    let one = match collection {
        Some(_) => "AND c.name = ?1->>'name'",
        None => "",
    };
    // Of the schema of all, a key that is told that of its own events is told nothing, its length included.
    let nothing = "json('[]')";
    let (properties, limit) = match (permit.is_of_own_events(), detail) {
        (true, _) => (nothing, String::new()),
        (false, Detail::Names) => (nothing, format!("LIMIT {COLLECTIONS_MAX}")),
        (false, Detail::Properties) => (ALL_PROPERTIES, format!("LIMIT {COLLECTIONS_MAX}")),
    };
    let name = collection.map(|name| Value::text(name.as_str()));
    Sql::keyed(
        format!(
            "SELECT json_array(c.name, {properties}) AS row \
             FROM collection c WHERE c.project = ?1->>'project' {one} ORDER BY c.name {limit}"
        ),
        [
            ("project", Value::text(permit.project().as_str())),
            ("name", name.unwrap_or(Value::Null)),
        ],
    )
}

/// Rows `[collection]`: those of the project in which a selection has events, whichever it is of itself. Where a `regex`
/// was not tried, it is taken to hold.
pub fn holding(source: &Source, selection: &Selection) -> Sql {
    let mut constants = Constants::default();
    let fence = source.fence_in("own.c", selection, &mut constants);
    let known = as_far_as_known(&selection.filter, source.matches);
    let filter = condition(&known, source.spelling, source.matches, &mut constants);
    let project = constants.bind(Value::text(source.authorized.project().as_str()));
    constants.into_sql(format!(
        "SELECT json_array(own.name) AS row FROM collection own WHERE own.project = {project} \
         AND EXISTS (SELECT 1 FROM event_with_body e WHERE {fence} AND {filter})"
    ))
}
