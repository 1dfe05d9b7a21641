//! How are a dataset's rows kept up? Slice by slice, whatever is missing first, as far as a run may go.

use crate::context::Context;
use crate::handle::matches_of;
use crate::kept_dataset::KeptDataset;
use crate::refusal::Refusal;
use crate::sql::datasets::{self, CLOCKS_MILLISECONDS, LATE_MILLISECONDS, Run};
use crate::sql::rollup::{self, Over, Slice, Target};
use crate::sql::selection::Source;
use crate::store::row::Row;
use keyhole_policy::authorize;
use keyhole_policy::key::Caller;
use keyhole_policy::query::Query;
use keyhole_policy::time::{Buckets, Instant, Span};
use std::collections::BTreeMap;

/// How long a run may hold a dataset, in milliseconds: longer than any lasts.
const TAKEN_MILLISECONDS: i64 = 120_000;
/// A refresh is repeated after as many milliseconds as it read rows, within these bounds.
const REFRESH_MILLISECONDS: (i64, i64) = (60_000, 3_600_000);
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

/// What is known of a slice.
struct Known {
    computed_at: Instant,
    ends: Instant,
    is_late: bool,
    is_stale: bool,
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

async fn advance(
    context: &Context,
    dataset: &KeptDataset,
    reach: &Reach<'_>,
) -> Result<(Run, Option<Refusal>), Refusal> {
    let wanted = wanted(context, dataset)?;
    let mut known = known(context, dataset).await?;
    let plan = plan(context, dataset, &wanted, &known)?;
    let (mut done, mut rows_read, mut fault) = (0, 0, None);
    for slice in &plan {
        let is_enough = done >= reach.slices || rows_read >= reach.rows;
        if done > 0 && (is_enough || !(reach.has_time)()) {
            break;
        }
        let read = match compute(context, dataset, slice).await {
            Ok(Some(read)) => read,
            // Something was deleted meanwhile: it is planned again.
            Ok(None) => break,
            // A slice that is too much for the store holds up none of the others.
            Err(refusal) => {
                fault = Some(refusal);
                done += 1;
                continue;
            }
        };
        rows_read += read;
        done += 1;
        let computed = Known {
            computed_at: context.now,
            ends: slice.whole.end(),
            is_late: false,
            is_stale: false,
        };
        known.insert(slice.week, computed);
    }
    let first = wanted.first().copied().unwrap_or(i64::MIN);
    context
        .store
        .run(rollup::outgrown(dataset.number, first))
        .await?;
    let is_done = done == plan.len() && fault.is_none();
    let is_complete = wanted.iter().all(|week| known.contains_key(week));
    let settling = wanted.iter().filter_map(|week| known.get(week));
    let settling = settling.filter(|known| !is_settled(known));
    let fresh_at = settling.map(|known| known.computed_at).min();
    let newest = wanted.iter().rev().find(|week| known.contains_key(week));
    let (least, most) = REFRESH_MILLISECONDS;
    let wait = i64::try_from(rows_read).unwrap_or(most).clamp(least, most);
    let wait = match (is_done, &fault) {
        (true, _) => wait,
        (false, Some(_)) => FAILED_MILLISECONDS,
        (false, None) => 0,
    };
    let run = Run {
        at: context.now,
        due_at: context.now.saturating_add_milliseconds(wait),
        fresh_at: is_done.then(|| fresh_at.unwrap_or(context.now)),
        latest: newest.and_then(|week| latest(context, dataset, *week)),
        is_complete,
        has_failed: fault.is_some(),
    };
    Ok((run, fault))
}

/// Can no event come any more that a refresh would have to find?
fn is_settled(known: &Known) -> bool {
    let age = known.computed_at.milliseconds() - known.ends.milliseconds();
    age >= LATE_MILLISECONDS + CLOCKS_MILLISECONDS
}

/// The weeks of a dataset's sub-timeframes, the first first.
fn wanted(context: &Context, dataset: &KeptDataset) -> Result<Vec<i64>, Refusal> {
    let buckets = whole_timeframe(context, dataset)?;
    Ok(rollup::weeks(&buckets))
}

/// Its sub-timeframes as of now.
fn whole_timeframe(context: &Context, dataset: &KeptDataset) -> Result<Buckets, Refusal> {
    let kept = &dataset.definition.dataset;
    let failed = || Refusal::failed("dataset", "its timeframe has left the calendar");
    let span = kept.span(context.now, &context.zones).ok_or_else(failed)?;
    let buckets = kept.sub_timeframes(dataset.anchor, span, &context.zones, usize::MAX);
    buckets.map_err(|_| failed())
}

/// The newest of a week's sub-timeframes that has begun.
fn latest(context: &Context, dataset: &KeptDataset, week: i64) -> Option<Instant> {
    let kept = &dataset.definition.dataset;
    let buckets = rollup::of_week(kept, dataset.anchor, week, &context.zones)?;
    let begun = |start: &Instant| *start <= context.now;
    let starts = buckets.iter().map(Span::start);
    starts.filter(begun).max()
}

async fn known(context: &Context, dataset: &KeptDataset) -> Result<BTreeMap<i64, Known>, Refusal> {
    let rows = context
        .store
        .run_one(rollup::slices(dataset.number))
        .await?;
    let read = |row| {
        let mut row = Row::new("dataset", row)?;
        let week = row.whole()?;
        let known = Known {
            computed_at: row.instant()?,
            ends: row.instant()?,
            is_late: row.whole()? != 0,
            is_stale: row.whole()? != 0,
        };
        Ok((week, known))
    };
    rows.rows.iter().map(read).collect()
}

/// What is to be computed: what is missing or must not be shown, what is not settled, what came late; of each the newest
/// first.
fn plan(
    context: &Context,
    dataset: &KeptDataset,
    wanted: &[i64],
    known: &BTreeMap<i64, Known>,
) -> Result<Vec<Slice>, Refusal> {
    let (mut missing, mut settling, mut late) = (Vec::new(), Vec::new(), Vec::new());
    let (least, _) = REFRESH_MILLISECONDS;
    for week in wanted.iter().rev() {
        let kept = &dataset.definition.dataset;
        let buckets = rollup::of_week(kept, dataset.anchor, *week, &context.zones);
        let whole = buckets.ok_or_else(|| Refusal::failed("dataset", "a week off the calendar"))?;
        let slice = |buckets: Buckets, over| Slice {
            week: *week,
            whole: whole.whole(),
            buckets,
            over,
        };
        let Some(known) = known.get(week).filter(|known| !known.is_stale) else {
            missing.push(slice(whole.clone(), Over::Nothing));
            continue;
        };
        if known.is_late {
            late.push(slice(whole.clone(), Over::Rows));
            continue;
        }
        let age = context.now.milliseconds() - known.computed_at.milliseconds();
        if !is_settled(known) && age >= least {
            let computed_at = known.computed_at;
            let reach = LATE_MILLISECONDS + CLOCKS_MILLISECONDS;
            let newest = whole.ending_after(computed_at.saturating_sub_milliseconds(reach));
            settling.push(slice(newest, Over::NewestRows { computed_at }));
        }
    }
    Ok(missing.into_iter().chain(settling).chain(late).collect())
}

/// Computes a slice, and says how many rows the store read; `None` where it came too late.
async fn compute(
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
    let scope_property = &dataset.scope_property;
    let matches = matches_of(&context.store, &authorized, scope_property, hidden).await?;
    let source = Source {
        authorized: &authorized,
        scope_property,
        matches: &matches,
        hidden,
    };
    let target = Target {
        dataset: dataset.number,
        epoch: dataset.epoch,
        now: context.now,
    };
    let statements = rollup::compute(&target, slice, &source, &aggregate, &kept.index_by);
    let answers = context.store.run(statements).await?;
    let is_kept = answers.last().is_some_and(|rows| rows.changes > 0);
    let read = answers.iter().map(|rows| rows.rows_read).sum();
    Ok(is_kept.then_some(read))
}
