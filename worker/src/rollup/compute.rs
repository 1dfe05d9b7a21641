//! How is one slice computed? In one transaction, from the events.

use crate::context::Context;
use crate::handle::matches_of;
use crate::kept_dataset::KeptDataset;
use crate::refusal::Refusal;
use crate::sql::layout::must_be;
use crate::sql::rollup::{self, Slice, Target};
use crate::sql::selection::Source;
use keyhole_policy::authorize;
use keyhole_policy::filter::Spelling;
use keyhole_policy::key::Caller;
use keyhole_policy::limits::DATASET_INSTRUCTIONS;
use keyhole_policy::query::Query;

/// Computes a slice, and says how many rows the store read; `None` where it came too late.
pub(super) async fn compute(
    context: &Context,
    dataset: &KeptDataset,
    slice: &Slice,
) -> Result<Option<usize>, Refusal> {
    let kept = &dataset.definition.dataset;
    let aggregate = kept.over(slice.buckets.clone());
    // The rows are everybody's who may read the dataset, over all of its project's events.
    let owner = Caller::Master(dataset.project.clone());
    let query = Query::Aggregate(aggregate.clone());
    let authorized = authorize::query(&owner, &dataset.project, query, context.now)?;
    let hidden = &dataset.hidden;
    let layout = &dataset.layout;
    let matches = matches_of(&context.store, &authorized, layout, hidden).await?;
    let source = Source {
        authorized: &authorized,
        // A definition that does not fit was refused.
        spelling: authorized
            .query()
            .spelling_beside(DATASET_INSTRUCTIONS)
            .unwrap_or(Spelling::Listed),
        layout,
        matches: &matches,
        hidden,
    };
    let target = Target {
        dataset: dataset.number,
        epoch: dataset.epoch,
        now: context.now,
    };
    let mut statements = vec![must_be(&dataset.project, layout)];
    statements.extend(rollup::compute(
        &target,
        slice,
        &source,
        &aggregate,
        &kept.index_by,
    ));
    let answers = match context.store.run(statements).await {
        Err(Refusal::Busy(fault)) if context.store.says_layout_changed(&fault) => return Ok(None),
        answered => answered?,
    };
    let is_kept = answers.last().is_some_and(|rows| rows.changes > 0);
    let read = answers.iter().map(|rows| rows.rows_read).sum();
    Ok(is_kept.then_some(read))
}
