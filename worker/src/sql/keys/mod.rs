//! Which statements make, find and list access keys?

mod change;
mod line;

pub use change::{Condition, delete, replace, revoke_all, rotate, set_active};
pub use line::{LINE_COLUMNS, LINE_TABLES, read_line};

use super::{Sql, at, audit};
use keyhole_policy::authorize::{AuthorizedKeyDefinition, AuthorizedKeyManagement};
use keyhole_policy::limits::KEYS_MADE_BY_ONE_MAX;
use keyhole_policy::name::KeyId;
use keyhole_policy::time::Instant;
use keyhole_policy::value::Value;

/// How a caller names an access key: by its id, or, as Keen's clients do, by itself.
#[derive(Clone, Debug)]
pub enum KeyReference {
    /// Its id.
    Id(KeyId),
    /// The SHA-256 of the key, hexadecimal.
    Hash(String),
}

/// Which keys of a list are wanted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeyList {
    /// Only those of this name.
    pub name: Option<String>,
    /// Only those with this external id.
    pub external_id: Option<String>,
    /// Only active ones, or only revoked ones.
    pub is_active: Option<bool>,
    /// Pages before this one, from 0.
    pub pages_before: usize,
    /// Keys on a page.
    pub per_page: usize,
}

const COLUMNS: &str = "json_array(a.id, a.is_active, json(a.definition), a.created_at, a.updated_at, k.sealed, \
     a.version, a.made_by, a.last_used_at)";
const TABLES: &str = "access_key a JOIN credential k ON k.project = a.project AND k.kind = 'access' \
     AND k.access_key = a.id AND k.dies_at IS NULL";

/// The keys a permit reaches: those of its project, and where it is an access key's, below that one.
pub(super) fn reached(permit: &AuthorizedKeyManagement) -> &'static str {
    match permit.below() {
        None => "a.project = ?1->>'project'",
        Some(_) => {
            "a.project = ?1->>'project' AND a.id IN (WITH RECURSIVE below(id) AS (\
             SELECT id FROM access_key WHERE project = ?1->>'project' AND made_by = ?1->>'below' \
             UNION ALL SELECT c.id FROM access_key c JOIN below ON c.made_by = below.id \
             WHERE c.project = ?1->>'project') SELECT id FROM below)"
        }
    }
}

/// What [`reached`] is bound to.
pub(super) fn reach(permit: &AuthorizedKeyManagement) -> Vec<(&'static str, Value)> {
    let below = permit.below().map(|id| Value::text(id.as_str()));
    vec![
        ("project", Value::text(permit.project().as_str())),
        ("below", below.unwrap_or(Value::Null)),
    ]
}

/// The keys that a reference names, within reach.
pub(super) fn named(
    permit: &AuthorizedKeyManagement,
    reference: &KeyReference,
) -> (String, Vec<(&'static str, Value)>) {
    let mut parameters = reach(permit);
    let reached = reached(permit);
    let condition = match reference {
        KeyReference::Id(id) => {
            parameters.push(("id", Value::text(id.as_str())));
            format!("{reached} AND a.id = ?1->>'id'")
        }
        KeyReference::Hash(hash) => {
            parameters.push(("hash", Value::text(hash.as_str())));
            format!(
                "{reached} AND a.id = (SELECT access_key FROM credential \
                 WHERE hash = ?1->>'hash' AND project = ?1->>'project')"
            )
        }
    };
    (condition, parameters)
}

/// Keeps a new key, unless the key that makes it has made too many: then nothing changes.
pub fn insert(allowed: &AuthorizedKeyDefinition, id: &KeyId, sent: &Value, now: Instant) -> Sql {
    let definition = allowed.definition();
    let external_id = definition.external_id.as_ref();
    let maker = allowed.maker().map(|maker| Value::text(maker.as_str()));
    Sql::keyed(
        format!(
            "INSERT INTO access_key (project, id, name, external_id, is_active, definition, made_by, created_at, updated_at) \
             SELECT ?1->>'project', ?1->>'id', ?1->>'name', ?1->>'external_id', ?1->>'is_active', ?1->'definition', \
             ?1->>'made_by', ?1->>'now', ?1->>'now' WHERE (SELECT count(*) FROM access_key \
             WHERE project = ?1->>'project' AND made_by = ?1->>'made_by') < {KEYS_MADE_BY_ONE_MAX}"
        ),
        [
            ("project", Value::text(allowed.project().as_str())),
            ("id", Value::text(id.as_str())),
            ("name", Value::Text(definition.name.to_string())),
            (
                "external_id",
                external_id.map_or(Value::Null, |id| Value::Text(id.to_string())),
            ),
            ("is_active", Value::Bool(definition.is_active)),
            ("definition", sent.clone()),
            ("made_by", maker.unwrap_or(Value::Null)),
            ("now", at(now)),
        ],
    )
}

/// Rows `[id, is_active, definition, created_at, updated_at, sealed, version, made_by, last_used_at]`: one, or none.
pub fn read(permit: &AuthorizedKeyManagement, reference: &KeyReference) -> Sql {
    let (condition, parameters) = named(permit, reference);
    Sql::keyed(
        format!("SELECT {COLUMNS} AS row FROM {TABLES} WHERE {condition}"),
        parameters,
    )
}

/// The same rows for a page of keys, the oldest first.
pub fn list(permit: &AuthorizedKeyManagement, list: &KeyList) -> Sql {
    let reached = reached(permit);
    let mut parameters = reach(permit);
    let text = |text: &Option<String>| text.clone().map_or(Value::Null, Value::Text);
    let offset = list.pages_before.saturating_mul(list.per_page);
    parameters.extend([
        ("name", text(&list.name)),
        ("external_id", text(&list.external_id)),
        ("is_active", list.is_active.map_or(Value::Null, Value::Bool)),
        ("limit", Value::count(list.per_page)),
        ("offset", Value::count(offset)),
    ]);
    // A condition that is not asked for does not stand there: `x IS NULL OR …` would hide the index.
    let mut conditions = vec![reached];
    let asked = [
        (list.name.is_some(), "a.name = ?1->>'name'"),
        (
            list.external_id.is_some(),
            "a.external_id = ?1->>'external_id'",
        ),
        (list.is_active.is_some(), "a.is_active = ?1->>'is_active'"),
    ];
    conditions.extend(
        asked
            .iter()
            .filter(|(is_asked, _)| *is_asked)
            .map(|(_, text)| *text),
    );
    Sql::keyed(
        format!(
            "SELECT {COLUMNS} AS row FROM {TABLES} WHERE {} ORDER BY a.created_at, a.id \
             LIMIT ?1->>'limit' OFFSET ?1->>'offset'",
            conditions.join(" AND ")
        ),
        parameters,
    )
}

/// Rows `[active keys]`, one: how many active keys with an external id were made by who asks.
pub fn count_active(permit: &AuthorizedKeyManagement, external_id: &str) -> Sql {
    let mut parameters = reach(permit);
    parameters.push(("external_id", Value::text(external_id)));
    Sql::keyed(
        format!(
            "SELECT json_array(count(*)) AS row FROM access_key a WHERE {} AND {} AND {}",
            reached(permit),
            change::ACTIVE_OF_EXTERNAL_ID,
            change::COUNTED
        ),
        parameters,
    )
}

/// Notes that a key was used, unless that minute is noted already.
pub fn touch(project: &keyhole_policy::name::ProjectId, id: &KeyId, minute: Instant) -> Sql {
    Sql::keyed(
        "UPDATE access_key SET last_used_at = ?1->>'minute' WHERE project = ?1->>'project' AND id = ?1->>'id' \
         AND coalesce(last_used_at, -1) < ?1->>'minute'",
        [
            ("project", Value::text(project.as_str())),
            ("id", Value::text(id.as_str())),
            ("minute", at(minute)),
        ],
    )
}

/// The audit's word for a new key, once it is kept.
pub fn audit_made(
    allowed: &AuthorizedKeyDefinition,
    id: &KeyId,
    by: &audit::Actor,
    now: Instant,
) -> Sql {
    let parameters = vec![
        ("project", Value::text(allowed.project().as_str())),
        ("id", Value::text(id.as_str())),
    ];
    let condition = "a.project = ?1->>'project' AND a.id = ?1->>'id'";
    audit::change(&audit::Change::Made, by, condition, parameters, now)
}
