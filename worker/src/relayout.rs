//! How are a project's events laid out anew, once its scope property was changed? Step by step, by whoever has time.

use crate::context::Context;
use crate::refusal::Refusal;
use crate::sql::relayout::{self, EVENTS_IN_A_STEP, Left};
use crate::store::Rows;
use crate::store::row::Row;
use crate::sweep::after;
use keyhole_policy::name::{ProjectId, PropertyPath};
use keyhole_policy::value::Value;
use worker::console_error;

/// Projects that are looked at in one tick.
const PROJECTS_IN_A_TICK: usize = 20;
/// No step is begun later than this after the tick, in milliseconds: cached queries have time too.
const TICK_MILLISECONDS: i64 = 14_000;

/// A project that is being laid out anew.
struct Relayout {
    project: ProjectId,
    scope_property: PropertyPath,
    left: Left,
}

/// Takes some steps of one project.
pub async fn lay_out_anew(
    context: &Context,
    project: &ProjectId,
    steps: usize,
) -> Result<(), Refusal> {
    let rows = context.store.run_one(relayout::of_project(project)).await?;
    let mut open = read(&rows)?;
    for _ in 0..steps {
        let Some(relayout) = open else {
            break;
        };
        open = relayout.step(context).await?;
    }
    Ok(())
}

/// Goes on with the projects that are being laid out anew. One that fails holds up none of the others.
pub async fn lay_out_all(context: &Context, elapsed: &impl Fn() -> i64) -> Result<(), Refusal> {
    let rows = context
        .store
        .run_one(relayout::open(PROJECTS_IN_A_TICK))
        .await?;
    for row in &rows.rows {
        if let Err(refusal) = go_on(context, row, elapsed).await {
            console_error!("relayout: {refusal:?}");
        }
    }
    Ok(())
}

async fn go_on(context: &Context, row: &Value, elapsed: &impl Fn() -> i64) -> Result<(), Refusal> {
    let mut open = Some(relayout(row)?);
    while let Some(relayout) = open {
        if elapsed() >= TICK_MILLISECONDS {
            break;
        }
        open = relayout.step(context).await?;
    }
    Ok(())
}

impl Relayout {
    /// What is left after one step; nothing too where it must wait.
    async fn step(self, context: &Context) -> Result<Option<Relayout>, Refusal> {
        let step = relayout::step(
            &self.project,
            &self.scope_property,
            &self.left,
            EVENTS_IN_A_STEP,
        );
        let answers = context.store.run(step).await?;
        let last = answers.last().ok_or_else(|| Refusal::corrupt("relayout"))?;
        Ok(read(last)?.filter(|next| next.left != self.left))
    }
}

fn read(rows: &Rows) -> Result<Option<Relayout>, Refusal> {
    rows.rows.first().map(relayout).transpose()
}

/// A row `[project, scope_property, collections, after, round]`.
fn relayout(row: &Value) -> Result<Relayout, Refusal> {
    let corrupt = |_| Refusal::corrupt("relayout");
    let mut row = Row::new("relayout", row)?;
    let project = ProjectId::parse(row.text()?).map_err(corrupt)?;
    let scope_property = PropertyPath::parse(row.text()?).map_err(corrupt)?;
    let whole = |value: &Value| value.as_number().and_then(|number| number.whole());
    let collections: Option<Vec<i64>> = row.list()?.iter().map(whole).collect();
    let collections = collections.ok_or_else(|| Refusal::corrupt("relayout"))?;
    let after = match row.value()? {
        Value::Null => None,
        kept => Some(after(kept)?),
    };
    Ok(Relayout {
        project,
        scope_property,
        left: Left {
            collections,
            after,
            round: row.whole()?,
        },
    })
}
