//! Which statements make and list projects?

use super::Sql;
use keyhole_policy::authorize::AuthorizedProjects;
use keyhole_policy::name::ProjectId;
use keyhole_policy::time::Instant;
use keyhole_policy::value::Value;
use keyhole_policy::wire::NewProject;

/// Keeps a new project of the permit's organization.
pub fn insert(
    permit: &AuthorizedProjects,
    id: &ProjectId,
    project: &NewProject,
    now: Instant,
) -> Sql {
    Sql::new(
        "INSERT INTO project (id, organization, name, scope_property, created_at) \
         VALUES (?1, ?2, ?3, ?4, CAST(?5 AS INTEGER))",
        vec![
            id.to_string(),
            permit.organization().to_string(),
            project.name.to_string(),
            project.scope_property.to_string(),
            now.milliseconds().to_string(),
        ],
    )
}

/// Rows `[id, name, scope_property, created_at, [[kind, hash, sealed], …]]`, the oldest first.
pub fn list(permit: &AuthorizedProjects) -> Sql {
    Sql::new(
        "SELECT json_array(p.id, p.name, p.scope_property, p.created_at, \
         (SELECT json_group_array(json_array(k.kind, k.hash, k.sealed)) FROM credential k \
          WHERE k.project = p.id AND k.kind IN ('master', 'write', 'read') AND k.access_key IS NULL)) AS row \
         FROM project p WHERE p.organization = ?1 ORDER BY p.created_at, p.id",
        vec![permit.organization().to_string()],
    )
}

/// Rows `[id]`: one, if the project is the permit's organization's.
pub fn find(permit: &AuthorizedProjects, project: &ProjectId) -> Sql {
    Sql::keyed(
        "SELECT json_array(id) AS row FROM project WHERE id = ?1->>'project' AND organization = ?1->>'organization'",
        [
            ("project", Value::text(project.as_str())),
            ("organization", Value::text(permit.organization().as_str())),
        ],
    )
}
