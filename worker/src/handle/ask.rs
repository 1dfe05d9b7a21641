//! How is an authorized question put to the store, and its rows made an answer?

use super::ask_funnel::ask_funnel;
use crate::answer;
use crate::refusal::Refusal;
use crate::sql::hidden::Open;
use crate::sql::selection::Source;
use crate::sql::{Sql, aggregate, extraction, regex};
use crate::store::{Rows, Store};
use keyhole_policy::authorize::AuthorizedQuery;
use keyhole_policy::event::EventPlace;
use keyhole_policy::limits;
use keyhole_policy::name::PropertyPath;
use keyhole_policy::query::{Aggregate, Extraction, Query};
use keyhole_policy::result::{self, TooManyRows};
use keyhole_policy::value::{Number, Value};

/// An answer: `result` and what stands beside it, and what it took.
pub struct Answered {
    /// `result`, for a funnel also `actors`.
    pub properties: Vec<(String, Value)>,
    /// The last event of a page of an extraction that others follow.
    pub next: Option<EventPlace>,
    /// `execution_metadata`.
    pub metadata: Value,
}

/// What answering took, summed over statements.
#[derive(Default)]
pub(super) struct Cost {
    rows_read: usize,
    milliseconds: f64,
}

/// Answers an authorized question: one round trip, two when it has a `regex`.
pub async fn ask(
    store: &Store,
    scope_property: &PropertyPath,
    hidden: &[Open],
    authorized: &AuthorizedQuery,
) -> Result<Answered, Refusal> {
    let mut cost = Cost::default();
    let matches = match_patterns(store, scope_property, hidden, authorized, &mut cost).await?;
    let source = Source {
        authorized,
        scope_property,
        matches: &matches,
        hidden,
    };
    let mut next = None;
    let properties = match authorized.query() {
        Query::Aggregate(aggregate) => vec![(
            "result".to_owned(),
            ask_aggregate(store, &source, aggregate, &mut cost).await?,
        )],
        Query::Extraction(extraction) => {
            let (result, following) = ask_extraction(store, &source, extraction, &mut cost).await?;
            next = following;
            vec![("result".to_owned(), result)]
        }
        Query::Funnel(funnel) => ask_funnel(store, &source, funnel, &mut cost).await?,
    };
    Ok(Answered {
        properties,
        next,
        metadata: metadata(authorized, &cost),
    })
}

pub(super) async fn run(
    store: &Store,
    statements: Vec<Sql>,
    cost: &mut Cost,
) -> Result<Vec<Rows>, Refusal> {
    let answers = store
        .run(statements)
        .await
        .map_err(|refusal| match refusal {
            Refusal::Failed(fault) if store.says_too_large(&fault) => Refusal::TooComplex,
            Refusal::Busy(fault) if store.says_out_of_time(&fault) => Refusal::OutOfTime(fault),
            other => other,
        })?;
    for rows in &answers {
        cost.rows_read += rows.rows_read;
        cost.milliseconds += rows.milliseconds;
    }
    Ok(answers)
}

/// Refuses an answer with more rows than its statement may give: nothing is cut silently.
pub(super) fn at_most(limit: usize, what: &'static str, rows: &Rows) -> Result<(), Refusal> {
    let actual = rows.rows.len();
    if actual > limit {
        Err(Refusal::TooManyRows(what, TooManyRows { actual, limit }))
    } else {
        Ok(())
    }
}

async fn match_patterns(
    store: &Store,
    scope_property: &PropertyPath,
    hidden: &[Open],
    authorized: &AuthorizedQuery,
    cost: &mut Cost,
) -> Result<regex::Matches, Refusal> {
    let mut matches = regex::Matches::default();
    let none = regex::Matches::default();
    let source = Source {
        authorized,
        scope_property,
        matches: &none,
        hidden,
    };
    let selections = authorized.query().selections();
    let tested: Vec<_> = selections
        .into_iter()
        .flat_map(|selection| {
            regex::patterns(&selection.filter)
                .into_iter()
                .map(move |test| (selection, test))
        })
        .collect();
    if tested.is_empty() {
        return Ok(matches);
    }
    let statements = tested
        .iter()
        .map(|(selection, (property, _))| regex::candidates(&source, selection, property));
    let answers = run(store, statements.collect(), cost).await?;
    for ((_, (property, pattern)), rows) in tested.into_iter().zip(answers) {
        at_most(
            limits::REGEX_CANDIDATES_MAX,
            "distinct values to try the regex on",
            &rows,
        )?;
        matches.add(property, pattern, &answer::texts("regex", &rows)?);
    }
    Ok(matches)
}

async fn ask_aggregate(
    store: &Store,
    source: &Source<'_>,
    aggregate: &Aggregate,
    cost: &mut Cost,
) -> Result<Value, Refusal> {
    let statements = aggregate::statements(source, aggregate);
    let answers = run(
        store,
        statements
            .iter()
            .map(|statement| statement.sql.clone())
            .collect(),
        cost,
    )
    .await?;
    for (statement, rows) in statements.iter().zip(&answers) {
        let what = if statement.is_distinct {
            "distinct values"
        } else {
            "groups"
        };
        at_most(statement.rows_max, what, rows)?;
    }
    let cells = answer::cells(aggregate, &statements, &answers)?;
    result::shape(aggregate, cells)
        .map_err(|rows| Refusal::TooManyRows("groups over all intervals", rows))
}

/// The events, and where to go on after a page that others follow.
async fn ask_extraction(
    store: &Store,
    source: &Source<'_>,
    extraction: &Extraction,
    cost: &mut Cost,
) -> Result<(Value, Option<EventPlace>), Refusal> {
    let answers = run(store, vec![extraction::statement(source, extraction)], cost).await?;
    let rows = answers.into_iter().next().unwrap_or_default();
    at_most(limits::EXTRACTION_EVENTS_MAX, "events", &rows)?;
    let (events, next) = answer::events(extraction, &rows)?;
    let visible = source.authorized.visible();
    Ok((result::shape_events(extraction, visible, events), next))
}

/// Keen's `execution_metadata`; what it calls events scanned are the rows that D1 read.
fn metadata(authorized: &AuthorizedQuery, cost: &Cost) -> Value {
    let mut properties: Vec<String> = authorized
        .query()
        .named_properties()
        .iter()
        .map(|property| property.to_string())
        .collect();
    properties.push("keen.timestamp".to_owned());
    properties.sort();
    properties.dedup();
    let seconds = Number::new(cost.milliseconds / 1000.0).map_or(Value::Null, Value::Number);
    Value::object([
        ("total_processing_time", seconds),
        ("events_scanned", Value::count(cost.rows_read)),
        ("properties_per_event", Value::count(properties.len())),
        (
            "total_properties_scanned",
            Value::count(cost.rows_read.saturating_mul(properties.len())),
        ),
    ])
}
