//! Which statements keep and read the names and types of properties?

use super::filter::condition;
use super::regex::as_far_as_known;
use super::selection::Source;
use super::{Constants, Sql, at};
use keyhole_policy::authorize::AuthorizedSchema;
use keyhole_policy::limits::{COLLECTIONS_MAX, SCHEMA_PROPERTIES_MAX};
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

/// Keeps what was seen of properties, in the transaction of the events themselves. A collection with very many
/// properties takes no more.
pub fn keep(project: &ProjectId, seen: &[Seen], now: Instant) -> Vec<Sql> {
    if seen.is_empty() {
        return Vec::new();
    }
    let row = |seen: &Seen| {
        let texts = [seen.collection.as_str(), seen.path.as_str(), seen.kind];
        Value::List(texts.map(Value::text).to_vec())
    };
    let parameters = [
        ("project", Value::text(project.as_str())),
        ("seen", Value::List(seen.iter().map(row).collect())),
        ("now", at(now)),
    ];
    let keep = format!(
        "INSERT OR IGNORE INTO property (c, path, type, first_seen_at) \
         SELECT collection.c, s.value ->> 1, s.value ->> 2, ?1->>'now' FROM json_each(?1, '$.seen') s \
         CROSS JOIN collection ON collection.project = ?1->>'project' AND collection.name = s.value ->> 0 \
         WHERE collection.properties < {SCHEMA_PROPERTIES_MAX}"
    );
    // All of a collection's stand in one row of an answer, of which D1 takes 2,000,000 bytes: a long path counts as
    // several, one for each hundred bytes begun.
    let count = "UPDATE collection SET properties = \
         (SELECT coalesce(sum(1 + length(CAST(json_quote(path) AS BLOB)) / 100), 0) FROM property p WHERE p.c = collection.c) \
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
