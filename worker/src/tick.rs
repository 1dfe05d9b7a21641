//! What is done when the clock strikes? Deletions go on, cached queries and datasets that are due are run: a bounded number of each.

use crate::context::Context;
use crate::copies::CopyName;
use crate::handle::refresh;
use crate::kept_dataset::KeptDataset;
use crate::open_deletions::open_deletions;
use crate::refusal::Refusal;
use crate::rollup::{self, Reach};
use crate::sql::{datasets, saved_queries};
use crate::store::row::Row;
use crate::sweep::sweep;
use keyhole_policy::name::{ProjectId, PropertyPath, ResourceName};
use keyhole_policy::value::Value;
use worker::console_error;

/// Cached queries run in one tick.
const QUERIES_IN_A_TICK: usize = 20;
/// No query is begun later than this after the tick, in milliseconds: the next tick goes on.
const TICK_MILLISECONDS: i64 = 20_000;
/// Datasets run in one tick.
const DATASETS_IN_A_TICK: usize = 20;
/// No slice of a dataset is begun later than this after the tick, in milliseconds.
const DATASETS_MILLISECONDS: i64 = 25_000;
/// Of one dataset in one tick: others have their turn too.
const SLICES_IN_A_RUN: usize = 50;
/// The same for the rows that the store reads.
const ROWS_IN_A_RUN: usize = 2_000_000;
/// Steps of clearing away, in one tick.
const CLEARINGS_IN_A_TICK: usize = 20;

/// One tick. `elapsed` says how many milliseconds have gone since its beginning.
pub async fn tick(context: &Context, elapsed: impl Fn() -> i64) -> Result<(), Refusal> {
    // What fails here is no reason to let the others wait.
    if let Err(refusal) = sweep(context, &elapsed).await {
        console_error!("deletion: {refusal:?}");
    }
    if let Err(refusal) = run_queries(context, &elapsed).await {
        console_error!("cached queries: {refusal:?}");
    }
    run_datasets(context, &elapsed).await
}

async fn run_datasets(context: &Context, elapsed: &impl Fn() -> i64) -> Result<(), Refusal> {
    let has_time = || elapsed() < DATASETS_MILLISECONDS;
    let due = datasets::due(context.now, DATASETS_IN_A_TICK);
    let rows = context.store.run_one(due).await?;
    let reach = Reach {
        slices: SLICES_IN_A_RUN,
        rows: ROWS_IN_A_RUN,
        has_time: &has_time,
    };
    for row in rows.rows.iter().take_while(|_| has_time()) {
        let ran = match KeptDataset::from_row(row, &context.moment()) {
            Ok(dataset) => rollup::run(context, &dataset, &reach).await,
            Err(refusal) => Err(refusal),
        };
        // One dataset that fails holds up none of the others.
        if let Err(refusal) = ran {
            console_error!("dataset: {refusal:?}");
        }
    }
    for _ in 0..CLEARINGS_IN_A_TICK {
        if !has_time() || !rollup::clear(context).await? {
            break;
        }
    }
    Ok(())
}

async fn run_queries(context: &Context, elapsed: &impl Fn() -> i64) -> Result<(), Refusal> {
    let due = saved_queries::due(context.now, QUERIES_IN_A_TICK);
    let rows = context.store.run_one(due).await?;
    for row in &rows.rows {
        if elapsed() > TICK_MILLISECONDS {
            break;
        }
        // One query that fails holds up none of the others.
        if let Err(refusal) = run_due(context, row).await {
            console_error!("cached query: {refusal:?}");
        }
    }
    Ok(())
}

/// Runs a query of a row `[project, scope_property, epoch, hidden, name, query, refresh_seconds, due_at]`, if nobody else does.
async fn run_due(context: &Context, row: &Value) -> Result<(), Refusal> {
    let mut row = Row::new("saved query", row)?;
    let corrupt = |_| Refusal::corrupt("saved query");
    let project = ProjectId::parse(row.text()?).map_err(corrupt)?;
    let scope_property = PropertyPath::parse(row.text()?).map_err(corrupt)?;
    let epoch = row.whole()?;
    let hidden = open_deletions(row.list()?)?;
    let name = ResourceName::parse(row.text()?).map_err(corrupt)?;
    let query = row.value()?;
    let refresh_seconds = row.whole()?;
    let due_at = row.instant()?;
    let next = context
        .now
        .saturating_add_milliseconds(refresh_seconds.saturating_mul(1_000));
    let take = saved_queries::take(project.as_str(), name.as_str(), due_at, next);
    if context.store.run_one(take).await?.changes == 0 {
        return Ok(());
    }
    let copy_name = CopyName::new(&project, epoch, query);
    refresh(
        context,
        &project,
        &scope_property,
        &hidden,
        &name,
        query,
        &copy_name,
    )
    .await?;
    Ok(())
}
