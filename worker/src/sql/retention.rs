//! Which statements take away what a project no longer keeps? Nobody sees it any more: a deletion like others, that
//! hides nothing.

use super::{Sql, at, whole};
use keyhole_policy::name::ProjectId;
use keyhole_policy::time::Instant;
use keyhole_policy::value::Value;

/// How long after one deletion of old events the next begins, in milliseconds: six hours.
const BETWEEN_MILLISECONDS: i64 = 6 * 3_600_000;

/// Rows `[project, retention_days, due_at]` of projects whose old events are due to be deleted, the longest due
/// first: for the Worker's own clock, which asks for nobody.
pub fn due(now: Instant, limit: usize) -> Sql {
    Sql::keyed(
        "SELECT json_array(id, retention_days, retention_due_at) AS row FROM project \
         WHERE retention_due_at <= ?1->>'now' AND retention_days IS NOT NULL ORDER BY retention_due_at LIMIT ?1->>'limit'",
        [("now", at(now)), ("limit", Value::count(limit))],
    )
}

/// Begins to delete a project's events from before an instant, and says so in the audit. Nothing is begun where
/// somebody else has begun it, where there is no such event, or where they are being deleted already.
pub fn begin(
    project: &ProjectId,
    due_at: Instant,
    oldest: Instant,
    deletion: &str,
    now: Instant,
) -> Vec<Sql> {
    let span = [Instant::MIN.milliseconds(), oldest.milliseconds()].map(whole);
    let what = Value::object([
        ("kind", Value::text("events")),
        ("span", Value::List(span.to_vec())),
        ("filters", Value::List(Vec::new())),
        ("matches", Value::List(Vec::new())),
    ]);
    let detail = Value::object([
        ("action", Value::text("old_events_deleted")),
        ("by", Value::object([("kind", Value::text("retention"))])),
        ("before", Value::Text(oldest.to_string())),
        ("events", Value::Null),
    ]);
    let parameters = [
        ("project", Value::text(project.as_str())),
        ("due_at", at(due_at)),
        (
            "next",
            at(now.saturating_add_milliseconds(BETWEEN_MILLISECONDS)),
        ),
        ("oldest", at(oldest)),
        ("week", whole(super::selection::week_of(oldest))),
        ("id", Value::text(deletion)),
        ("now", at(now)),
        ("what", what),
        ("detail", detail),
    ];
    let begun = "EXISTS (SELECT 1 FROM deletion WHERE id = ?1->>'id')";
    [
        // Of each collection the first week alone is looked at: the primary key finds it.
        "INSERT INTO deletion (id, project, at, hides, what, collections) \
         SELECT ?1->>'id', ?1->>'project', ?1->>'now', 0, ?1->'what', o.collections FROM \
         (SELECT json_group_array(c) AS collections FROM (SELECT c.c FROM collection c WHERE c.project = ?1->>'project' \
          AND EXISTS (SELECT 1 FROM event e WHERE e.c = c.c AND e.wk <= ?1->>'week' AND e.ts < ?1->>'oldest') ORDER BY c.c)) o \
         WHERE o.collections <> '[]' AND EXISTS (SELECT 1 FROM project p WHERE p.id = ?1->>'project' AND p.retention_due_at = ?1->>'due_at') \
         AND NOT EXISTS (SELECT 1 FROM deletion d WHERE d.project = ?1->>'project' AND NOT d.hides AND d.what->>'kind' = 'events')"
            .to_owned(),
        "UPDATE project SET retention_due_at = ?1->>'next' WHERE id = ?1->>'project' AND retention_due_at = ?1->>'due_at'"
            .to_owned(),
        format!(
            "INSERT INTO audit (project, at, kind, detail) SELECT ?1->>'project', ?1->>'now', 'change', ?1->'detail' WHERE {begun}"
        ),
        "UPDATE deletion SET audit = (SELECT max(entry) FROM audit WHERE project = ?1->>'project') WHERE id = ?1->>'id'"
            .to_owned(),
    ]
    .into_iter()
    .map(|text| Sql::keyed(text, parameters.clone()))
    .collect()
}

/// Stops deleting a project's old events, before it is told to keep them for another time: what is left of them may be seen
/// again, and what is not kept then is begun anew. The audit is told how many are gone.
pub fn stop(project: &ProjectId) -> Vec<Sql> {
    let its = "deletion.project = ?1->>'project' AND NOT deletion.hides AND deletion.what->>'kind' = 'events'";
    [
        format!(
            "UPDATE audit SET detail = json_set(detail, '$.events', (SELECT removed FROM deletion WHERE audit = entry AND {its})) \
             WHERE entry IN (SELECT audit FROM deletion WHERE {its})"
        ),
        format!("DELETE FROM deletion WHERE {its}"),
    ]
    .into_iter()
    .map(|text| Sql::keyed(text, [("project", Value::text(project.as_str()))]))
    .collect()
}
