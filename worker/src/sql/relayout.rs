//! Which statements lay a project's events out anew, once its scope property was changed? Steps, each of a bounded
//! number of events, that may be repeated or broken off anywhere.
//!
//! Until the last of them every question looks wherever an event may lie ([`super::layout::Layout::narrows_by`]), so
//! that in which order events move, and when, changes no answer.

use super::deletion::After;
use super::scope::moved_scope;
use super::{Constants, Sql};
use keyhole_policy::name::{ProjectId, PropertyPath};
use keyhole_policy::value::Value;

/// Events that one step looks at. Their keys, noted as JSON, stay below D1's 2,000,000 bytes for a row, however
/// long their scopes are, old and new.
pub const EVENTS_IN_A_STEP: usize = 2_000;

/// What is left to be laid out anew.
#[derive(Clone, Debug, PartialEq)]
pub struct Left {
    /// The collections that are left, in order.
    pub collections: Vec<i64>,
    /// How far the first of them is.
    pub after: Option<After>,
    /// How many steps were done.
    pub round: i64,
}

const STATE: &str = "r.project, p.scope_property, json(r.collections), json(r.after), r.round";

/// Rows `[project, scope_property, collections, after, round]` of projects that are being laid out anew: for the Worker's
/// own clock, which asks for nobody.
pub fn open(limit: usize) -> Sql {
    Sql::keyed(
        format!(
            "SELECT json_array({STATE}) AS row FROM relayout r JOIN project p ON p.id = r.project LIMIT ?1->>'limit'"
        ),
        [("limit", Value::count(limit))],
    )
}

/// The same row of one project, while it is.
pub fn of_project(project: &ProjectId) -> Sql {
    Sql::keyed(
        format!(
            "SELECT json_array({STATE}) AS row FROM relayout r JOIN project p ON p.id = r.project \
             WHERE r.project = ?1->>'project'"
        ),
        [("project", Value::text(project.as_str()))],
    )
}

/// One step: the next events of the first collection that is left lie, after it, where the scope property puts them.
/// The last statement answers [`of_project`]: the same as before where the step did nothing, since another did it, or
/// since a deletion is being carried out, which must find what it hides where it looks for it; nothing once all is done.
pub fn step(project: &ProjectId, path: &PropertyPath, left: &Left, size: usize) -> Vec<Sql> {
    let mut statements = left
        .collections
        .first()
        .map_or(Vec::new(), |c| vec![note(project, path, left, *c, size)]);
    let texts = [
        "INSERT OR IGNORE INTO event (c, wk, scope, ts, id, created_at, body) \
         SELECT e.c, e.wk, k.value ->> 5, e.ts, e.id, e.created_at, e.body \
         FROM relayout r CROSS JOIN json_each(r.taken) k CROSS JOIN event e ON e.c = k.value ->> 0 AND e.wk = k.value ->> 1 \
         AND e.scope = k.value ->> 2 AND e.ts = k.value ->> 3 AND e.id = k.value ->> 4 WHERE r.project = ?1",
        "DELETE FROM event WHERE (c, wk, scope, ts, id) IN \
         (SELECT k.value ->> 0, k.value ->> 1, k.value ->> 2, k.value ->> 3, k.value ->> 4 \
         FROM relayout r, json_each(r.taken) k WHERE r.project = ?1)",
        "UPDATE relayout SET round = round + 1, moved = moved + json_array_length(taken), after = stop, \
         collections = CASE WHEN stop IS NULL THEN json_remove(collections, '$[0]') ELSE collections END, \
         taken = NULL, stop = NULL WHERE project = ?1 AND taken IS NOT NULL",
        "UPDATE audit SET detail = json_set(detail, '$.events_moved', (SELECT moved FROM relayout WHERE project = ?1)) \
         WHERE entry = (SELECT audit FROM relayout WHERE project = ?1 AND collections = '[]')",
        "DELETE FROM relayout WHERE project = ?1 AND collections = '[]'",
    ];
    statements.extend(texts.map(|text| Sql::new(text, vec![project.to_string()])));
    statements.push(of_project(project));
    statements
}

/// Notes which of the next events lie elsewhere, and where they belong.
fn note(project: &ProjectId, path: &PropertyPath, left: &Left, c: i64, size: usize) -> Sql {
    let mut constants = Constants::default();
    let project = constants.bind(Value::text(project.as_str()));
    let round = constants.bind_whole(left.round);
    let mut place = String::new();
    if let Some(after) = &left.after {
        let scope = constants.bind(Value::text(after.scope.as_str()));
        let id = constants.bind(Value::text(after.id.as_str()));
        place = format!(
            " AND (e.wk, e.scope, e.ts, e.id) > ({}, {scope}, {}, {id})",
            after.week, after.ts
        );
    }
    // Of a collection that was deleted meanwhile nothing moves: its events are being swept in the order they lie in.
    let next = format!(
        "FROM event e WHERE e.c = {c} AND EXISTS (SELECT 1 FROM collection o WHERE o.c = {c}){place} ORDER BY e.wk, e.scope, e.ts, e.id LIMIT {size}"
    );
    let belongs = moved_scope(path, &mut constants);
    let last = size.saturating_sub(1);
    constants.into_sql(format!(
        "UPDATE relayout SET stop = (SELECT json_array(e.wk, e.scope, e.ts, e.id) {next} OFFSET {last}), \
         taken = (SELECT json_group_array(json_array({c}, m.wk, m.scope, m.ts, m.id, m.belongs)) FROM \
         (SELECT k.wk, k.scope, k.ts, k.id, {belongs} AS belongs FROM (SELECT e.wk, e.scope, e.ts, e.id {next}) k \
         CROSS JOIN event_with_body e ON e.c = {c} AND e.wk = k.wk AND e.scope = k.scope AND e.ts = k.ts AND e.id = k.id) m \
         WHERE m.belongs <> m.scope) \
         WHERE project = {project} AND round = {round} \
         AND NOT EXISTS (SELECT 1 FROM deletion d WHERE d.project = {project} AND d.hides)"
    ))
}
