//! When are events deleted that a project no longer keeps? Some hours after nobody sees them any more.

use crate::context::Context;
use crate::laid_out::oldest;
use crate::refusal::Refusal;
use crate::sql::retention;
use crate::store::row::Row;
use keyhole_policy::name::{ProjectId, hexadecimal_24};
use keyhole_policy::value::Value;
use worker::console_error;

/// Projects whose old events one tick begins to delete.
const PROJECTS_IN_A_TICK: usize = 20;

/// Begins the deletions that are due; they are carried out as others are. One that fails holds up none of the others.
pub async fn begin_due(context: &Context) -> Result<(), Refusal> {
    let due = retention::due(context.now, PROJECTS_IN_A_TICK);
    let rows = context.store.run_one(due).await?;
    for row in &rows.rows {
        if let Err(refusal) = begin(context, row).await {
            console_error!("retention: {refusal:?}");
        }
    }
    Ok(())
}

/// A row `[project, retention_days, due_at]`.
async fn begin(context: &Context, row: &Value) -> Result<(), Refusal> {
    let mut row = Row::new("retention", row)?;
    let project = ProjectId::parse(row.text()?).map_err(|_| Refusal::corrupt("retention"))?;
    let oldest = oldest(row.whole()?, context.now);
    let due_at = row.instant()?;
    let chance = context
        .chance
        .twelve_bytes_for(&format!("retention {project}"));
    let id = hexadecimal_24(chance);
    let statements = retention::begin(&project, due_at, oldest, &id, context.now);
    context.store.run(statements).await?;
    Ok(())
}
