//! Which statements compute an aggregate? One for all that adds up, one more for each distribution.

use super::bucket::bucket;
use super::group::{finite, group};
use super::property::{ReadOnce, property};
use super::selection::Source;
use super::{Constants, Sql};
use keyhole_policy::filter::Property;
use keyhole_policy::limits;
use keyhole_policy::query::{Aggregate, Analysis, Percent};

/// A statement, and what its rows hold: `[bucket, [group as JSON texts], [values]]`.
pub struct Statement {
    /// The statement; it answers at most one row more than its part may have.
    pub sql: Sql,
    /// What of the question it computes.
    pub part: Part,
}

/// What of a question one statement computes.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The measures that it computes, by their place.
    pub measures: Vec<usize>,
    /// Each row holds one distinct value of one measure, as JSON text, instead of all values.
    pub is_distinct: bool,
    /// Rows it may answer.
    pub rows_max: usize,
}

/// The statements for an aggregate; every one answers the same groups.
pub fn statements(source: &Source, aggregate: &Aggregate) -> Vec<Statement> {
    let statement = |part: Part| {
        let mut constants = Constants::default();
        let body = body(source, aggregate, &part, &[], &mut constants);
        let row = format!(
            "json_array(b, json_array({}), {})",
            groups(aggregate),
            body.value
        );
        let text = format!(
            "{}SELECT {row} AS row FROM {} WHERE {} LIMIT {}",
            body.with,
            body.from,
            body.condition,
            part.rows_max + 1
        );
        let sql = constants.into_sql(text);
        Statement { sql, part }
    };
    parts(aggregate).into_iter().map(statement).collect()
}

/// What each statement for an aggregate computes.
pub fn parts(aggregate: &Aggregate) -> Vec<Part> {
    let analyses = aggregate.measures.analyses();
    let (additive, others): (Vec<usize>, Vec<usize>) = (0..analyses.len()).partition(|at| {
        analyses
            .get(*at)
            .is_some_and(|analysis| is_additive(analysis))
    });
    let distribution = |at: usize| {
        let is_distinct = matches!(analyses.get(at), Some(Analysis::SelectUnique(_)));
        Part {
            measures: vec![at],
            is_distinct,
            rows_max: if is_distinct {
                limits::UNIQUE_VALUES_MAX
            } else {
                limits::GROUPS_MAX
            },
        }
    };
    let additive = (!additive.is_empty()).then_some(Part {
        measures: additive,
        is_distinct: false,
        rows_max: limits::GROUPS_MAX,
    });
    additive
        .into_iter()
        .chain(others.into_iter().map(distribution))
        .collect()
}

/// A statement in its parts: one row of `from` for each bucket `b`, values `k0`… of the index, and group `g0`…; for
/// distinct values also `x`.
pub(super) struct Body {
    /// What stands before the statement.
    pub with: String,
    /// The rows.
    pub from: String,
    /// Which of them.
    pub condition: String,
    /// The values, as a JSON list.
    pub value: String,
}

/// What one part computes, by the values of an index too where there is one.
pub(super) fn body(
    source: &Source,
    aggregate: &Aggregate,
    part: &Part,
    index: &[Property],
    constants: &mut Constants,
) -> Body {
    let analyses = aggregate.measures.analyses();
    match part.measures.as_slice() {
        [at] if !analyses.get(*at).is_some_and(|only| is_additive(only)) => {
            let count = &Analysis::Count;
            let analysis = analyses.get(*at).copied().unwrap_or(count);
            distribution(source, aggregate, analysis, index, constants)
        }
        measures => {
            let analyses = measures.iter().filter_map(|at| analyses.get(*at).copied());
            additive_body(source, aggregate, analyses.collect(), index, constants)
        }
    }
}

fn is_additive(analysis: &Analysis) -> bool {
    matches!(
        analysis,
        Analysis::Count
            | Analysis::CountUnique(_)
            | Analysis::Minimum(_)
            | Analysis::Maximum(_)
            | Analysis::Sum(_)
            | Analysis::Average(_)
    )
}

/// The properties a statement reads, each in a column of its own: `p0`, `p1`, …
#[derive(Default)]
struct Reads {
    columns: Vec<String>,
}

impl Reads {
    fn read(&mut self, of: &Property, constants: &mut Constants) -> ReadOnce {
        let json = property(of, constants).json;
        let known = self.columns.iter().position(|column| *column == json);
        let at = known.unwrap_or_else(|| {
            self.columns.push(json);
            self.columns.len() - 1
        });
        ReadOnce::from_column(&format!("p{at}"))
    }
}

/// What a statement begins with, its columns `b` and groups `g0`…, and the rows it takes them from.
struct Selected {
    with: String,
    columns: String,
    rows: String,
}

/// The rows of a selection with their bucket and what is read of them.
fn selected(
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
        with: with_clause(&bucket.with),
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
fn keys(count: usize) -> String {
    (0..count).map(|at| format!(", k{at}")).collect()
}

fn additive_body(
    source: &Source,
    aggregate: &Aggregate,
    analyses: Vec<&Analysis>,
    index: &[Property],
    constants: &mut Constants,
) -> Body {
    let mut reads = Reads::default();
    let mut values = Vec::new();
    for analysis in analyses {
        values.push(additive(analysis, &mut reads, constants));
    }
    let named: String = values
        .iter()
        .enumerate()
        .map(|(at, value)| format!(", {value} AS v{at}"))
        .collect();
    let selected = selected(source, aggregate, index, reads, constants);
    let Selected { columns, rows, .. } = &selected;
    let listed: Vec<String> = (0..values.len())
        .map(|at| finite(&format!("v{at}")))
        .collect();
    let grouped = grouped(aggregate, index.len());
    Body {
        from: format!("(SELECT {columns}{named} FROM {rows}{grouped})"),
        condition: "1".to_owned(),
        value: nested_list(&listed),
        with: selected.with,
    }
}

fn additive(analysis: &Analysis, reads: &mut Reads, constants: &mut Constants) -> String {
    let Some(target) = analysis.target() else {
        return "count(*)".to_owned();
    };
    let target = reads.read(target, constants);
    match analysis {
        Analysis::CountUnique(_) => format!("count(DISTINCT {})", target.json),
        Analysis::Minimum(_) => format!("min({})", target.number),
        Analysis::Maximum(_) => format!("max({})", target.number),
        // total, not sum: whole numbers beyond 2^63 are an error to the latter.
        Analysis::Sum(_) => format!("total({})", target.number),
        _ => format!("avg({})", target.number),
    }
}

fn distribution(
    source: &Source,
    aggregate: &Aggregate,
    analysis: &Analysis,
    index: &[Property],
    constants: &mut Constants,
) -> Body {
    let mut reads = Reads::default();
    let target = analysis
        .target()
        .map(|target| reads.read(target, constants));
    let (json, number) = target.map_or(("NULL".to_owned(), "NULL".to_owned()), |target| {
        (target.json, target.number)
    });
    let x = match analysis {
        Analysis::SelectUnique(_) => format!("({json} || '')"),
        _ => number,
    };
    let selected = selected(source, aggregate, index, reads, constants);
    let inner = format!(
        "SELECT {}, {x} AS x FROM {}",
        selected.columns, selected.rows
    );
    let columns = columns(aggregate, index.len());
    let mut body = Body {
        with: selected.with,
        from: String::new(),
        condition: "1".to_owned(),
        value: nested_list(&[finite("v")]),
    };
    match analysis {
        Analysis::SelectUnique(_) => {
            body.from = format!("(SELECT DISTINCT * FROM ({inner}))");
            body.value = "json_array(x)".to_owned();
        }
        Analysis::StandardDeviation(_) => {
            // Twice over the numbers: one pass over squares loses digits where the mean is large.
            let deviations = format!(
                "SELECT {columns}, x, avg(x) OVER (PARTITION BY {columns}) AS m FROM ({inner} LIMIT -1)"
            );
            body.from = format!(
                "(SELECT {columns}, sqrt(avg((x - m) * (x - m))) AS v FROM ({deviations}) GROUP BY {columns})"
            );
        }
        _ => {
            let percent = match analysis {
                Analysis::Percentile(_, percent) => *percent,
                _ => Percent::HALF,
            };
            // Each number once, with how often it came: `upto` is the rank of its last. NULLs come last,
            // so a group without a number has NULL at its first rank.
            let numbers =
                format!("SELECT {columns}, x, count(*) AS m FROM ({inner}) GROUP BY {columns}, x");
            let ranked = format!(
                "SELECT {columns}, x AS v, m, sum(m) OVER (PARTITION BY {columns} ORDER BY x NULLS LAST) AS upto, \
                 total(m) FILTER (WHERE x IS NOT NULL) OVER (PARTITION BY {columns}) AS n FROM ({numbers})"
            );
            let nearest = format!(
                "max(1, ({} * CAST(n AS INTEGER) + 9999) / 10000)",
                percent.hundredths()
            );
            body.from = format!("({ranked})");
            body.condition = format!("{nearest} BETWEEN upto - m + 1 AND upto");
        }
    }
    body
}

fn with_clause(with: &str) -> String {
    if with.is_empty() {
        String::new()
    } else {
        format!("WITH {with}")
    }
}

/// Without groups and buckets there is one answer, of no events too.
fn grouped(aggregate: &Aggregate, keys: usize) -> String {
    if aggregate.group_by.is_empty() && aggregate.buckets.is_none() {
        return String::new();
    }
    format!(" GROUP BY {}", columns(aggregate, keys))
}

fn columns(aggregate: &Aggregate, index: usize) -> String {
    let groups = groups(aggregate);
    let comma = if groups.is_empty() { "" } else { ", " };
    format!("b{}{comma}{groups}", keys(index))
}

/// The columns of the groups.
pub(super) fn groups(aggregate: &Aggregate) -> String {
    let groups: Vec<String> = (0..aggregate.group_by.len())
        .map(|at| format!("g{at}"))
        .collect();
    groups.join(", ")
}

/// A list in lists of 25: D1 documents 32 arguments for a function.
fn nested_list(values: &[String]) -> String {
    let chunks: Vec<String> = values
        .chunks(25)
        .map(|chunk| format!("json_array({})", chunk.join(", ")))
        .collect();
    format!("json_array({})", chunks.join(", "))
}
