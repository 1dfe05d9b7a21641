//! How is an authorized question put to the store, and its rows made an answer?

use super::ask_extraction::ask_extraction;
use super::ask_funnel::ask_funnel;
use super::match_patterns::{Reach, match_patterns, matches_of};
use crate::answer;
use crate::refusal::{Fault, Refusal};
use crate::sql::aggregate::Part;
use crate::sql::hidden::Open;
use crate::sql::layout::{self, Layout};
use crate::sql::selection::Source;
use crate::sql::{Sql, aggregate, regex};
use crate::store::{Rows, Store, uncut};
use keyhole_policy::authorize::AuthorizedQuery;
use keyhole_policy::event::EventPlace;
use keyhole_policy::limits;
use keyhole_policy::query::{Aggregate, Query};
use keyhole_policy::result::{self, Cell, TooManyRows};
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

/// An authorized question, and where it is asked.
pub struct Asking<'a> {
    /// How the project's events lie.
    pub layout: &'a Layout,
    /// What a deletion is taking away.
    pub hidden: &'a [Open],
    /// The same question without its own filters: whatever of it the caller may see.
    pub reach: &'a AuthorizedQuery,
    /// The permit.
    pub authorized: &'a AuthorizedQuery,
}

/// What answering took, summed over statements.
#[derive(Default)]
pub(super) struct Cost {
    rows_read: usize,
    milliseconds: f64,
}

/// Answers an authorized question: one round trip, one more when it has a `regex`, and when its key has.
pub async fn ask(store: &Store, asking: &Asking<'_>) -> Result<Answered, Refusal> {
    let answered = at_any_time(store, asking).await;
    answered.map_err(|refusal| beside_deletions(asking, refusal))
}

/// What is permitted fits by itself: it is what deletions hide that made it too large, for a while.
fn beside_deletions(asking: &Asking<'_>, refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::TooComplex if !asking.hidden.is_empty() => Refusal::Busy(Fault {
            place: "question",
            cause: "too large beside the deletions that are being carried out".to_owned(),
        }),
        other => other,
    }
}

/// The same also while events move from one layout to another.
async fn at_any_time(store: &Store, asking: &Asking<'_>) -> Result<Answered, Refusal> {
    match ask_of(store, asking, asking.layout).await {
        Err(Refusal::Busy(fault)) if store.says_layout_changed(&fault) => {
            ask_of(store, asking, &anywhere(asking.layout)).await
        }
        answered => answered,
    }
}

async fn ask_of(store: &Store, asking: &Asking<'_>, layout: &Layout) -> Result<Answered, Refusal> {
    let mut cost = Cost::default();
    let authorized = asking.authorized;
    let mut matches = regex::Matches::default();
    // The key's own patterns first: the question's are then tried on strings that the key may see, and what
    // others record can neither be read by them nor be too much for them.
    for (authorized, reach) in [(asking.reach, Reach::All), (authorized, Reach::Allowed)] {
        let source = Source {
            authorized,
            spelling: authorized.spelling(),
            layout,
            matches: &matches,
            hidden: asking.hidden,
        };
        let found = match_patterns(store, &source, reach, &mut cost).await?;
        matches.extend(found);
    }
    let source = Source {
        authorized,
        spelling: authorized.spelling(),
        layout,
        matches: &matches,
        hidden: asking.hidden,
    };
    let mut next = None;
    let properties = match authorized.query() {
        Query::Aggregate(aggregate) => {
            let cells = ask_aggregate(store, &source, aggregate, &mut cost).await?;
            vec![("result".to_owned(), shaped(aggregate, cells)?)]
        }
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
        metadata: metadata(asking, &cost),
    })
}

/// Runs the statements of a question, and adds what they took.
pub(super) async fn run(
    store: &Store,
    source: &Source<'_>,
    statements: Vec<Sql>,
    cost: &mut Cost,
) -> Result<Vec<Rows>, Refusal> {
    uncut(run_cut(store, source, statements, cost).await?)
}

/// The same for who can go on where rows were cut.
pub(super) async fn run_cut(
    store: &Store,
    source: &Source<'_>,
    statements: Vec<Sql>,
    cost: &mut Cost,
) -> Result<Vec<Rows>, Refusal> {
    let each = limits::ANSWER_BYTES_MAX / statements.len().max(1);
    let mut statements: Vec<Sql> = statements.into_iter().map(|sql| sql.cut_at(each)).collect();
    let narrows = source.narrows();
    if narrows {
        let project = source.authorized.project();
        statements.insert(0, layout::must_be(project, source.layout));
    }
    let mut answers = store
        .run_cut(statements)
        .await
        .map_err(|refusal| match refusal {
            Refusal::Failed(fault) if store.says_too_large(&fault) => Refusal::TooComplex,
            Refusal::Busy(fault) if store.says_out_of_time(&fault) => Refusal::OutOfTime(fault),
            other => other,
        })?;
    if narrows && !answers.is_empty() {
        answers.remove(0);
    }
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

/// What a dataset's question says of events, as its owner would be told.
pub(super) async fn ask_cells(
    store: &Store,
    asking: &Asking<'_>,
    aggregate: &Aggregate,
) -> Result<Vec<Cell>, Refusal> {
    let asked = match ask_cells_of(store, asking, aggregate, asking.layout).await {
        Err(Refusal::Busy(fault)) if store.says_layout_changed(&fault) => {
            ask_cells_of(store, asking, aggregate, &anywhere(asking.layout)).await
        }
        asked => asked,
    };
    asked.map_err(|refusal| beside_deletions(asking, refusal))
}

/// Events have begun to move since the layout was read: looked for wherever they lie, none is missed.
fn anywhere(layout: &Layout) -> Layout {
    Layout {
        is_changing: true,
        ..layout.clone()
    }
}

async fn ask_cells_of(
    store: &Store,
    asking: &Asking<'_>,
    aggregate: &Aggregate,
    layout: &Layout,
) -> Result<Vec<Cell>, Refusal> {
    let (authorized, hidden) = (asking.authorized, asking.hidden);
    let matches = matches_of(store, authorized, layout, hidden).await?;
    let source = Source {
        authorized,
        spelling: authorized.spelling(),
        layout,
        matches: &matches,
        hidden,
    };
    ask_aggregate(store, &source, aggregate, &mut Cost::default()).await
}

async fn ask_aggregate(
    store: &Store,
    source: &Source<'_>,
    aggregate: &Aggregate,
    cost: &mut Cost,
) -> Result<Vec<Cell>, Refusal> {
    let statements = aggregate::statements(source, aggregate);
    let answers = run(
        store,
        source,
        statements
            .iter()
            .map(|statement| statement.sql.clone())
            .collect(),
        cost,
    )
    .await?;
    let parts: Vec<_> = statements
        .into_iter()
        .map(|statement| statement.part)
        .collect();
    cells(aggregate, &parts, &answers)
}

/// What the rows of each part say, if they are no more than an answer may hold.
pub(super) fn cells(
    aggregate: &Aggregate,
    parts: &[Part],
    answers: &[Rows],
) -> Result<Vec<Cell>, Refusal> {
    for (part, rows) in parts.iter().zip(answers) {
        let what = if part.is_distinct {
            "distinct values"
        } else {
            "groups"
        };
        at_most(part.rows_max, what, rows)?;
    }
    answer::cells(aggregate, parts, answers)
}

/// The `result` of an aggregate.
pub(super) fn shaped(aggregate: &Aggregate, cells: Vec<Cell>) -> Result<Value, Refusal> {
    result::shape(aggregate, cells)
        .map_err(|rows| Refusal::TooManyRows("groups over all intervals", rows))
}

/// Keen's `execution_metadata`; what it calls events scanned are the rows that D1 read.
fn metadata(asking: &Asking, cost: &Cost) -> Value {
    let mut properties: Vec<String> = asking
        .authorized
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
