//! Which statements compute an aggregate? One for all that adds up, one more for each distribution.

use super::bucket::bucket;
use super::property::property;
use super::selection::Source;
use super::{Constants, Sql};
use keyhole_policy::limits;
use keyhole_policy::query::{Aggregate, Analysis, Grouping, Percent, Range};
use keyhole_policy::value::{Number, Value};

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

/// The rows of a selection with their bucket `b`, groups `g0`… and further columns.
fn selected(
    source: &Source,
    aggregate: &Aggregate,
    columns: &str,
    constants: &mut Constants,
) -> (String, String) {
    let bucket = bucket(aggregate.buckets.as_ref(), constants);
    let groups: String = aggregate
        .group_by
        .iter()
        .enumerate()
        .map(|(at, grouping)| format!(", {} AS g{at}", group(grouping, constants)))
        .collect();
    let rows = source.rows(&aggregate.selection, constants).replacen(
        "event_with_body e",
        &format!("event_with_body e {}", bucket.join),
        1,
    );
    (
        bucket.with,
        format!("SELECT {} AS b{groups}{columns} {rows}", bucket.number),
    )
}

fn additive_statement(
    source: &Source,
    aggregate: &Aggregate,
    analyses: &[&Analysis],
    measures: Vec<usize>,
) -> Statement {
    let mut constants = Constants::default();
    let mut values = Vec::new();
    for at in &measures {
        if let Some(analysis) = analyses.get(*at) {
            values.push(additive(analysis, &mut constants));
        }
    }
    let columns: String = values
        .iter()
        .enumerate()
        .map(|(at, value)| format!(", {value} AS v{at}"))
        .collect();
    let (with, inner) = selected(source, aggregate, &columns, &mut constants);
    let listed: Vec<String> = (0..values.len())
        .map(|at| finite(&format!("v{at}")))
        .collect();
    let text = format!(
        "{}SELECT {} AS row FROM ({inner}{}) LIMIT {}",
        with_clause(&with),
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

fn additive(analysis: &Analysis, constants: &mut Constants) -> String {
    let Some(target) = analysis.target() else {
        return "count(*)".to_owned();
    };
    let target = property(target, constants);
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
    let target = analysis
        .target()
        .map(|target| property(target, &mut constants));
    let (json, number) = target.map_or(("NULL".to_owned(), "NULL".to_owned()), |target| {
        (target.json, target.number)
    });
    let is_distinct = matches!(analysis, Analysis::SelectUnique(_));
    let column = if is_distinct {
        format!(", ({json} || '') AS x")
    } else {
        format!(", {number} AS x")
    };
    let (with, inner) = selected(source, aggregate, &column, &mut constants);
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
                "SELECT {columns}, x, avg(x) OVER (PARTITION BY {columns}) AS m FROM ({inner})"
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
            // NULLs come last, so a group without a number has NULL at its first rank.
            let ranked = format!(
                "SELECT {columns}, x AS v, row_number() OVER (PARTITION BY {columns} ORDER BY x NULLS LAST) AS rank, \
                 count(x) OVER (PARTITION BY {columns}) AS n FROM ({inner})"
            );
            let nearest = format!("max(1, ({} * n + 9999) / 10000)", percent.hundredths());
            let body = format!(
                "SELECT {} AS row FROM ({ranked}) WHERE rank = {nearest}",
                row(aggregate, &value)
            );
            (limits::GROUPS_MAX, body)
        }
    };
    let text = format!("{}{body} LIMIT {}", with_clause(&with), rows_max + 1);
    Statement {
        sql: constants.into_sql(text),
        measures: vec![at],
        is_distinct,
        rows_max,
    }
}

fn with_clause(with: &str) -> String {
    if with.is_empty() {
        String::new()
    } else {
        format!("WITH {with}")
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

/// A number, or NULL where it grew beyond every double.
fn finite(value: &str) -> String {
    format!("CASE WHEN abs({value}) <= 1.7976931348623157e308 THEN {value} END")
}

/// The group as JSON text.
fn group(grouping: &Grouping, constants: &mut Constants) -> String {
    let row = property(grouping.property(), constants);
    match grouping {
        // `|| ''` takes the mark of JSON off the text, so that it stays text in a JSON list.
        Grouping::Property(_) => format!("(coalesce({}, 'null') || '')", row.json),
        Grouping::Classes { size, offset, .. } => {
            let (size, offset) = (
                constant(Some(*size), constants),
                constant(Some(*offset), constants),
            );
            let class = format!("floor(({} - {offset}) / (1.0 * {size}))", row.number);
            format!("coalesce({}, 'null')", finite(&class))
        }
        Grouping::Ranges { ranges, .. } => {
            let cases: String = ranges
                .iter()
                .enumerate()
                .map(|(at, range)| {
                    format!(
                        " WHEN {} THEN {at}",
                        in_range(&row.number, range, constants)
                    )
                })
                .collect();
            format!(
                "CASE WHEN ({}) IS NULL THEN 'null'{cases} ELSE 'null' END",
                row.number
            )
        }
    }
}

fn in_range(number: &str, range: &Range, constants: &mut Constants) -> String {
    let from = range
        .from
        .map(|from| format!("({number}) >= {}", constant(Some(from), constants)));
    let to = range
        .to
        .map(|to| format!("({number}) < {}", constant(Some(to), constants)));
    from.into_iter().chain(to).collect::<Vec<_>>().join(" AND ")
}

fn constant(number: Option<Number>, constants: &mut Constants) -> String {
    constants.bind(number.map_or(Value::Null, Value::Number))
}
