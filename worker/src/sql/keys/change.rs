//! Which statements change access keys? Each change and its audit stand in one transaction.

use super::{KeyReference, Sql, named, reach, reached};
use crate::sql::audit::{self, Actor, Change};
use crate::sql::{at, whole};
use keyhole_policy::authorize::{AuthorizedKeyDefinition, AuthorizedKeyManagement};
use keyhole_policy::name::KeyId;
use keyhole_policy::time::Instant;
use keyhole_policy::value::Value;

/// Active keys with the external id that is asked for.
pub(super) const ACTIVE_OF_EXTERNAL_ID: &str =
    "a.external_id = ?1->>'external_id' AND a.is_active = 1";

/// Those of them whose number must be known: made by who asks. Else a key that makes keys could put off its own end, or
/// another's, by making one more whenever they were counted.
pub(super) const COUNTED: &str = "a.made_by IS ?1->>'below'";

/// What must hold of a key for its change to happen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Condition {
    /// Nothing.
    Whatever,
    /// It is still in this version.
    Version(i64),
}

impl Condition {
    fn text(self) -> &'static str {
        match self {
            Condition::Whatever => "1",
            Condition::Version(_) => "a.version = ?1->>'version'",
        }
    }

    fn parameter(self) -> (&'static str, Value) {
        let version = match self {
            Condition::Whatever => Value::Null,
            Condition::Version(version) => whole(version),
        };
        ("version", version)
    }
}

/// Replaces a key's definition: the audit, then the change, which says by its count whether it happened.
pub fn replace(
    permit: &AuthorizedKeyManagement,
    reference: &KeyReference,
    allowed: &AuthorizedKeyDefinition,
    sent: &Value,
    condition: Condition,
    by: &Actor,
    now: Instant,
) -> Vec<Sql> {
    let definition = allowed.definition();
    let external_id = definition.external_id.as_ref();
    let (named, mut parameters) = named(permit, reference);
    let named = format!("{named} AND {}", condition.text());
    parameters.push(condition.parameter());
    let after = Change::Replaced {
        definition: sent,
        is_active: definition.is_active,
    };
    let audit = audit::change(&after, by, &named, parameters.clone(), now);
    parameters.extend([
        ("name", Value::Text(definition.name.to_string())),
        (
            "external_id",
            external_id.map_or(Value::Null, |id| Value::Text(id.to_string())),
        ),
        ("is_active", Value::Bool(definition.is_active)),
        ("definition", sent.clone()),
        ("now", at(now)),
    ]);
    let change = Sql::keyed(
        format!(
            "UPDATE access_key AS a SET name = ?1->>'name', external_id = ?1->>'external_id', \
             is_active = ?1->>'is_active', definition = ?1->'definition', version = version + 1, \
             updated_at = ?1->>'now' WHERE {named}"
        ),
        parameters,
    );
    vec![audit, change]
}

/// Revokes or restores a key, unless it is so already.
pub fn set_active(
    permit: &AuthorizedKeyManagement,
    reference: &KeyReference,
    is_active: bool,
    by: &Actor,
    now: Instant,
) -> Vec<Sql> {
    let (named, mut parameters) = named(permit, reference);
    let named = format!("{named} AND a.is_active <> ?1->>'is_active'");
    parameters.push(("is_active", Value::Bool(is_active)));
    let change = match is_active {
        true => Change::Restored,
        false => Change::Revoked,
    };
    set_active_where(&named, parameters, &change, by, now)
}

/// Revokes every active key within reach that has an external id, if exactly so many of them are counted.
pub fn revoke_all(
    permit: &AuthorizedKeyManagement,
    external_id: &str,
    count: usize,
    by: &Actor,
    now: Instant,
) -> Vec<Sql> {
    let matching = format!("{} AND {ACTIVE_OF_EXTERNAL_ID}", reached(permit));
    // The count does not depend on the row, so SQLite takes it once, before anything changes.
    let named = format!(
        "{matching} AND (SELECT count(*) FROM access_key a WHERE {matching} AND {COUNTED}) = ?1->>'count'"
    );
    let mut parameters = reach(permit);
    parameters.extend([
        ("external_id", Value::text(external_id)),
        ("count", Value::count(count)),
        ("is_active", Value::Bool(false)),
    ]);
    set_active_where(&named, parameters, &Change::RevokedTogether, by, now)
}

fn set_active_where(
    named: &str,
    mut parameters: Vec<(&'static str, Value)>,
    change: &Change,
    by: &Actor,
    now: Instant,
) -> Vec<Sql> {
    let audit = audit::change(change, by, named, parameters.clone(), now);
    parameters.push(("now", at(now)));
    let change = Sql::keyed(
        format!(
            "UPDATE access_key AS a SET is_active = ?1->>'is_active', version = version + 1, \
             updated_at = ?1->>'now' WHERE {named}"
        ),
        parameters,
    );
    vec![audit, change]
}

/// Lets a key's newest string end at an instant, and forgets those that have ended; a new one is kept beside.
pub fn rotate(
    permit: &AuthorizedKeyManagement,
    id: &KeyId,
    dies_at: Instant,
    by: &Actor,
    now: Instant,
) -> Vec<Sql> {
    let (named, mut parameters) = named(permit, &KeyReference::Id(id.clone()));
    let change = Change::Rotated { dies_at };
    let audit = audit::change(&change, by, &named, parameters.clone(), now);
    parameters.extend([("now", at(now)), ("dies_at", at(dies_at))]);
    let strings = "project = ?1->>'project' AND kind = 'access' AND access_key = ?1->>'id'";
    let statement = |text: String| Sql::keyed(text, parameters.clone());
    vec![
        audit,
        statement(format!(
            "DELETE FROM credential WHERE {strings} AND dies_at <= ?1->>'now'"
        )),
        statement(format!(
            "UPDATE credential SET dies_at = ?1->>'dies_at' WHERE {strings} AND dies_at IS NULL"
        )),
        statement(format!(
            "UPDATE access_key AS a SET version = version + 1, updated_at = ?1->>'now' WHERE {named}"
        )),
    ]
}

/// Deletes a key, its strings, and every key that was made within it.
pub fn delete(permit: &AuthorizedKeyManagement, id: &KeyId, by: &Actor, now: Instant) -> Vec<Sql> {
    let mut parameters = reach(permit);
    parameters.push(("id", Value::text(id.as_str())));
    let line = "WITH RECURSIVE line(id) AS (SELECT ?1->>'id' UNION ALL \
         SELECT c.id FROM access_key c JOIN line ON c.made_by = line.id WHERE c.project = ?1->>'project') \
         SELECT id FROM line";
    let condition = format!("a.project = ?1->>'project' AND a.id IN ({line})");
    let audit = audit::change(&Change::Deleted, by, &condition, parameters.clone(), now);
    let statement = |text: String| Sql::keyed(text, parameters.clone());
    vec![
        audit,
        statement(format!(
            "DELETE FROM credential WHERE project = ?1->>'project' AND kind = 'access' AND access_key IN ({line})"
        )),
        statement(format!(
            "DELETE FROM access_key WHERE project = ?1->>'project' AND id IN ({line})"
        )),
    ]
}
