//! What does a dataset hold of these index values? Its own rows; what is not computed, or no longer holds, is asked of
//! the events.

use super::ask::{Asking, ask_cells, cells, shaped};
use super::datasets::dataset_name;
use crate::answer;
use crate::authenticate::{self, Project};
use crate::call::Call;
use crate::context::Context;
use crate::kept_dataset::KeptDataset;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::rollup::run_if_no_clock_does;
use crate::sql::aggregate::parts;
use crate::sql::selection::week_of;
use crate::sql::{datasets, rollup};
use crate::store::Rows;
use crate::store::row::Row;
use keyhole_policy::authorize::{self, AuthorizedDataset};
use keyhole_policy::key::{Caller, DatasetOperation};
use keyhole_policy::limits::ANSWER_BYTES_MAX;
use keyhole_policy::name::ResourceName;
use keyhole_policy::query::Query;
use keyhole_policy::result::{Cell, TooManyRows};
use keyhole_policy::time::{Buckets, Instant, Span};
use keyhole_policy::value::Value;
use keyhole_policy::wire::{Retrieval, retrieval};
use std::collections::BTreeSet;
use worker::console_error;

/// `GET /3.0/projects/P/datasets/N/results`.
pub async fn retrieve_dataset(
    context: &Context,
    call: &Call,
    project: &str,
    name: &str,
) -> Result<Reply, Refusal> {
    let name = dataset_name(name);
    let definition = |id: &_| Some(datasets::read_ahead(id, name.as_ref().ok()?));
    let (caller, project, ahead) =
        authenticate::in_project_with(context, call, project, definition).await?;
    context.query_rate.count(&caller).await?;
    let name = name?;
    let operation = DatasetOperation::Retrieve;
    let permit = authorize::look_up_dataset(&caller, &project.id, operation, &name, context.now)?;
    let look_up = datasets::read(&permit);
    let rows = ahead.open(&context.store, look_up.clone()).await?;
    let mut kept = kept_in(context, &rows)?;
    let pairs = call.parameters()?;
    let asked = retrieval(
        &pairs,
        &kept.definition.dataset,
        kept.anchor,
        &context.moment(),
    )?;
    let may_read = permit.may_read();
    let index = asked.index.iter();
    let index = index.map(|(property, value)| (property.to_string(), value.clone()));
    let permit = permit.retrieve(index.collect())?;
    let ran = run_if_no_clock_does(context, &kept).await;
    // What could not be computed is asked of the events, if it is asked for at all.
    if let Err(refusal) = &ran {
        console_error!("dataset: {refusal:?}");
    }
    if ran.unwrap_or(true) {
        kept = kept_in(context, &context.store.run_one(look_up).await?)?;
    }
    let result = result(context, &project, &permit, &kept, &asked).await?;
    let definition = if may_read {
        kept.print(context.now)
    } else {
        only_name(&kept.name)
    };
    let metadata = Value::object([("dataset", definition), ("request", asked.echo)]);
    Ok(Reply::ok(Value::object([
        ("result", result),
        ("metadata", metadata),
    ])))
}

fn kept_in(context: &Context, rows: &Rows) -> Result<KeptDataset, Refusal> {
    let row = rows.rows.first().ok_or(Refusal::NotFound("dataset"))?;
    KeptDataset::from_row(row, &context.moment())
}

/// A key that may retrieve but not read is told no more than it asked for.
fn only_name(name: &ResourceName) -> Value {
    Value::object([("dataset_name", Value::text(name.as_str()))])
}

async fn result(
    context: &Context,
    project: &Project,
    permit: &AuthorizedDataset,
    kept: &KeptDataset,
    asked: &Retrieval,
) -> Result<Value, Refusal> {
    let dataset = &kept.definition.dataset;
    let aggregate = dataset.over(asked.buckets.clone());
    if asked.buckets.is_empty() {
        return shaped(&aggregate, Vec::new());
    }
    let [holding, rows] = rollup::read(permit, kept.number, &asked.buckets);
    let statements = vec![holding, rows.cut_at(ANSWER_BYTES_MAX)];
    let answers = context.store.run(statements).await?;
    let [holding, rows] = answers.as_slice() else {
        return Err(Refusal::corrupt("dataset"));
    };
    let (actual, limit) = (rows.rows.len(), rollup::ROWS_MAX);
    if actual > limit {
        return Err(Refusal::TooManyRows("rows", TooManyRows { actual, limit }));
    }
    let week = |row| Row::new("dataset", row)?.whole();
    let holding: BTreeSet<i64> = holding.rows.iter().map(week).collect::<Result<_, _>>()?;
    // What the project no longer keeps is in no answer, though rows were computed of it.
    let oldest = project.layout.oldest;
    let holds = |start: Instant| start >= oldest && holding.contains(&week_of(start));
    let parts = parts(&aggregate);
    let by_part = answer::dataset_rows(&aggregate, &parts, rows, &holds)?;
    let mut found = cells(&aggregate, &parts, &by_part)?;
    if let Some(missing) = missing(&asked.buckets, &holds) {
        let starts: Vec<Instant> = missing.iter().map(Span::start).collect();
        let asked_again = ask_events(context, project, kept, asked, missing).await?;
        let elsewhere = |cell: Cell| moved(cell, &starts, &asked.buckets, &holds);
        found.extend(asked_again.into_iter().filter_map(elsewhere));
    }
    shaped(&aggregate, found)
}

/// The sub-timeframes from the first to the last of which no rows hold; `None` where all do.
fn missing(buckets: &Buckets, holds: &impl Fn(Instant) -> bool) -> Option<Buckets> {
    let missing = buckets.iter().filter(|span| !holds(span.start()));
    let (mut start, mut end) = (None, None);
    for span in missing {
        start.get_or_insert(span.start());
        end = Some(span.end());
    }
    let span = Span::new(start?, end?)?;
    Some(buckets.beginning_in(span))
}

/// What the dataset's question says of the events themselves, in these sub-timeframes: as its owner would be told, for
/// that is what its rows hold too.
async fn ask_events(
    context: &Context,
    project: &Project,
    kept: &KeptDataset,
    asked: &Retrieval,
    buckets: Buckets,
) -> Result<Vec<Cell>, Refusal> {
    let aggregate = kept.definition.dataset.of(&asked.index, buckets);
    let owner = Caller::Master(project.id.clone());
    let query = Query::Aggregate(aggregate.clone());
    let authorized = authorize::query(&owner, &project.id, query, context.now)?;
    let asking = Asking {
        layout: &project.layout,
        hidden: &project.hidden,
        reach: &authorized,
        authorized: &authorized,
    };
    ask_cells(&context.store, &asking, &aggregate).await
}

/// A cell of the missing sub-timeframes, among all that were asked for; `None` where rows hold.
fn moved(
    cell: Cell,
    starts: &[Instant],
    buckets: &Buckets,
    holds: &impl Fn(Instant) -> bool,
) -> Option<Cell> {
    let start = *starts.get(cell.bucket?)?;
    let bucket = Some(buckets.index_of(start)?);
    (!holds(start)).then_some(Cell { bucket, ..cell })
}
