//! Which rows is an aggregate computed of, and what is read of each?

use super::Constants;
use super::bucket::bucket;
use super::group::group;
use super::property::{ReadOnce, property};
use super::selection::Source;
use keyhole_policy::filter::Property;
use keyhole_policy::query::Aggregate;

/// The properties a statement reads, each in a column of its own: `p0`, `p1`, …
#[derive(Default)]
pub(super) struct Reads {
    columns: Vec<String>,
}

impl Reads {
    /// The column of a property.
    pub fn read(&mut self, of: &Property, constants: &mut Constants) -> ReadOnce {
        let json = property(of, constants).json;
        let known = self.columns.iter().position(|column| *column == json);
        let at = known.unwrap_or_else(|| {
            self.columns.push(json);
            self.columns.len() - 1
        });
        ReadOnce::from_column(&format!("p{at}"))
    }
}

/// A statement's columns: bucket `b`, values `k0`… of an index and groups `g0`…, and the rows it takes them from.
pub(super) struct Selected {
    /// The columns.
    pub columns: String,
    /// The rows.
    pub rows: String,
}

/// The rows of a selection with their bucket and what is read of them.
pub(super) fn selected(
    source: &Source,
    aggregate: &Aggregate,
    index: &[Property],
    mut reads: Reads,
    constants: &mut Constants,
) -> Selected {
    let bucket = bucket(aggregate.buckets.as_ref(), constants);
    let indexed: Vec<ReadOnce> = index
        .iter()
        .map(|property| reads.read(property, constants))
        .collect();
    let groups: String = aggregate
        .group_by
        .iter()
        .enumerate()
        .map(|(at, grouping)| {
            let read = reads.read(grouping.property(), constants);
            format!(", {} AS g{at}", group(grouping, &read, constants))
        })
        .collect();
    let rows = source.rows(&aggregate.selection, constants).replacen(
        "event_with_body e",
        &format!("event_with_body e {}", bucket.join),
        1,
    );
    let read: String = reads
        .columns
        .iter()
        .enumerate()
        .map(|(at, json)| format!(", {json} AS p{at}"))
        .collect();
    // LIMIT -1 limits nothing, but keeps SQLite from dissolving the subquery: it would then carry whole
    // bodies through the sort, and read each property wherever it is named. Measured twice as fast.
    let whole = if read.is_empty() { "" } else { " LIMIT -1" };
    Selected {
        columns: format!("b{}{groups}", keys(index.len())),
        rows: by_index(
            format!("(SELECT {} AS b{read} {rows}{whole})", bucket.number),
            &indexed,
        ),
    }
}

/// Each row once for each value that a property of the index is equal to: a list holds several, an object none.
fn by_index(rows: String, index: &[ReadOnce]) -> String {
    if index.is_empty() {
        return rows;
    }
    let (mut columns, mut joined) = (String::new(), String::new());
    for (at, ReadOnce { json, .. }) in index.iter().enumerate() {
        let items = format!(
            "(SELECT json_group_array(DISTINCT ({json} -> ('$[' || i.key || ']')) || '') FROM json_each({json}) i \
             WHERE i.type NOT IN ('array', 'object'))"
        );
        columns.push_str(&format!(", i{at}.value AS k{at}"));
        joined.push_str(&format!(
            " CROSS JOIN json_each(CASE substr({json}, 1, 1) WHEN '[' THEN {items} WHEN '{{' THEN '[]' \
             ELSE json_array(coalesce({json}, 'null') || '') END) i{at}"
        ));
    }
    format!("(SELECT r.*{columns} FROM {rows} r{joined})")
}

/// The columns of an index.
pub(super) fn keys(count: usize) -> String {
    (0..count).map(|at| format!(", k{at}")).collect()
}
