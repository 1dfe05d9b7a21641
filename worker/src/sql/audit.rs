//! Which statements keep and read what happened to keys, and which requests were refused?

use super::{Sql, at, whole};
use keyhole_policy::authorize::{AuthorizedDeletion, AuthorizedOversight};
use keyhole_policy::deletion::Deletion;
use keyhole_policy::key::Caller;
use keyhole_policy::name::{KeyId, ProjectId};
use keyhole_policy::time::Instant;
use keyhole_policy::value::Value;

/// How long refused requests are kept, in milliseconds: 30 days. Changes are kept for good.
const REFUSALS_KEPT_MILLISECONDS: i64 = 30 * 86_400_000;

/// Who did something, as the audit says it: never by a key.
#[derive(Clone, Debug, PartialEq)]
pub struct Actor {
    kind: &'static str,
    id: Option<String>,
}

impl Actor {
    /// A caller.
    pub fn of(caller: &Caller) -> Actor {
        let (kind, id) = match caller {
            Caller::Organization(id) => ("organization", Some(id.to_string())),
            Caller::Master(_) => ("master", None),
            Caller::Write(_) => ("write", None),
            Caller::Read(_) => ("read", None),
            Caller::Access(key) => ("access", Some(key.id().to_string())),
        };
        Actor { kind, id }
    }

    /// Who came with a key that is none of the project's: nothing more is told of it.
    pub fn unknown() -> Actor {
        let (kind, id) = ("unknown", None);
        Actor { kind, id }
    }

    /// As it is kept.
    pub(super) fn value(&self) -> Value {
        let mut properties = vec![("kind", Value::text(self.kind))];
        let id = self.id.as_deref().map(Value::text);
        properties.extend(id.map(|id| ("id", id)));
        Value::object(properties)
    }

    fn access_key(&self) -> Value {
        match (self.kind, &self.id) {
            ("access", Some(id)) => Value::text(id.as_str()),
            _ => Value::Null,
        }
    }
}

/// What was done to a key.
#[derive(Clone, Debug, PartialEq)]
pub enum Change<'a> {
    /// It was made.
    Made,
    /// It was given another definition.
    Replaced {
        /// The definition as it is kept.
        definition: &'a Value,
        /// Whether it is active with it.
        is_active: bool,
    },
    /// It was revoked.
    Revoked,
    /// It was revoked with all that have its external id.
    RevokedTogether,
    /// It was restored.
    Restored,
    /// It was given a new string.
    Rotated {
        /// When the old one ends.
        dies_at: Instant,
    },
    /// It was deleted.
    Deleted,
}

impl Change<'_> {
    fn word(&self) -> &'static str {
        match self {
            Change::Made => "made",
            Change::Replaced { .. } => "replaced",
            Change::Revoked => "revoked",
            Change::RevokedTogether => "revoked_by_external_id",
            Change::Restored => "restored",
            Change::Rotated { .. } => "rotated",
            Change::Deleted => "deleted",
        }
    }
}

/// Keeps what is about to be done to every key `a` that fits a condition; stands before the change itself, but
/// after a key is made.
pub fn change(
    change: &Change,
    by: &Actor,
    condition: &str,
    mut parameters: Vec<(&'static str, Value)>,
    now: Instant,
) -> Sql {
    let active = |column: &str| format!("json(CASE {column} WHEN 1 THEN 'true' ELSE 'false' END)");
    let kept = format!(
        "json_set(a.definition, '$.is_active', {})",
        active("a.is_active")
    );
    let (before, after) = match change {
        Change::Made => ("NULL", kept.clone()),
        Change::Deleted => (kept.as_str(), "NULL".to_owned()),
        Change::Revoked | Change::RevokedTogether => (
            kept.as_str(),
            "json_set(a.definition, '$.is_active', json('false'))".to_owned(),
        ),
        Change::Restored => (
            kept.as_str(),
            "json_set(a.definition, '$.is_active', json('true'))".to_owned(),
        ),
        Change::Replaced {
            definition,
            is_active,
        } => {
            parameters.push(("after", Value::clone(definition)));
            parameters.push(("after_is_active", Value::Bool(*is_active)));
            let active = active("?1->>'after_is_active'");
            (
                kept.as_str(),
                format!("json_set(?1->'after', '$.is_active', {active})"),
            )
        }
        Change::Rotated { dies_at } => {
            let dies_at = Value::Text(dies_at.to_string());
            parameters.push((
                "after",
                Value::object([("previous_string_dies_at", dies_at)]),
            ));
            ("NULL", "?1->'after'".to_owned())
        }
    };
    parameters.extend([
        ("audit_at", at(now)),
        ("audit_action", Value::text(change.word())),
        ("audit_by", by.value()),
    ]);
    Sql::keyed(
        format!(
            "INSERT INTO audit (project, at, kind, access_key, detail) SELECT a.project, ?1->>'audit_at', 'change', a.id, \
             json_object('action', ?1->>'audit_action', 'by', json(?1->'audit_by'), 'before', json({before}), 'after', json({after})) \
             FROM access_key a WHERE {condition}"
        ),
        parameters,
    )
}

/// Keeps that one of a project's own keys was made anew.
pub fn regenerated(project: &ProjectId, kind: &str, by: &Actor, now: Instant) -> Sql {
    let detail = Value::object([
        ("action", Value::text("regenerated")),
        ("by", by.value()),
        ("project_key", Value::text(kind)),
    ]);
    insert(project, "change", Value::Null, detail, now)
}

/// Keeps that events were taken away, if their deletion has begun; how many is told when it ends.
pub fn deleted(permit: &AuthorizedDeletion, sent: &Value, by: &Actor, deletion: &str) -> Sql {
    let asked = permit.deletion();
    let action = match asked {
        Deletion::Property(..) => "property_deleted",
        Deletion::Collection(_) | Deletion::Events(_) => "events_deleted",
    };
    let collection = asked
        .collection()
        .map_or(Value::Null, |name| Value::text(name.as_str()));
    let as_sent = |name| sent.get(name).cloned().unwrap_or(Value::Null);
    let mut detail = vec![
        ("action", Value::text(action)),
        ("by", by.value()),
        ("collection", collection),
    ];
    match asked {
        Deletion::Property(_, path) => detail.push(("property", Value::Text(path.to_string()))),
        Deletion::Collection(_) | Deletion::Events(_) => {
            let names = ["filters", "timeframe", "timezone"];
            detail.extend(names.map(|name| (name, as_sent(name))));
        }
    }
    detail.push(("events", Value::Null));
    Sql::keyed(
        "INSERT INTO audit (project, at, kind, detail) SELECT ?1->>'project', ?1->>'at', 'change', ?1->'detail' \
         WHERE EXISTS (SELECT 1 FROM deletion WHERE id = ?1->>'deletion')",
        [
            ("project", Value::text(permit.project().as_str())),
            ("at", at(permit.at())),
            ("detail", Value::object(detail)),
            ("deletion", Value::text(deletion)),
        ],
    )
}

/// A request that was refused.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// Who asked.
    pub by: Actor,
    /// The method, and the path with `{…}` for what varies.
    pub request: String,
    /// The status.
    pub status: u16,
    /// The `error_code`.
    pub error_code: &'static str,
    /// What was said, without any key.
    pub message: String,
    /// Refusals before this one, since the last that was kept, of which nothing is kept.
    pub skipped_before: usize,
}

/// Keeps a refused request.
pub fn refused(project: &ProjectId, refused: &Refused, now: Instant) -> Sql {
    let detail = Value::object([
        ("by", refused.by.value()),
        ("request", Value::text(refused.request.as_str())),
        ("status", Value::count(usize::from(refused.status))),
        ("error_code", Value::text(refused.error_code)),
        ("message", Value::text(refused.message.as_str())),
        ("skipped_before", Value::count(refused.skipped_before)),
    ]);
    insert(project, "refusal", refused.by.access_key(), detail, now)
}

/// Forgets refusals that are old, a bounded number at a time.
pub fn forget_old_refusals(project: &ProjectId, now: Instant) -> Sql {
    let before = now.saturating_sub_milliseconds(REFUSALS_KEPT_MILLISECONDS);
    Sql::keyed(
        "DELETE FROM audit WHERE entry IN (SELECT entry FROM audit WHERE project = ?1->>'project' \
         AND kind = 'refusal' AND at < ?1->>'before' ORDER BY entry LIMIT 500)",
        [
            ("project", Value::text(project.as_str())),
            ("before", at(before)),
        ],
    )
}

/// Keeps an entry.
pub(super) fn insert(
    project: &ProjectId,
    kind: &str,
    access_key: Value,
    detail: Value,
    now: Instant,
) -> Sql {
    Sql::keyed(
        "INSERT INTO audit (project, at, kind, access_key, detail) \
         VALUES (?1->>'project', ?1->>'at', ?1->>'kind', ?1->>'access_key', ?1->'detail')",
        [
            ("project", Value::text(project.as_str())),
            ("at", at(now)),
            ("kind", Value::text(kind)),
            ("access_key", access_key),
            ("detail", detail),
        ],
    )
}

/// Which entries are wanted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AuditPage {
    /// Only changes, or only refusals.
    pub kind: Option<&'static str>,
    /// Only those about this key.
    pub access_key: Option<KeyId>,
    /// Only entries before this one.
    pub before: Option<i64>,
    /// At most so many.
    pub per_page: usize,
}

/// Rows `[entry, at, kind, access_key, detail]`, the newest first: one more than a page holds, if there are more.
pub fn list(permit: &AuthorizedOversight, page: &AuditPage) -> Sql {
    let key = page.access_key.as_ref().map(|id| Value::text(id.as_str()));
    let conditions = [
        (true, "project = ?1->>'project'"),
        (page.kind == Some("change"), "kind = 'change'"),
        (page.kind == Some("refusal"), "kind = 'refusal'"),
        (page.access_key.is_some(), "access_key = ?1->>'access_key'"),
        (page.before.is_some(), "entry < ?1->>'before'"),
    ];
    let asked = conditions.iter().filter(|(is_asked, _)| *is_asked);
    let conditions: Vec<&str> = asked.map(|(_, text)| *text).collect();
    Sql::keyed(
        format!(
            "SELECT json_array(entry, at, kind, access_key, json(detail)) AS row FROM audit WHERE {} \
             ORDER BY entry DESC LIMIT ?1->>'limit'",
            conditions.join(" AND ")
        ),
        [
            ("project", Value::text(permit.project().as_str())),
            ("access_key", key.unwrap_or(Value::Null)),
            ("before", page.before.map_or(Value::Null, whole)),
            ("limit", Value::count(page.per_page.saturating_add(1))),
        ],
    )
}
