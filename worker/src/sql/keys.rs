//! Which statements make, find, list and change access keys?

use super::Sql;
use keyhole_policy::authorize::AuthorizedKeyManagement;
use keyhole_policy::key::KeyDefinition;
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
    /// Pages before this one, from 0.
    pub pages_before: usize,
    /// Keys on a page.
    pub per_page: usize,
}

const COLUMNS: &str = "json_array(a.id, a.is_active, json(a.definition), a.created_at, a.updated_at, k.hash, k.sealed)";
const TABLES: &str = "access_key a JOIN credential k ON k.project = a.project AND k.kind = 'access' AND k.access_key = a.id";

fn matching(reference: &KeyReference) -> (&'static str, String) {
    match reference {
        KeyReference::Id(id) => ("id = ?2", id.to_string()),
        KeyReference::Hash(hash) => (
            "id = (SELECT access_key FROM credential WHERE hash = ?2 AND project = ?1)",
            hash.clone(),
        ),
    }
}

/// Keeps a new key; its credential is kept with it.
pub fn insert(
    permit: &AuthorizedKeyManagement,
    id: &KeyId,
    definition: &KeyDefinition,
    sent: &Value,
    now: Instant,
) -> Sql {
    Sql::new(
        "INSERT INTO access_key (project, id, name, external_id, is_active, definition, created_at, updated_at) \
         VALUES (?1, ?2, ?3, nullif(?4, ''), CAST(?5 AS INTEGER), ?6, CAST(?7 AS INTEGER), CAST(?7 AS INTEGER))",
        vec![
            permit.project().to_string(),
            id.to_string(),
            definition.name.to_string(),
            definition
                .external_id
                .as_ref()
                .map_or(String::new(), ToString::to_string),
            u8::from(definition.is_active).to_string(),
            sent.to_string(),
            now.milliseconds().to_string(),
        ],
    )
}

/// Rows `[id, is_active, definition, created_at, updated_at, hash, sealed]`: one, or none.
pub fn read(permit: &AuthorizedKeyManagement, reference: &KeyReference) -> Sql {
    let (condition, parameter) = matching(reference);
    Sql::new(
        format!("SELECT {COLUMNS} AS row FROM {TABLES} WHERE a.project = ?1 AND a.{condition}"),
        vec![permit.project().to_string(), parameter],
    )
}

/// The same rows for a page of keys, the oldest first.
pub fn list(permit: &AuthorizedKeyManagement, list: &KeyList) -> Sql {
    Sql::new(
        format!(
            "SELECT {COLUMNS} AS row FROM {TABLES} WHERE a.project = ?1 AND (?2 = '' OR a.name = ?2) \
             ORDER BY a.created_at, a.id LIMIT CAST(?3 AS INTEGER) OFFSET CAST(?4 AS INTEGER)"
        ),
        vec![
            permit.project().to_string(),
            list.name.clone().unwrap_or_default(),
            list.per_page.to_string(),
            list.pages_before.saturating_mul(list.per_page).to_string(),
        ],
    )
}

/// Revokes or restores a key.
pub fn set_active(
    permit: &AuthorizedKeyManagement,
    reference: &KeyReference,
    is_active: bool,
    now: Instant,
) -> Sql {
    let (condition, parameter) = matching(reference);
    Sql::new(
        format!(
            "UPDATE access_key SET is_active = CAST(?3 AS INTEGER), updated_at = CAST(?4 AS INTEGER) \
             WHERE project = ?1 AND {condition}"
        ),
        vec![
            permit.project().to_string(),
            parameter,
            u8::from(is_active).to_string(),
            now.milliseconds().to_string(),
        ],
    )
}

/// Replaces a key's definition.
pub fn replace(
    permit: &AuthorizedKeyManagement,
    reference: &KeyReference,
    definition: &KeyDefinition,
    sent: &Value,
    now: Instant,
) -> Sql {
    let (condition, parameter) = matching(reference);
    Sql::new(
        format!(
            "UPDATE access_key SET name = ?3, external_id = nullif(?4, ''), is_active = CAST(?5 AS INTEGER), \
             definition = ?6, updated_at = CAST(?7 AS INTEGER) WHERE project = ?1 AND {condition}"
        ),
        vec![
            permit.project().to_string(),
            parameter,
            definition.name.to_string(),
            definition
                .external_id
                .as_ref()
                .map_or(String::new(), ToString::to_string),
            u8::from(definition.is_active).to_string(),
            sent.to_string(),
            now.milliseconds().to_string(),
        ],
    )
}

/// Deletes a key and its credential, in this order.
pub fn delete(permit: &AuthorizedKeyManagement, id: &KeyId) -> Vec<Sql> {
    let parameters = || vec![permit.project().to_string(), id.to_string()];
    vec![
        Sql::new(
            "DELETE FROM credential WHERE project = ?1 AND kind = 'access' AND access_key = ?2",
            parameters(),
        ),
        Sql::new(
            "DELETE FROM access_key WHERE project = ?1 AND id = ?2",
            parameters(),
        ),
    ]
}
