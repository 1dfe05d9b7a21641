//! Which statements find out who asks, and keep credentials?

use super::Sql;
use keyhole_policy::name::{OrganizationId, ProjectId};
use keyhole_policy::secret::SecretKind;

/// One row, whatever is found: `[project, its organization, name, scope_property, kind, organization of the
/// key, project of the key, id of the access key, is_active, definition]`, null where nothing is.
pub fn look_up(project: Option<&str>, hash: &str) -> Sql {
    Sql::new(
        "SELECT json_array(p.id, p.organization, p.name, p.scope_property, \
         k.kind, k.organization, k.project, a.id, a.is_active, json(a.definition)) AS row \
         FROM (SELECT 1) LEFT JOIN project p ON p.id = ?1 LEFT JOIN credential k ON k.hash = ?2 \
         LEFT JOIN access_key a ON a.project = k.project AND a.id = k.access_key",
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

/// Keeps a credential.
pub fn insert(credential: &Credential) -> Sql {
    Sql::new(
        "INSERT INTO credential (hash, kind, organization, project, access_key, sealed) \
         VALUES (?1, ?2, ?3, ?4, nullif(?5, ''), nullif(?6, ''))",
        vec![
            credential.hash.to_owned(),
            credential.kind.as_str().to_owned(),
            credential.organization.to_string(),
            credential.project.to_string(),
            credential.access_key.unwrap_or("").to_owned(),
            credential.sealed.unwrap_or("").to_owned(),
        ],
    )
}
