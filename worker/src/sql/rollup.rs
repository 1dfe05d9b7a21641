//! Which statements compute a dataset's rows, and find them again?
//!
//! A slice is what a dataset keeps of the sub-timeframes that begin in one week. It is computed in one transaction, from
//! the events, and nothing of it is kept if anything was deleted from the project since its step was planned.

use super::aggregate::{Part, body, groups, parts};
use super::bucket::start;
use super::selection::{Source, WEEK_MILLISECONDS, week_of};
use super::{Constants, Sql, at, whole};
use keyhole_policy::dataset::Dataset;
use keyhole_policy::filter::Property;
use keyhole_policy::limits::{GROUPS_MAX, UNIQUE_VALUES_MAX};
use keyhole_policy::query::Aggregate;
use keyhole_policy::time::{Buckets, Instant, Span, Zones};
use keyhole_policy::value::Value;

/// Rows that one result may be made of, of all parts: beyond, it is refused.
pub const ROWS_MAX: usize = GROUPS_MAX + UNIQUE_VALUES_MAX;

/// A slice, and what is to be computed of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Slice {
    /// The week in which its sub-timeframes begin.
    pub week: i64,
    /// From when to when they reach, all of them.
    pub whole: Span,
    /// Those that are computed now: all, or the newest.
    pub buckets: Buckets,
    /// What it is computed over.
    pub over: Over,
}

/// What a slice is computed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// Nothing that may stay: it was not computed before, or something in it was deleted.
    Nothing,
    /// Rows that were computed before; events came that belong into any of them.
    Rows,
    /// The same; events came that belong into the newest. `computed_at` is when it was computed last.
    NewestRows {
        /// When.
        computed_at: Instant,
    },
}

/// Whose slice, and of which events.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The dataset's number.
    pub dataset: i64,
    /// The epoch of its project for which the step was planned.
    pub epoch: i64,
    /// When it is computed.
    pub now: Instant,
}

/// The statements of one step. The last changes a row; none where it came too late, and then nothing else is changed.
///
/// `aggregate` is the dataset's question over the slice's buckets.
pub fn compute(
    target: &Target,
    slice: &Slice,
    source: &Source,
    aggregate: &Aggregate,
    index: &[Property],
) -> Vec<Sql> {
    let (number, week) = (target.dataset, slice.week);
    let guard = guard(target, slice);
    let own = format!("dataset = {number} AND wk = {week}");
    let plain = |text: String| Sql::new(text, Vec::new());
    let mut statements = Vec::new();
    if slice.over == Over::Nothing {
        for table in ["dataset_row", "dataset_trash"] {
            statements.push(plain(format!(
                "DELETE FROM {table} WHERE {own} AND {guard}"
            )));
        }
    }
    for (at, part) in parts(aggregate).iter().enumerate() {
        let rows = (aggregate, part, at);
        statements.push(insert(target, slice, source, rows, index, &guard));
    }
    let now = target.now.milliseconds();
    let (starts, ends) = (slice.whole.start(), slice.whole.end());
    let (starts, ends) = (starts.milliseconds(), ends.milliseconds());
    statements.push(plain(match slice.over {
        Over::Nothing | Over::Rows => format!(
            "INSERT INTO dataset_slice (dataset, wk, starts, ends, computed_at) \
             SELECT {number}, {week}, {starts}, {ends}, {now} WHERE {guard} \
             ON CONFLICT (dataset, wk) DO UPDATE SET computed_at = {now}, late = 0, stale = 0"
        ),
        Over::NewestRows { .. } => {
            format!("UPDATE dataset_slice SET computed_at = {now} WHERE {own} AND {guard}")
        }
    }));
    statements
}

/// Is everything still as it was when the step was planned?
fn guard(target: &Target, slice: &Slice) -> String {
    let (number, epoch, week) = (target.dataset, target.epoch, slice.week);
    let own = format!("FROM dataset_slice s WHERE s.dataset = {number} AND s.wk = {week}");
    let planned = match slice.over {
        Over::Nothing => String::new(),
        Over::Rows => format!(" AND EXISTS (SELECT 1 {own} AND NOT s.stale)"),
        Over::NewestRows { computed_at } => format!(
            " AND EXISTS (SELECT 1 {own} AND NOT s.stale AND s.computed_at = {})",
            computed_at.milliseconds()
        ),
    };
    format!(
        "EXISTS (SELECT 1 FROM dataset d JOIN project p ON p.id = d.project \
         WHERE d.number = {number} AND p.epoch = {epoch}){planned}"
    )
}

fn insert(
    target: &Target,
    slice: &Slice,
    source: &Source,
    (aggregate, part, at): (&Aggregate, &Part, usize),
    index: &[Property],
    guard: &str,
) -> Sql {
    let mut constants = Constants::default();
    let body = body(source, aggregate, part, index, &mut constants);
    let keys: Vec<String> = (0..index.len()).map(|at| format!("k{at}")).collect();
    let key = keys.join(" || char(10) || ");
    let start = start(&slice.buckets, "b", &mut constants);
    let groups = groups(aggregate);
    let (group, value) = if part.is_distinct {
        let comma = if groups.is_empty() { "" } else { ", " };
        (format!("json_array({groups}{comma}x)"), "NULL".to_owned())
    } else {
        (format!("json_array({groups})"), body.value)
    };
    let (number, week) = (target.dataset, slice.week);
    // What did not change is not written: most of a refresh.
    constants.into_sql(format!(
        "{}INSERT INTO dataset_row (dataset, wk, key, start, part, grp, vals) \
         SELECT {number}, {week}, {key}, {start}, {at}, {group}, {value} FROM {} WHERE {} AND {guard} \
         ON CONFLICT (dataset, wk, key, start, part, grp) \
         DO UPDATE SET vals = excluded.vals WHERE vals IS NOT excluded.vals",
        body.with, body.from, body.condition
    ))
}

/// How the values of an index stand in its rows.
pub fn key(index: &[(Property, Value)]) -> String {
    let lines: Vec<String> = index.iter().map(|(_, value)| value.to_string()).collect();
    lines.join("\n")
}

/// The weeks in which buckets begin, each once.
pub fn weeks(buckets: &Buckets) -> Vec<i64> {
    let mut weeks: Vec<i64> = buckets.iter().map(|span| week_of(span.start())).collect();
    weeks.dedup();
    weeks
}

/// The sub-timeframes of a dataset that begin in a week: those outside of its timeframe too, so that a slice is the same
/// whenever it is computed.
pub fn of_week(
    dataset: &Dataset,
    anchor: Instant,
    week: i64,
    zones: &dyn Zones,
) -> Option<Buckets> {
    let (first, last) = (Instant::MIN.milliseconds(), Instant::MAX.milliseconds());
    let edge = |week: i64| {
        let milliseconds = week.saturating_mul(WEEK_MILLISECONDS);
        Instant::from_milliseconds(milliseconds.clamp(first, last))
    };
    let span = Span::new(edge(week)?, edge(week.saturating_add(1))?)?;
    let buckets = dataset.sub_timeframes(anchor, span, zones, usize::MAX);
    Some(buckets.ok()?.beginning_in(span))
}

/// Two statements: rows `[wk]` of the slices that hold, and rows `[part, start, group, values]` of some sub-timeframes. In
/// one transaction, so that none of them was deleted from in between.
pub fn read(dataset: i64, key: &str, buckets: &Buckets) -> [Sql; 2] {
    let weeks = weeks(buckets).into_iter().map(whole).collect();
    let span = buckets.whole();
    let parameters = [
        ("dataset", whole(dataset)),
        ("key", Value::text(key)),
        ("weeks", Value::List(weeks)),
        ("from", at(span.start())),
        ("to", at(span.end())),
    ];
    let own = "dataset = ?1->>'dataset' AND wk IN (SELECT value FROM json_each(?1, '$.weeks'))";
    let limit = ROWS_MAX + 1;
    let holding =
        format!("SELECT json_array(wk) AS row FROM dataset_slice WHERE {own} AND NOT stale");
    let rows = format!(
        "SELECT json_array(part, start, json(grp), json(vals)) AS row FROM dataset_row \
         WHERE {own} AND key = ?1->>'key' AND start >= ?1->>'from' AND start < ?1->>'to' LIMIT {limit}"
    );
    [holding, rows].map(|text| Sql::keyed(text, parameters.clone()))
}

/// Rows `[wk, computed_at, ends, late, stale]` of a dataset's slices.
pub fn slices(dataset: i64) -> Sql {
    Sql::keyed(
        "SELECT json_array(wk, computed_at, ends, late, stale) AS row FROM dataset_slice WHERE dataset = ?1->>'dataset'",
        [("dataset", whole(dataset))],
    )
}

/// Takes slices out of a dataset that lie before its first week.
pub fn outgrown(dataset: i64, first_week: i64) -> Vec<Sql> {
    let own = format!("dataset = {dataset} AND wk < {first_week}");
    [
        format!(
            "INSERT OR IGNORE INTO dataset_trash SELECT dataset, wk FROM dataset_slice WHERE {own}"
        ),
        format!("DELETE FROM dataset_slice WHERE {own}"),
    ]
    .into_iter()
    .map(|text| Sql::new(text, Vec::new()))
    .collect()
}

/// One step of clearing away: rows of the first slice that nobody reads any more, at most so many. Its first statement
/// changes no row once there are none left.
pub fn clear(rows: usize) -> Vec<Sql> {
    let first = "(SELECT dataset, wk FROM dataset_trash ORDER BY dataset, wk LIMIT 1)";
    let left = "EXISTS (SELECT 1 FROM dataset_row r WHERE (r.dataset, r.wk) = (dataset_trash.dataset, dataset_trash.wk))";
    [
        format!(
            "DELETE FROM dataset_row WHERE (dataset, wk, key, start, part, grp) IN \
             (SELECT r.dataset, r.wk, r.key, r.start, r.part, r.grp FROM {first} t \
             CROSS JOIN dataset_row r ON r.dataset = t.dataset AND r.wk = t.wk LIMIT {rows})"
        ),
        format!("DELETE FROM dataset_trash WHERE (dataset, wk) IN {first} AND NOT {left}"),
    ]
    .into_iter()
    .map(|text| Sql::new(text, Vec::new()))
    .collect()
}
