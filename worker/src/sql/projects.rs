//! Which statements make, read and change projects?

use super::layout::LAYOUT_COLUMN;
use super::{Sql, at};
use keyhole_policy::authorize::AuthorizedProjects;
use keyhole_policy::limits::EARLIER_SCOPE_PROPERTIES_MAX;
use keyhole_policy::name::{ProjectId, PropertyPath};
use keyhole_policy::origin::Origins;
use keyhole_policy::time::Instant;
use keyhole_policy::value::Value;
use keyhole_policy::wire::{NewProject, ProjectChange};

/// Keeps a new project of the permit's organization.
pub fn insert(
    permit: &AuthorizedProjects,
    id: &ProjectId,
    project: &NewProject,
    now: Instant,
) -> Sql {
    let settings = &project.settings;
    let scope_property = Value::Text(project.scope_property.to_string());
    let retention = settings.retention_days.flatten().map(Value::count);
    Sql::keyed(
        "INSERT INTO project (id, organization, name, scope_property, created_at, users, origins, retention_days, retention_due_at) \
         SELECT ?1->>'project', ?1->>'organization', ?1->>'name', ?1->>'scope_property', ?1->>'now', ?1->'users', \
         nullif(?1->'origins', 'null'), ?1->>'retention_days', CASE WHEN ?1->>'retention_days' IS NULL THEN NULL ELSE ?1->>'now' END",
        [
            ("project", Value::text(id.as_str())),
            ("organization", Value::text(permit.organization().as_str())),
            ("name", Value::Text(project.name.to_string())),
            ("scope_property", scope_property),
            ("now", at(now)),
            ("users", texts(settings.users.iter().flatten())),
            ("origins", origins_value(settings.origins.as_ref())),
            ("retention_days", retention.unwrap_or(Value::Null)),
        ],
    )
}

fn texts<'a>(texts: impl Iterator<Item = &'a String>) -> Value {
    Value::List(texts.map(|text| Value::text(text.as_str())).collect())
}

/// A list, or null for any.
fn origins_value(origins: Option<&Origins>) -> Value {
    match origins {
        None | Some(Origins::Any) => Value::Null,
        Some(Origins::Only(origins)) => {
            let origins = origins.iter().map(|origin| Value::text(origin.as_str()));
            Value::List(origins.collect())
        }
    }
}

/// `[id, name, layout, created_at, is active, users, origins, [[kind, hash, sealed], …]]`
fn columns() -> String {
    format!(
        "json_array(p.id, p.name, {LAYOUT_COLUMN}, p.created_at, p.deactivated_at IS NULL, json(p.users), json(p.origins), \
         (SELECT json_group_array(json_array(k.kind, k.hash, k.sealed)) FROM credential k \
          WHERE k.project = p.id AND k.kind IN ('master', 'write', 'read') AND k.access_key IS NULL))"
    )
}

/// Rows `[id, name, layout, created_at, is active, users, origins, [[kind, hash, sealed], …]]`, the oldest first.
pub fn list(permit: &AuthorizedProjects) -> Sql {
    Sql::keyed(
        format!(
            "SELECT {} AS row FROM project p WHERE p.organization = ?1->>'organization' ORDER BY p.created_at, p.id",
            columns()
        ),
        [("organization", Value::text(permit.organization().as_str()))],
    )
}

/// The same row of one project: one, if it is the permit's organization's.
pub fn find(permit: &AuthorizedProjects, project: &ProjectId) -> Sql {
    Sql::keyed(
        format!(
            "SELECT {} AS row FROM project p WHERE p.id = ?1->>'project' AND p.organization = ?1->>'organization'",
            columns()
        ),
        own(permit, project),
    )
}

fn own(permit: &AuthorizedProjects, project: &ProjectId) -> Vec<(&'static str, Value)> {
    vec![
        ("project", Value::text(project.as_str())),
        ("organization", Value::text(permit.organization().as_str())),
    ]
}

/// Changes what is to be different of a project, but for its scope property.
pub fn change(
    permit: &AuthorizedProjects,
    project: &ProjectId,
    change: &ProjectChange,
    now: Instant,
) -> Sql {
    let mut parameters = own(permit, project);
    parameters.push(("now", at(now)));
    let mut assignments = vec!["id = id"];
    if let Some(name) = &change.name {
        parameters.push(("name", Value::Text(name.to_string())));
        assignments.push("name = ?1->>'name'");
    }
    if let Some(users) = &change.users {
        parameters.push(("users", texts(users.iter())));
        assignments.push("users = ?1->'users'");
    }
    if let Some(origins) = &change.origins {
        parameters.push(("origins", origins_value(Some(origins))));
        assignments.push("origins = nullif(?1->'origins', 'null')");
    }
    if let Some(days) = change.retention_days {
        parameters.push(("retention_days", days.map_or(Value::Null, Value::count)));
        assignments.push("retention_days = ?1->>'retention_days'");
        // No copy of a result from before counts: it may hold what is no longer seen.
        assignments.push("epoch = epoch + 1");
        assignments.push(
            "retention_due_at = CASE WHEN ?1->>'retention_days' IS NULL THEN NULL ELSE ?1->>'now' END",
        );
    }
    match change.is_active {
        Some(true) => assignments.push("deactivated_at = NULL"),
        Some(false) => assignments.push("deactivated_at = coalesce(deactivated_at, ?1->>'now')"),
        None => {}
    }
    Sql::keyed(
        format!(
            "UPDATE project SET {} WHERE id = ?1->>'project' AND organization = ?1->>'organization'",
            assignments.join(", ")
        ),
        parameters,
    )
}

/// Gives a project another scope property: from here on events are recorded by it, and what there is is to be laid
/// out anew. The audit's newest entry of the project is told how many events were.
pub fn change_scope_property(
    permit: &AuthorizedProjects,
    project: &ProjectId,
    new: &PropertyPath,
    old: &PropertyPath,
    earlier: &[PropertyPath],
) -> Vec<Sql> {
    let kept = earlier.iter().filter(|path| *path != new && *path != old);
    let mut earlier: Vec<&PropertyPath> = kept.chain([old]).collect();
    earlier.drain(..earlier.len().saturating_sub(EARLIER_SCOPE_PROPERTIES_MAX));
    let earlier = earlier.iter().map(|path| Value::Text(path.to_string()));
    let mut parameters = own(permit, project);
    parameters.extend([
        ("scope_property", Value::Text(new.to_string())),
        ("earlier", Value::List(earlier.collect())),
    ]);
    [
        "UPDATE project SET scope_property = ?1->>'scope_property', earlier_scope_properties = ?1->'earlier' \
         WHERE id = ?1->>'project' AND organization = ?1->>'organization'",
        "INSERT INTO relayout (project, collections, audit) SELECT p.id, \
         (SELECT json_group_array(c) FROM (SELECT c FROM collection WHERE project = p.id ORDER BY c)), \
         (SELECT max(entry) FROM audit WHERE project = p.id) \
         FROM project p WHERE p.id = ?1->>'project' AND p.organization = ?1->>'organization' \
         AND EXISTS (SELECT 1 FROM collection WHERE project = p.id)",
    ]
    .into_iter()
    .map(|text| Sql::keyed(text, parameters.clone()))
    .collect()
}

/// Rows `[origins]`: a project's, for a browser that asks before it asks. Whose it is counts for nothing.
pub fn origins(project: &ProjectId) -> Sql {
    Sql::keyed(
        "SELECT json_array(json(origins)) AS row FROM project WHERE id = ?1->>'project' AND deactivated_at IS NULL",
        [("project", Value::text(project.as_str()))],
    )
}
