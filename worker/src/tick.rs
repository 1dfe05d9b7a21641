//! What is done when the clock strikes? Deletions and layouts go on, old events go, and cached queries that are due are run: a bounded number of each.

use crate::context::Context;
use crate::copies::CopyName;
use crate::handle::refresh;
use crate::laid_out::layout;
use crate::open_deletions::open_deletions;
use crate::refusal::Refusal;
use crate::relayout::lay_out_all;
use crate::retention::begin_due;
use crate::sql::saved_queries;
use crate::store::row::Row;
use crate::sweep::sweep;
use keyhole_policy::name::{ProjectId, ResourceName};
use keyhole_policy::value::Value;
use worker::console_error;

/// Cached queries run in one tick.
const QUERIES_IN_A_TICK: usize = 20;
/// No query is begun later than this after the tick, in milliseconds: the next tick goes on.
const TICK_MILLISECONDS: i64 = 20_000;

/// One tick. `elapsed` says how many milliseconds have gone since its beginning.
pub async fn tick(context: &Context, elapsed: impl Fn() -> i64) -> Result<(), Refusal> {
    // What fails here is no reason to let the others wait.
    if let Err(refusal) = begin_due(context).await {
        console_error!("retention: {refusal:?}");
    }
    if let Err(refusal) = sweep(context, &elapsed).await {
        console_error!("deletion: {refusal:?}");
    }
    if let Err(refusal) = lay_out_all(context, &elapsed).await {
        console_error!("relayout: {refusal:?}");
    }
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

/// Runs a query of a row `[project, layout, epoch, hidden, name, query, refresh_seconds, due_at]`, if nobody else does.
async fn run_due(context: &Context, row: &Value) -> Result<(), Refusal> {
    let mut row = Row::new("saved query", row)?;
    let corrupt = |_| Refusal::corrupt("saved query");
    let project = ProjectId::parse(row.text()?).map_err(corrupt)?;
    let layout = layout(row.value()?, context.now)?;
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
        context, &project, &layout, &hidden, &name, query, &copy_name,
    )
    .await?;
    Ok(())
}
