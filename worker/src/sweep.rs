//! How is a deletion carried out, once what it takes is hidden? Step by step, by whoever has time, until it is done.

use crate::context::Context;
use crate::laid_out::layout;
use crate::open_deletions::open_deletion;
use crate::refusal::Refusal;
use crate::sql::Sql;
use crate::sql::deletion::{self, After, EVENTS_IN_A_STEP};
use crate::sql::hidden::Open;
use crate::sql::layout::Layout;
use crate::store::row::Row;
use keyhole_policy::value::Value;
use worker::console_error;

/// Deletions that are looked at in one tick.
const DELETIONS_IN_A_TICK: usize = 20;
/// No step is begun later than this after the tick, in milliseconds: cached queries have time too.
const TICK_MILLISECONDS: i64 = 10_000;

/// Steps of a deletion that its own request does, where it is not said otherwise: 100,000 events.
const STEPS_IN_A_REQUEST: usize = 20;

/// Steps of a deletion that its own request does, by the variable `DELETION_STEPS`; the clock does the others.
pub fn steps_in_a_request(setting: Option<String>) -> usize {
    let steps = setting.and_then(|setting| setting.parse().ok());
    steps.unwrap_or(STEPS_IN_A_REQUEST)
}

/// A deletion, and how far it is carried out.
pub struct Sweep {
    /// What is left of it.
    pub open: Open,
    /// How far the first collection that is left is swept.
    pub after: Option<After>,
}

impl Sweep {
    /// Is everything swept?
    pub fn is_done(&self) -> bool {
        self.open.collections.is_empty()
    }

    /// One step, in one transaction with what is to be done before it.
    pub async fn step(
        &mut self,
        context: &Context,
        layout: &Layout,
        mut before: Vec<Sql>,
    ) -> Result<usize, Refusal> {
        let begun = before.len();
        let step = deletion::step(
            &self.open,
            self.after.as_ref(),
            layout.narrows_by(),
            EVENTS_IN_A_STEP,
        );
        before.extend(step);
        let answers = context.store.run(before).await?;
        let stop = answers.get(begun + 1).and_then(|rows| rows.rows.first());
        let mut row = Row::new("deletion", stop.unwrap_or(&Value::Null))?;
        self.after = match row.value()? {
            Value::Null => None,
            stopped => Some(after(stopped)?),
        };
        if self.after.is_none() && !self.is_done() {
            self.open.collections.remove(0);
        }
        Ok(answers.first().map_or(0, |rows| rows.changes))
    }
}

/// Goes on with the deletions that are being carried out. One that fails holds up none of the others.
pub async fn sweep(context: &Context, elapsed: &impl Fn() -> i64) -> Result<(), Refusal> {
    let open = deletion::open(DELETIONS_IN_A_TICK);
    let rows = context.store.run_one(open).await?;
    for row in &rows.rows {
        if let Err(refusal) = sweep_one(context, row, elapsed).await {
            console_error!("deletion: {refusal:?}");
        }
    }
    Ok(())
}

/// A row `[id, at, collections, what, layout, after]`.
async fn sweep_one(
    context: &Context,
    row: &Value,
    elapsed: &impl Fn() -> i64,
) -> Result<(), Refusal> {
    let mut row = Row::new("deletion", row)?;
    let open = open_deletion(&mut row)?;
    let layout = layout(row.value()?, context.now)?;
    let after = match row.value()? {
        Value::Null => None,
        kept => Some(after(kept)?),
    };
    let mut sweep = Sweep { open, after };
    while !sweep.is_done() && elapsed() < TICK_MILLISECONDS {
        sweep.step(context, &layout, Vec::new()).await?;
    }
    Ok(())
}

/// A place, as it is kept.
pub fn after(kept: &Value) -> Result<After, Refusal> {
    let mut row = Row::new("deletion", kept)?;
    Ok(After {
        week: row.whole()?,
        scope: row.text()?.to_owned(),
        ts: row.whole()?,
        id: row.text()?.to_owned(),
    })
}
