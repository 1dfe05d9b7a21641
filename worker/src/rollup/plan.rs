//! What of a dataset is to be computed next?

use crate::context::Context;
use crate::kept_dataset::KeptDataset;
use crate::refusal::Refusal;
use crate::sql::datasets::{CLOCKS_MILLISECONDS, LATE_MILLISECONDS};
use crate::sql::rollup::{self, Over, Slice};
use crate::store::row::Row;
use keyhole_policy::time::{Buckets, Instant, Span};
use std::collections::BTreeMap;

/// What may still change is not computed again before so many milliseconds.
pub(super) const REFRESH_MILLISECONDS_MIN: i64 = 60_000;

/// What is known of a slice.
pub(super) struct Known {
    pub(super) computed_at: Instant,
    pub(super) ends: Instant,
    pub(super) is_late: bool,
    pub(super) is_stale: bool,
}

/// What is to be computed: what is missing or must not be shown, what is not settled, what came late; of each the newest
/// first.
pub(super) fn plan(
    context: &Context,
    dataset: &KeptDataset,
    wanted: &[i64],
    known: &BTreeMap<i64, Known>,
) -> Result<Vec<Slice>, Refusal> {
    let (mut missing, mut settling, mut late) = (Vec::new(), Vec::new(), Vec::new());
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
        if !is_settled(known) && age >= REFRESH_MILLISECONDS_MIN {
            let computed_at = known.computed_at;
            let reach = LATE_MILLISECONDS + CLOCKS_MILLISECONDS;
            let newest = whole.ending_after(computed_at.saturating_sub_milliseconds(reach));
            settling.push(slice(newest, Over::NewestRows { computed_at }));
        }
    }
    Ok(missing.into_iter().chain(settling).chain(late).collect())
}

/// Can no event come any more that a refresh would have to find?
pub(super) fn is_settled(known: &Known) -> bool {
    let age = known.computed_at.milliseconds() - known.ends.milliseconds();
    age >= LATE_MILLISECONDS + CLOCKS_MILLISECONDS
}

/// The weeks of a dataset's sub-timeframes, the first first.
pub(super) fn wanted(context: &Context, dataset: &KeptDataset) -> Result<Vec<i64>, Refusal> {
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
pub(super) fn latest(context: &Context, dataset: &KeptDataset, week: i64) -> Option<Instant> {
    let kept = &dataset.definition.dataset;
    let buckets = rollup::of_week(kept, dataset.anchor, week, &context.zones)?;
    let begun = |start: &Instant| *start <= context.now;
    let starts = buckets.iter().map(Span::start);
    starts.filter(begun).max()
}

pub(super) async fn known(
    context: &Context,
    dataset: &KeptDataset,
) -> Result<BTreeMap<i64, Known>, Refusal> {
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
