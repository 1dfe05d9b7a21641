//! How is an authorized question put to the store, and its rows made an answer?

use crate::refusal::Refusal;
use crate::sql::selection::Source;
use crate::sql::{Sql, aggregate, extraction, funnel, regex};
use crate::store::row::Row;
use crate::store::{Rows, Store};
use keyhole_policy::authorize::AuthorizedQuery;
use keyhole_policy::event::Event;
use keyhole_policy::limits;
use keyhole_policy::name::PropertyPath;
use keyhole_policy::query::{Aggregate, Extraction, Funnel, Query};
use keyhole_policy::result::{self, Cell, TooManyRows};
use keyhole_policy::time::Instant;
use keyhole_policy::value::{Number, Value, parse};

/// An answer: `result` and what stands beside it, and what it took.
pub struct Answered {
    /// `result`, for a funnel also `actors`.
    pub properties: Vec<(String, Value)>,
    /// `execution_metadata`.
    pub metadata: Value,
}

/// What answering took, summed over statements.
#[derive(Default)]
struct Cost {
    rows_read: usize,
    milliseconds: f64,
}

/// Answers an authorized question: one round trip, two when it has a `regex`.
pub async fn ask(
    store: &Store,
    scope_property: &PropertyPath,
    authorized: &AuthorizedQuery,
) -> Result<Answered, Refusal> {
    let mut cost = Cost::default();
    let matches = match_patterns(store, scope_property, authorized, &mut cost).await?;
    let source = Source {
        authorized,
        scope_property,
        matches: &matches,
    };
    let properties = match authorized.query() {
        Query::Aggregate(aggregate) => vec![(
            "result".to_owned(),
            ask_aggregate(store, &source, aggregate, &mut cost).await?,
        )],
        Query::Extraction(extraction) => vec![(
            "result".to_owned(),
            ask_extraction(store, &source, extraction, &mut cost).await?,
        )],
        Query::Funnel(funnel) => ask_funnel(store, &source, funnel, &mut cost).await?,
    };
    Ok(Answered {
        properties,
        metadata: metadata(authorized, &cost),
    })
}

async fn run(store: &Store, statements: Vec<Sql>, cost: &mut Cost) -> Result<Vec<Rows>, Refusal> {
    let answers = store.run(statements).await?;
    for rows in &answers {
        cost.rows_read += rows.rows_read;
        cost.milliseconds += rows.milliseconds;
    }
    Ok(answers)
}

/// Refuses an answer with more rows than its statement may give: nothing is cut silently.
fn at_most(limit: usize, what: &'static str, rows: &Rows) -> Result<(), Refusal> {
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
    authorized: &AuthorizedQuery,
    cost: &mut Cost,
) -> Result<regex::Matches, Refusal> {
    let mut matches = regex::Matches::default();
    let none = regex::Matches::default();
    let source = Source {
        authorized,
        scope_property,
        matches: &none,
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
        let texts: Result<Vec<String>, Refusal> = rows
            .rows
            .iter()
            .map(|row| Ok(Row::new("regex", row)?.text()?.to_owned()))
            .collect();
        matches.add(property, pattern, &texts?);
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
    let cells = cells(aggregate, &statements, &answers)?;
    result::shape(aggregate, cells)
        .map_err(|rows| Refusal::TooManyRows("groups over all intervals", rows))
}

/// Puts together what several statements say of the same groups.
pub fn cells(
    aggregate: &Aggregate,
    statements: &[aggregate::Statement],
    answers: &[Rows],
) -> Result<Vec<Cell>, Refusal> {
    let analyses = aggregate.measures.analyses();
    let mut by_group =
        std::collections::BTreeMap::<(Option<usize>, Vec<String>), Vec<Value>>::new();
    for (statement, rows) in statements.iter().zip(answers) {
        for row in &rows.rows {
            let mut row = Row::new("aggregate", row)?;
            let bucket = match row.value()? {
                Value::Null => None,
                number => number
                    .as_number()
                    .and_then(|number| number.whole())
                    .and_then(|at| usize::try_from(at).ok()),
            };
            let group: Vec<String> = row.list()?.iter().map(group_text).collect();
            let values = row.list()?;
            let nothing = || {
                analyses
                    .iter()
                    .map(|analysis| result::of_nothing(analysis))
                    .collect()
            };
            let cell = by_group.entry((bucket, group)).or_insert_with(nothing);
            put(statement, values, cell)?;
        }
    }
    let cell = |((bucket, group), mut values): ((Option<usize>, Vec<String>), Vec<Value>)| {
        let group: Result<Vec<Value>, Refusal> = group
            .iter()
            .map(|text| parse(text.as_bytes()).map_err(|_| Refusal::corrupt("aggregate")))
            .collect();
        values.iter_mut().for_each(sort_list);
        Ok(Cell {
            bucket,
            group: group?,
            values,
        })
    };
    by_group.into_iter().map(cell).collect()
}

/// A group's value as JSON text: values come as such, numbers of classes as numbers.
fn group_text(value: &Value) -> String {
    value
        .as_text()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn put(
    statement: &aggregate::Statement,
    values: &[Value],
    cell: &mut [Value],
) -> Result<(), Refusal> {
    let corrupt = || Refusal::corrupt("aggregate");
    if statement.is_distinct {
        let place = statement
            .measures
            .first()
            .and_then(|at| cell.get_mut(*at))
            .ok_or_else(corrupt)?;
        let (Value::List(distinct), Some(value)) = (place, values.first()) else {
            return Err(corrupt());
        };
        if let Some(text) = value.as_text() {
            distinct.push(parse(text.as_bytes()).map_err(|_| corrupt())?);
        }
        return Ok(());
    }
    let flat = values.iter().flat_map(|chunk| match chunk {
        Value::List(items) => items.as_slice(),
        _ => &[],
    });
    for (at, value) in statement.measures.iter().zip(flat) {
        *cell.get_mut(*at).ok_or_else(corrupt)? = value.clone();
    }
    Ok(())
}

fn sort_list(value: &mut Value) {
    if let Value::List(items) = value {
        items.sort_by(Value::compare);
    }
}

async fn ask_extraction(
    store: &Store,
    source: &Source<'_>,
    extraction: &Extraction,
    cost: &mut Cost,
) -> Result<Value, Refusal> {
    let answers = run(store, vec![extraction::statement(source, extraction)], cost).await?;
    let rows = answers.into_iter().next().unwrap_or_default();
    at_most(limits::EXTRACTION_EVENTS_MAX, "events", &rows)?;
    let events: Result<Vec<Event>, Refusal> = rows.rows.iter().map(event).collect();
    Ok(result::shape_events(
        extraction,
        source.authorized.visible(),
        events?,
    ))
}

/// An event from a row `[timestamp, created_at, id, body]`.
pub fn event(row: &Value) -> Result<Event, Refusal> {
    let mut row = Row::new("event", row)?;
    let instant = |milliseconds| {
        Instant::from_milliseconds(milliseconds).ok_or_else(|| Refusal::corrupt("event"))
    };
    Ok(Event {
        timestamp: instant(row.whole()?)?,
        created_at: instant(row.whole()?)?,
        id: row.text()?.to_owned(),
        body: row.value()?.clone(),
    })
}

async fn ask_funnel(
    store: &Store,
    source: &Source<'_>,
    funnel: &Funnel,
    cost: &mut Cost,
) -> Result<Vec<(String, Value)>, Refusal> {
    let with_actors: Vec<usize> = funnel
        .steps
        .iter()
        .enumerate()
        .filter(|(_, step)| step.with_actors)
        .map(|(at, _)| at)
        .collect();
    let mut statements = vec![funnel::counts(source, funnel)];
    statements.extend(
        with_actors
            .iter()
            .map(|at| funnel::actors(source, funnel, *at)),
    );
    let mut answers = run(store, statements, cost).await?.into_iter();
    let counts = answers.next().and_then(|rows| rows.rows.into_iter().next());
    let mut properties = vec![(
        "result".to_owned(),
        counts.ok_or_else(|| Refusal::corrupt("funnel"))?,
    )];
    if with_actors.is_empty() {
        return Ok(properties);
    }
    let mut actors: Vec<Value> = funnel.steps.iter().map(|_| Value::Null).collect();
    for (at, rows) in with_actors.into_iter().zip(answers) {
        at_most(limits::UNIQUE_VALUES_MAX, "actors", &rows)?;
        let mut list = Vec::with_capacity(rows.rows.len());
        for row in &rows.rows {
            let text = Row::new("funnel", row)?.text()?.to_owned();
            list.push(parse(text.as_bytes()).map_err(|_| Refusal::corrupt("funnel"))?);
        }
        list.sort_by(Value::compare);
        if let Some(place) = actors.get_mut(at) {
            *place = Value::List(list);
        }
    }
    properties.push(("actors".to_owned(), Value::List(actors)));
    Ok(properties)
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
