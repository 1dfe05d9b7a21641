//! Which statements keep and find datasets, and mark what events change in them?

use super::hidden::{Gone, HIDDEN_COLUMN, Open};
use super::layout::LAYOUT_COLUMN;
use super::{Sql, at, whole};
use keyhole_policy::authorize::{
    AuthorizedDataset, AuthorizedDatasetLookUp, AuthorizedDatasets, AuthorizedDeletion,
    AuthorizedEvent,
};
use keyhole_policy::limits::DATASETS_MAX;
use keyhole_policy::name::{CollectionName, ProjectId, ResourceName};
use keyhole_policy::time::{Instant, Span};
use keyhole_policy::value::Value;
use keyhole_policy::wire::NewDataset;
use std::collections::BTreeMap;

/// Marks the slices stale, of datasets over a collection, in whose time something was changed.
pub fn changed(
    project: &ProjectId,
    collection: &CollectionName,
    span: Span,
    now: Instant,
) -> Vec<Sql> {
    let whose = [
        ("project", Value::text(project.as_str())),
        ("collection", Value::text(collection.as_str())),
    ];
    let of_its = "project = ?1->>'project' AND collection = ?1->>'collection'";
    stale_in(span, now, of_its, whose)
}

/// Before a project is told to keep its events for another time: marks the slices stale, of all its datasets, that begin
/// before what it has kept until now. Events of theirs are swept, and what was computed of them would be seen again.
pub fn kept_otherwise(project: &ProjectId, now: Instant) -> Vec<Sql> {
    let parameters = [
        ("project", Value::text(project.as_str())),
        ("now", at(now)),
        (
            "horizon",
            at(now.saturating_add_milliseconds(CLOCKS_MILLISECONDS)),
        ),
    ];
    [
        "UPDATE dataset_slice SET stale = 1 WHERE dataset IN (SELECT number FROM dataset WHERE project = ?1->>'project') \
         AND starts < (SELECT ?1->>'horizon' - retention_days * 86400000 FROM project WHERE id = ?1->>'project')",
        "UPDATE dataset SET due_at = min(due_at, ?1->>'now') WHERE project = ?1->>'project'",
    ]
    .into_iter()
    .map(|text| Sql::keyed(text, parameters.clone()))
    .collect()
}

/// Marks the slices of some datasets stale that reach into a span, and makes the clock look at those datasets.
fn stale_in<'a>(
    span: Span,
    now: Instant,
    of_its: &str,
    whose: impl IntoIterator<Item = (&'a str, Value)>,
) -> Vec<Sql> {
    let when = [
        ("start", at(span.start())),
        ("end", at(span.end())),
        ("now", at(now)),
    ];
    let parameters: Vec<(&str, Value)> = whose.into_iter().chain(when).collect();
    [
        format!(
            "UPDATE dataset_slice SET stale = 1 WHERE dataset IN (SELECT number FROM dataset WHERE {of_its}) \
             AND starts < ?1->>'end' AND ends > ?1->>'start'"
        ),
        format!("UPDATE dataset SET due_at = min(due_at, ?1->>'now') WHERE {of_its}"),
    ]
    .into_iter()
    .map(|text| Sql::keyed(text, parameters.clone()))
    .collect()
}

/// How late an event may come and still be found by every refresh, in milliseconds: 48 hours.
pub const LATE_MILLISECONDS: i64 = 172_800_000;
/// What may lie between the clocks of who records and of who refreshes, in milliseconds.
pub const CLOCKS_MILLISECONDS: i64 = 3_600_000;

const COLUMNS: &str = "d.number, d.name, json(d.definition), d.anchor, d.created_at, d.due_at, d.last_run_at, d.fresh_at, \
     d.latest, d.is_complete, d.has_failed, p.id, p.epoch";
const TABLES: &str = "dataset d JOIN project p ON p.id = d.project";

/// The row of a dataset, as `worker::kept_dataset` reads it.
fn row() -> String {
    // Sorted, a subquery's text is no longer known to be JSON.
    format!(
        "SELECT json_array({COLUMNS}, json({LAYOUT_COLUMN}), json({HIDDEN_COLUMN})) AS row FROM {TABLES}"
    )
}

/// One row of a dataset, or none.
pub fn read(permit: &AuthorizedDatasetLookUp) -> Sql {
    one(permit.project(), permit.name())
}

/// The same, before there is a permit that opens it.
pub fn read_ahead(project: &ProjectId, name: &ResourceName) -> Sql {
    one(project, name)
}

/// The same, for who makes them.
pub fn read_own(permit: &AuthorizedDatasets, name: &ResourceName) -> Sql {
    one(permit.project(), name)
}

fn one(project: &ProjectId, name: &ResourceName) -> Sql {
    named(project, vec![Value::text(name.as_str())])
}

fn named(project: &ProjectId, names: Vec<Value>) -> Sql {
    let row = row();
    Sql::keyed(
        format!(
            "{row} WHERE d.project = ?1->>'project' AND d.name IN (SELECT value FROM json_each(?1, '$.names')) ORDER BY d.name"
        ),
        [
            ("project", Value::text(project.as_str())),
            ("names", Value::List(names)),
        ],
    )
}

/// Rows `[name]` of all of a project's datasets, by name.
pub fn names(permit: &AuthorizedDataset) -> Sql {
    Sql::keyed(
        "SELECT json_array(name) AS row FROM dataset WHERE project = ?1->>'project' ORDER BY name",
        [("project", Value::text(permit.project().as_str()))],
    )
}

/// The rows of some of them, by name.
pub fn page(permit: &AuthorizedDataset, names: &[ResourceName]) -> Sql {
    let names = names.iter().map(|name| Value::text(name.as_str()));
    named(permit.project(), names.collect())
}

/// Makes a dataset; not in place of another, and not beyond the most a project may have: then nothing changes. It is due
/// at once.
pub fn make(
    permit: &AuthorizedDatasets,
    name: &ResourceName,
    new: &NewDataset,
    now: Instant,
) -> Sql {
    let collection = new.dataset.question.selection.collection.as_str();
    Sql::keyed(
        format!(
            "INSERT INTO dataset (project, name, collection, definition, anchor, created_at, due_at, fresh_at) \
             SELECT ?1->>'project', ?1->>'name', ?1->>'collection', ?1->'definition', ?1->>'anchor', \
             ?1->>'now', ?1->>'now', ?1->>'now' \
             WHERE (SELECT count(*) FROM dataset WHERE project = ?1->>'project') < {DATASETS_MAX} \
             ON CONFLICT (project, name) DO NOTHING"
        ),
        [
            ("project", Value::text(permit.project().as_str())),
            ("name", Value::text(name.as_str())),
            ("collection", Value::text(collection)),
            ("definition", new.print()),
            ("anchor", at(new.anchor())),
            ("now", at(now)),
        ],
    )
}

/// Forgets a dataset; the last statement changes a row if there was one. Its rows are cleared away later.
pub fn delete(permit: &AuthorizedDatasets, name: &ResourceName) -> Vec<Sql> {
    let parameters = [
        ("project", Value::text(permit.project().as_str())),
        ("name", Value::text(name.as_str())),
    ];
    let named = "project = ?1->>'project' AND name = ?1->>'name'";
    let own = format!("dataset = (SELECT number FROM dataset WHERE {named})");
    [
        format!(
            "INSERT OR IGNORE INTO dataset_trash SELECT dataset, wk FROM dataset_slice WHERE {own}"
        ),
        format!("DELETE FROM dataset_slice WHERE {own}"),
        format!("DELETE FROM dataset WHERE {named}"),
    ]
    .into_iter()
    .map(|text| Sql::keyed(text, parameters.clone()))
    .collect()
}

/// Rows of datasets that are due, the longest due first: for the Worker's own clock, which asks for nobody.
pub fn due(now: Instant, limit: usize) -> Sql {
    let row = row();
    Sql::keyed(
        format!(
            "{row} WHERE d.due_at <= ?1->>'now' AND p.deactivated_at IS NULL ORDER BY d.due_at LIMIT ?1->>'limit'"
        ),
        [("now", at(now)), ("limit", Value::count(limit))],
    )
}

/// Takes one due dataset for a while: it changes a row for one of those who try, so that nobody runs it twice.
pub fn take(dataset: i64, due_at: Instant, until: Instant) -> Sql {
    Sql::keyed(
        "UPDATE dataset SET due_at = ?1->>'until' WHERE number = ?1->>'dataset' AND due_at = ?1->>'due_at'",
        [
            ("dataset", whole(dataset)),
            ("due_at", at(due_at)),
            ("until", at(until)),
        ],
    )
}

/// What a run of a dataset says at its end.
#[derive(Debug)]
pub struct Run {
    /// When it began.
    pub at: Instant,
    /// When the next one is due.
    pub due_at: Instant,
    /// What was received before is in its rows, if that is known.
    pub fresh_at: Option<Instant>,
    /// Where its newest computed sub-timeframe begins.
    pub latest: Option<Instant>,
    /// Was every slice computed once?
    pub is_complete: bool,
    /// Did it fail?
    pub has_failed: bool,
}

/// Ends a run, if it is still the one that took the dataset; what was deleted meanwhile made it due again.
pub fn end(dataset: i64, taken_until: Instant, run: &Run) -> Sql {
    let instant = |instant: Option<Instant>| instant.map_or(Value::Null, at);
    Sql::keyed(
        "UPDATE dataset SET last_run_at = ?1->>'at', \
         due_at = CASE WHEN due_at = ?1->>'until' THEN ?1->>'due_at' ELSE due_at END, \
         fresh_at = max(fresh_at, coalesce(?1->>'fresh_at', fresh_at)), \
         latest = coalesce(?1->>'latest', latest), is_complete = max(is_complete, ?1->>'is_complete'), \
         has_failed = ?1->>'has_failed' WHERE number = ?1->>'dataset'",
        [
            ("dataset", whole(dataset)),
            ("until", at(taken_until)),
            ("at", at(run.at)),
            ("due_at", at(run.due_at)),
            ("fresh_at", instant(run.fresh_at)),
            ("latest", instant(run.latest)),
            ("is_complete", Value::Bool(run.is_complete)),
            ("has_failed", Value::Bool(run.has_failed)),
        ],
    )
}

/// Marks the slices that events belong into which came too late for any refresh; none where none did.
pub fn note_late(project: &ProjectId, events: &[AuthorizedEvent], now: Instant) -> Option<Sql> {
    let late = now.milliseconds() - LATE_MILLISECONDS + CLOCKS_MILLISECONDS;
    let mut spans = BTreeMap::<&str, (i64, i64)>::new();
    for event in events {
        let ts = event.timestamp().milliseconds();
        if ts < late {
            let span = spans.entry(event.collection().as_str()).or_insert((ts, ts));
            *span = (span.0.min(ts), span.1.max(ts));
        }
    }
    if spans.is_empty() {
        return None;
    }
    let span = |(collection, (first, last)): (&str, (i64, i64))| {
        Value::List(vec![Value::text(collection), whole(first), whole(last)])
    };
    let spans: Vec<Value> = spans.into_iter().map(span).collect();
    let text = "UPDATE dataset_slice SET late = 1 WHERE NOT late AND (dataset, wk) IN \
         (SELECT s.dataset, s.wk FROM dataset d CROSS JOIN json_each(?2) sent ON d.collection = sent.value ->> 0 \
         CROSS JOIN dataset_slice s ON s.dataset = d.number AND s.ends > sent.value ->> 1 AND s.starts <= sent.value ->> 2 \
         WHERE d.project = ?1)";
    let parameters = vec![project.to_string(), Value::List(spans).to_string()];
    Some(Sql::new(text, parameters))
}

/// Marks what datasets keep of the events that a deletion takes away, in its first transaction: that is never shown again,
/// and computed anew at once.
pub fn mark_stale(permit: &AuthorizedDeletion, open: &Open) -> Vec<Sql> {
    let span = match &open.gone {
        Gone::Events { span, .. } => *span,
        Gone::Everything | Gone::Property(_) => None,
    };
    let span = span.unwrap_or(Span::ALL);
    let collection = permit.deletion().collection();
    let whose = [
        ("id", Value::text(open.id.as_str())),
        ("project", Value::text(permit.project().as_str())),
        (
            "collection",
            collection.map_or(Value::Null, |name| Value::text(name.as_str())),
        ),
    ];
    let of_its = "project = ?1->>'project' AND (?1->>'collection' IS NULL OR collection = ?1->>'collection') \
         AND EXISTS (SELECT 1 FROM deletion WHERE id = ?1->>'id')";
    stale_in(span, open.at, of_its, whose)
}
