//! Which statements find out who asks, and keep credentials?

use super::hidden::HIDDEN_COLUMN;
use super::keys::{LINE_COLUMNS, LINE_TABLES};
use super::layout::LAYOUT_COLUMN;
use super::{Sql, at};
use keyhole_policy::name::{OrganizationId, ProjectId};
use keyhole_policy::secret::SecretKind;
use keyhole_policy::time::Instant;
use keyhole_policy::value::Value;

/// One row, whatever is found: `[project, its organization, name, layout, origins, epoch, hidden, kind, hash, organization
/// of the key, project of the key, dies_at, last_used_at, line]`, null where nothing is; `layout` as [`LAYOUT_COLUMN`],
/// `hidden` as [`HIDDEN_COLUMN`] and `line` as [`LINE_COLUMNS`] has it. A project that was deactivated is not there,
/// and neither are its keys.
pub fn look_up(project: Option<&str>, hash: &str) -> Sql {
    Sql::new(
        format!(
            "SELECT json_array(p.id, p.organization, p.name, {LAYOUT_COLUMN}, json(p.origins), p.epoch, {HIDDEN_COLUMN}, \
             k.kind, k.hash, k.organization, k.project, k.dies_at, a.last_used_at, {LINE_COLUMNS}) AS row \
             FROM (SELECT 1) LEFT JOIN project p ON p.id = ?1 AND p.deactivated_at IS NULL \
             LEFT JOIN credential k ON k.hash = ?2 AND NOT EXISTS \
             (SELECT 1 FROM project o WHERE o.id = k.project AND o.deactivated_at IS NOT NULL) \
             LEFT JOIN access_key a ON a.project = k.project AND a.id = k.access_key {LINE_TABLES}"
        ),
        vec![project.unwrap_or("").to_owned(), hash.to_owned()],
    )
}

/// A credential as it is kept.
pub struct Credential<'a> {
    /// SHA-256 of the key, hexadecimal.
    pub hash: &'a str,
    /// Which kind.
    pub kind: SecretKind,
    /// Whose, in the end.
    pub organization: &'a OrganizationId,
    /// Where it acts.
    pub project: &'a ProjectId,
    /// The access key's id, for an access key.
    pub access_key: Option<&'a str>,
    /// The key, sealed; none where keys are shown once.
    pub sealed: Option<&'a str>,
}

/// Keeps a credential; that of an access key only if the access key is there.
pub fn insert(credential: &Credential) -> Sql {
    let text = |text: Option<&str>| text.map_or(Value::Null, Value::text);
    Sql::keyed(
        "INSERT INTO credential (hash, kind, organization, project, access_key, sealed) \
         SELECT ?1->>'hash', ?1->>'kind', ?1->>'organization', ?1->>'project', ?1->>'access_key', ?1->>'sealed' \
         WHERE ?1->>'access_key' IS NULL OR EXISTS (SELECT 1 FROM access_key \
         WHERE project = ?1->>'project' AND id = ?1->>'access_key')",
        [
            ("hash", Value::text(credential.hash)),
            ("kind", Value::text(credential.kind.as_str())),
            (
                "organization",
                Value::text(credential.organization.as_str()),
            ),
            ("project", Value::text(credential.project.as_str())),
            ("access_key", text(credential.access_key)),
            ("sealed", text(credential.sealed)),
        ],
    )
}

/// Forgets a project's own key of one kind: it is dead at once.
pub fn forget(project: &ProjectId, kind: SecretKind) -> Sql {
    Sql::keyed(
        "DELETE FROM credential WHERE project = ?1->>'project' AND kind = ?1->>'kind' AND access_key IS NULL",
        [
            ("project", Value::text(project.as_str())),
            ("kind", Value::text(kind.as_str())),
        ],
    )
}

/// Rows `[strings]`, one: how many old strings of an access key are alive.
pub fn count_old_strings(project: &ProjectId, access_key: &str, now: Instant) -> Sql {
    Sql::keyed(
        "SELECT json_array(count(*)) AS row FROM credential WHERE project = ?1->>'project' AND kind = 'access' \
         AND access_key = ?1->>'access_key' AND dies_at > ?1->>'now'",
        [
            ("project", Value::text(project.as_str())),
            ("access_key", Value::text(access_key)),
            ("now", at(now)),
        ],
    )
}
