//! How are a dataset's rows kept up? Slice by slice, whatever is missing first, as far as a run may go.

mod compute;
mod plan;

use crate::context::Context;
use crate::kept_dataset::KeptDataset;
use crate::refusal::Refusal;
use crate::sql::datasets::{self, Run};
use crate::sql::rollup::{self, Slice};
use compute::compute;
use plan::{Known, REFRESH_MILLISECONDS_MIN, is_settled, known, latest, plan, wanted};
use std::collections::BTreeMap;

/// How long a run may hold a dataset, in milliseconds: longer than any lasts.
const TAKEN_MILLISECONDS: i64 = 120_000;
/// A refresh is repeated after as many milliseconds as it read rows, but after so many at the latest.
const REFRESH_MILLISECONDS_MAX: i64 = 3_600_000;
/// After a failure the next run waits so long, in milliseconds.
const FAILED_MILLISECONDS: i64 = 600_000;
/// A dataset that was due so long ago, in milliseconds, is not looked at by any clock.
const CLOCK_STANDS_STILL_MILLISECONDS: i64 = 90_000;
/// Rows that are cleared away in one transaction.
const ROWS_CLEARED: usize = 5_000;

/// How far one run may go.
pub struct Reach<'a> {
    /// Slices it may compute.
    pub slices: usize,
    /// Rows the store may have read after which no other slice is begun.
    pub rows: usize,
    /// Is there time for another slice?
    pub has_time: &'a dyn Fn() -> bool,
}

impl Reach<'_> {
    /// What a request does that somebody waits for.
    pub fn of_request() -> Reach<'static> {
        Reach {
            slices: 20,
            rows: 200_000,
            has_time: &|| true,
        }
    }
}

/// Runs a dataset nobody else runs, and says when it is due again.
pub async fn run(
    context: &Context,
    dataset: &KeptDataset,
    reach: &Reach<'_>,
) -> Result<(), Refusal> {
    let until = context.now.saturating_add_milliseconds(TAKEN_MILLISECONDS);
    let take = datasets::take(dataset.number, dataset.due_at, until);
    if context.store.run_one(take).await?.changes == 0 {
        return Ok(());
    }
    let (run, fault) = match advance(context, dataset, reach).await {
        Ok(advanced) => advanced,
        Err(refusal) => (failed(context), Some(refusal)),
    };
    let end = datasets::end(dataset.number, until, &run);
    context.store.run_one(end).await?;
    fault.map_or(Ok(()), Err)
}

/// Runs a dataset that no clock has looked at when it should have.
pub async fn run_if_no_clock_does(
    context: &Context,
    dataset: &KeptDataset,
) -> Result<bool, Refusal> {
    let waited = context.now.milliseconds() - dataset.due_at.milliseconds();
    if waited <= CLOCK_STANDS_STILL_MILLISECONDS {
        return Ok(false);
    }
    run(context, dataset, &Reach::of_request()).await?;
    Ok(true)
}

/// Clears away what nobody reads any more. Says whether there may be more.
pub async fn clear(context: &Context) -> Result<bool, Refusal> {
    let answers = context.store.run(rollup::clear(ROWS_CLEARED)).await?;
    Ok(answers.iter().any(|rows| rows.changes > 0))
}

fn failed(context: &Context) -> Run {
    Run {
        at: context.now,
        due_at: context.now.saturating_add_milliseconds(FAILED_MILLISECONDS),
        fresh_at: None,
        latest: None,
        is_complete: false,
        has_failed: true,
    }
}

/// How far a run came.
struct Progress {
    /// Slices of the plan that were tried.
    tried: usize,
    /// Rows that the store read for them.
    rows_read: usize,
    /// What kept one of them from being computed.
    fault: Option<Refusal>,
}

async fn advance(
    context: &Context,
    dataset: &KeptDataset,
    reach: &Reach<'_>,
) -> Result<(Run, Option<Refusal>), Refusal> {
    let wanted = wanted(context, dataset)?;
    let mut known = known(context, dataset).await?;
    let plan = plan(context, dataset, &wanted, &known)?;
    let progress = carry_out(context, dataset, &plan, reach, &mut known).await;
    let first = wanted.first().copied().unwrap_or(i64::MIN);
    if known.keys().any(|week| *week < first) {
        let outgrown = rollup::outgrown(dataset.number, first);
        context.store.run(outgrown).await?;
    }
    known.retain(|week, _| wanted.contains(week));
    let is_done = progress.tried == plan.len() && progress.fault.is_none();
    let settling = known.values().filter(|known| !is_settled(known));
    let fresh_at = settling.map(|known| known.computed_at).min();
    let newest = known.keys().next_back();
    let wait = match (is_done, &progress.fault) {
        (true, _) => i64::try_from(progress.rows_read)
            .unwrap_or(REFRESH_MILLISECONDS_MAX)
            .clamp(REFRESH_MILLISECONDS_MIN, REFRESH_MILLISECONDS_MAX),
        (false, Some(_)) => FAILED_MILLISECONDS,
        (false, None) => 0,
    };
    let run = Run {
        at: context.now,
        due_at: context.now.saturating_add_milliseconds(wait),
        fresh_at: is_done.then(|| fresh_at.unwrap_or(context.now)),
        latest: newest.and_then(|week| latest(context, dataset, *week)),
        is_complete: known.len() == wanted.len(),
        has_failed: progress.fault.is_some(),
    };
    Ok((run, progress.fault))
}

/// Computes what is planned, as far as the run may go; at least one slice.
async fn carry_out(
    context: &Context,
    dataset: &KeptDataset,
    plan: &[Slice],
    reach: &Reach<'_>,
    known: &mut BTreeMap<i64, Known>,
) -> Progress {
    let mut progress = Progress {
        tried: 0,
        rows_read: 0,
        fault: None,
    };
    for slice in plan {
        let is_enough = progress.tried >= reach.slices || progress.rows_read >= reach.rows;
        if progress.tried > 0 && (is_enough || !(reach.has_time)()) {
            break;
        }
        match compute(context, dataset, slice).await {
            Ok(Some(rows_read)) => {
                progress.rows_read += rows_read;
                let computed = Known {
                    computed_at: context.now,
                    ends: slice.whole.end(),
                    is_late: false,
                    is_stale: false,
                };
                known.insert(slice.week, computed);
            }
            // Something was deleted meanwhile: it is planned again.
            Ok(None) => break,
            // A slice that is too much for the store holds up none of the others.
            Err(refusal) => progress.fault = Some(refusal),
        }
        progress.tried += 1;
    }
    progress
}
