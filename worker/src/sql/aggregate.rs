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
    /// The statement; it answers at most one row more than its limit.
    pub sql: Sql,
    /// The measures that it computes, by their place.
    pub measures: Vec<usize>,
    /// Each row holds one distinct value of one measure, as JSON text, instead of all values.
    pub is_distinct: bool,
    /// Rows it may answer.
    pub rows_max: usize,
}

/// The statements for an aggregate; every one answers the same groups.
pub fn statements(source: &Source, aggregate: &Aggregate) -> Vec<Statement> {
    let analyses = aggregate.measures.analyses();
    let (additive, others): (Vec<usize>, Vec<usize>) = (0..analyses.len()).partition(|at| {
        analyses
            .get(*at)
            .is_some_and(|analysis| is_additive(analysis))
    });
    let mut statements = Vec::new();
    if !additive.is_empty() {
        statements.push(additive_statement(source, aggregate, &analyses, additive));
    }
    for at in others {
        if let Some(analysis) = analyses.get(at) {
            statements.push(distribution_statement(source, aggregate, analysis, at));
        }
    }
    statements
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

/// A statement's columns `b` and groups `g0`…, and the rows it takes them from.
struct Selected {
    columns: String,
    rows: String,
}

/// The rows of a selection with their bucket and what is read of them.
fn selected(
    source: &Source,
    aggregate: &Aggregate,
    mut reads: Reads,
    constants: &mut Constants,
) -> Selected {
    let bucket = bucket(aggregate.buckets.as_ref(), constants);
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
        columns: format!("b{groups}"),
        rows: format!("(SELECT {} AS b{read} {rows}{whole})", bucket.number),
    }
}

fn additive_statement(
    source: &Source,
    aggregate: &Aggregate,
    analyses: &[&Analysis],
    measures: Vec<usize>,
) -> Statement {
    let mut constants = Constants::default();
    let mut reads = Reads::default();
    let mut values = Vec::new();
    for at in &measures {
        if let Some(analysis) = analyses.get(*at) {
            values.push(additive(analysis, &mut reads, &mut constants));
        }
    }
    let named: String = values
        .iter()
        .enumerate()
        .map(|(at, value)| format!(", {value} AS v{at}"))
        .collect();
    let Selected { columns, rows } = selected(source, aggregate, reads, &mut constants);
    let listed: Vec<String> = (0..values.len())
        .map(|at| finite(&format!("v{at}")))
        .collect();
    let text = format!(
        "SELECT {} AS row FROM (SELECT {columns}{named} FROM {rows}{}) LIMIT {}",
        row(aggregate, &nested_list(&listed)),
        grouped(aggregate),
        limits::GROUPS_MAX + 1,
    );
    Statement {
        sql: constants.into_sql(text),
        measures,
        is_distinct: false,
        rows_max: limits::GROUPS_MAX,
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

fn distribution_statement(
    source: &Source,
    aggregate: &Aggregate,
    analysis: &Analysis,
    at: usize,
) -> Statement {
    let mut constants = Constants::default();
    let mut reads = Reads::default();
    let target = analysis
        .target()
        .map(|target| reads.read(target, &mut constants));
    let (json, number) = target.map_or(("NULL".to_owned(), "NULL".to_owned()), |target| {
        (target.json, target.number)
    });
    let is_distinct = matches!(analysis, Analysis::SelectUnique(_));
    let x = if is_distinct {
        format!("({json} || '')")
    } else {
        number
    };
    let selected = selected(source, aggregate, reads, &mut constants);
    let inner = format!(
        "SELECT {}, {x} AS x FROM {}",
        selected.columns, selected.rows
    );
    let columns = columns(aggregate);
    let value = nested_list(&[finite("v")]);
    let (rows_max, body) = match analysis {
        Analysis::SelectUnique(_) => {
            let value = "json_array(x)";
            let body = format!(
                "SELECT {} AS row FROM (SELECT DISTINCT * FROM ({inner}))",
                row(aggregate, value)
            );
            (limits::UNIQUE_VALUES_MAX, body)
        }
        Analysis::StandardDeviation(_) => {
            // Twice over the numbers: one pass over squares loses digits where the mean is large.
            let deviations = format!(
                "SELECT {columns}, x, avg(x) OVER (PARTITION BY {columns}) AS m FROM ({inner} LIMIT -1)"
            );
            let grouped = format!(
                "SELECT {columns}, sqrt(avg((x - m) * (x - m))) AS v FROM ({deviations}) GROUP BY {columns}"
            );
            (
                limits::GROUPS_MAX,
                format!("SELECT {} AS row FROM ({grouped})", row(aggregate, &value)),
            )
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
            let body = format!(
                "SELECT {} AS row FROM ({ranked}) WHERE {nearest} BETWEEN upto - m + 1 AND upto",
                row(aggregate, &value)
            );
            (limits::GROUPS_MAX, body)
        }
    };
    let text = format!("{body} LIMIT {}", rows_max + 1);
    Statement {
        sql: constants.into_sql(text),
        measures: vec![at],
        is_distinct,
        rows_max,
    }
}

/// Without groups and buckets there is one answer, of no events too.
fn grouped(aggregate: &Aggregate) -> String {
    if aggregate.group_by.is_empty() && aggregate.buckets.is_none() {
        return String::new();
    }
    format!(" GROUP BY {}", columns(aggregate))
}

fn columns(aggregate: &Aggregate) -> String {
    let groups = (0..aggregate.group_by.len()).map(|at| format!("g{at}"));
    std::iter::once("b".to_owned())
        .chain(groups)
        .collect::<Vec<_>>()
        .join(", ")
}

fn row(aggregate: &Aggregate, values: &str) -> String {
    let groups: Vec<String> = (0..aggregate.group_by.len())
        .map(|at| format!("g{at}"))
        .collect();
    format!("json_array(b, json_array({}), {values})", groups.join(", "))
}

/// A list in lists of 25: D1 documents 32 arguments for a function.
fn nested_list(values: &[String]) -> String {
    let chunks: Vec<String> = values
        .chunks(25)
        .map(|chunk| format!("json_array({})", chunk.join(", ")))
        .collect();
    format!("json_array({})", chunks.join(", "))
}
