//! Which statements keep and find saved queries?

use super::hidden::HIDDEN_COLUMN;
use super::layout::LAYOUT_COLUMN;
use super::{Sql, at};
use keyhole_policy::authorize::{AuthorizedLookUp, AuthorizedSavedQueries};
use keyhole_policy::limits::{CACHED_QUERIES_MAX, SAVED_QUERIES_MAX};
use keyhole_policy::name::{ProjectId, ResourceName};
use keyhole_policy::time::Instant;
use keyhole_policy::value::Value;
use keyhole_policy::wire::NewSavedQuery;

const COLUMNS: &str = "s.name, json(s.query), json(s.metadata), s.refresh_seconds, s.created_at, \
     s.updated_at, s.due_at, p.epoch";
const TABLES: &str = "saved_query s JOIN project p ON p.id = s.project";

/// Rows `[name, query, metadata, refresh_seconds, created_at, updated_at, due_at, epoch, hidden]`: one, or none.
pub fn read(permit: &AuthorizedLookUp) -> Sql {
    one(permit.project(), permit.name())
}

/// The same, before there is a permit that opens it.
pub fn read_ahead(project: &ProjectId, name: &ResourceName) -> Sql {
    one(project, name)
}

/// The same, for who keeps them.
pub fn read_own(permit: &AuthorizedSavedQueries, name: &ResourceName) -> Sql {
    one(permit.project(), name)
}

fn one(project: &ProjectId, name: &ResourceName) -> Sql {
    Sql::keyed(
        format!(
            "SELECT json_array({COLUMNS}, {HIDDEN_COLUMN}) AS row FROM {TABLES} WHERE s.project = ?1->>'project' AND s.name = ?1->>'name'"
        ),
        [
            ("project", Value::text(project.as_str())),
            ("name", Value::text(name.as_str())),
        ],
    )
}

/// The same rows, of all of a project's.
pub fn list(permit: &AuthorizedSavedQueries) -> Sql {
    Sql::keyed(
        format!(
            "SELECT json_array({COLUMNS}, {HIDDEN_COLUMN}) AS row FROM {TABLES} WHERE s.project = ?1->>'project' ORDER BY s.name"
        ),
        [("project", Value::text(permit.project().as_str()))],
    )
}

/// Keeps a query under a name, in place of one that is there; neither beyond the most a project may have, nor, where
/// it is renamed, in place of another: then nothing changes.
pub fn keep(
    permit: &AuthorizedSavedQueries,
    name: &ResourceName,
    saved: &NewSavedQuery,
    now: Instant,
) -> Vec<Sql> {
    let new_name = saved.name.as_ref().unwrap_or(name);
    let refresh = saved
        .refresh_seconds
        .map(|seconds| Value::count(seconds as usize));
    let parameters = [
        ("project", Value::text(permit.project().as_str())),
        ("name", Value::text(name.as_str())),
        ("new_name", Value::text(new_name.as_str())),
        ("query", saved.query.clone()),
        ("metadata", saved.metadata.clone()),
        ("refresh", refresh.unwrap_or(Value::Null)),
        ("now", at(now)),
    ];
    let own = "project = ?1->>'project' AND name = ?1->>'name'";
    let of_project = "FROM saved_query WHERE project = ?1->>'project'";
    let is_free = "(?1->>'name' = ?1->>'new_name' OR NOT EXISTS \
         (SELECT 1 FROM saved_query WHERE project = ?1->>'project' AND name = ?1->>'new_name'))";
    let has_room = format!(
        "(SELECT count(*) {of_project} AND name <> ?1->>'name') < {SAVED_QUERIES_MAX} AND (?1->>'refresh' IS NULL OR \
         (SELECT count(*) {of_project} AND name <> ?1->>'name' AND refresh_seconds IS NOT NULL) < {CACHED_QUERIES_MAX})"
    );
    // Due at once: whoever asks before the first run has it computed then.
    let due = "CASE WHEN ?1->>'refresh' IS NULL THEN NULL ELSE ?1->>'now' END";
    let update = format!(
        "UPDATE saved_query SET name = ?1->>'new_name', query = ?1->'query', metadata = ?1->'metadata', \
         refresh_seconds = ?1->>'refresh', updated_at = ?1->>'now', due_at = {due} \
         WHERE {own} AND {is_free} AND {has_room}"
    );
    let insert = format!(
        "INSERT INTO saved_query (project, name, query, metadata, refresh_seconds, created_at, updated_at, due_at) \
         SELECT ?1->>'project', ?1->>'new_name', ?1->'query', ?1->'metadata', ?1->>'refresh', ?1->>'now', ?1->>'now', {due} \
         WHERE NOT EXISTS (SELECT 1 FROM saved_query WHERE {own}) AND {is_free} AND {has_room}"
    );
    // The insert stands first: after an update that renames, the old name would be free for it.
    [insert, update]
        .into_iter()
        .map(|text| Sql::keyed(text, parameters.clone()))
        .collect()
}

/// Forgets a saved query.
pub fn delete(permit: &AuthorizedSavedQueries, name: &ResourceName) -> Sql {
    Sql::keyed(
        "DELETE FROM saved_query WHERE project = ?1->>'project' AND name = ?1->>'name'",
        [
            ("project", Value::text(permit.project().as_str())),
            ("name", Value::text(name.as_str())),
        ],
    )
}

/// Rows `[project, layout, epoch, hidden, name, query, refresh_seconds, due_at]` of queries that are due, the longest
/// due first: for the Worker's own clock, which asks for nobody.
pub fn due(now: Instant, limit: usize) -> Sql {
    Sql::keyed(
        format!(
            "SELECT json_array(s.project, {LAYOUT_COLUMN}, p.epoch, {HIDDEN_COLUMN}, s.name, json(s.query), \
             s.refresh_seconds, s.due_at) AS row \
             FROM saved_query s JOIN project p ON p.id = s.project \
             WHERE s.due_at <= ?1->>'now' AND p.deactivated_at IS NULL \
             ORDER BY s.due_at LIMIT ?1->>'limit'"
        ),
        [("now", at(now)), ("limit", Value::count(limit))],
    )
}

/// Takes one due query: it changes a row for one of those who try, so that nobody runs it twice.
pub fn take(project: &str, name: &str, due_at: Instant, next: Instant) -> Sql {
    Sql::keyed(
        "UPDATE saved_query SET due_at = ?1->>'next' WHERE project = ?1->>'project' AND name = ?1->>'name' \
         AND due_at = ?1->>'due_at'",
        [
            ("project", Value::text(project)),
            ("name", Value::text(name)),
            ("due_at", at(due_at)),
            ("next", at(next)),
        ],
    )
}
