//! How are events taken away? Hidden at once and for good; swept here as far as there is time, the rest by the clock.

use super::match_patterns::matches_in;
use crate::authenticate::{self, Project};
use crate::call::Call;
use crate::context::Context;
use crate::open_deletions::print_gone;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::sql::audit::Actor;
use crate::sql::deletion;
use crate::sql::hidden::{Gone, Open};
use crate::store::row::Row;
use crate::sweep::Sweep;
use keyhole_policy::authorize::{self, AuthorizedDeletion};
use keyhole_policy::deletion::Deletion;
use keyhole_policy::key::Caller;
use keyhole_policy::limits::OPEN_DELETIONS_MAX;
use keyhole_policy::name::hexadecimal_24;
use keyhole_policy::wire::{self, AskedDeletion};
use worker::console_error;

/// What a deletion is kept as, in bytes of JSON: D1 documents 2,000,000 for a row, and its collections come on top.
const KEPT_BYTES_MAX: usize = 1_000_000;

/// `DELETE /3.0/projects/P/events/C`: 204. The whole collection, or the events that the parameters describe.
pub async fn delete_events(
    context: &Context,
    call: &Call,
    project: &str,
    collection: &str,
) -> Result<Reply, Refusal> {
    let (caller, project) = authenticate::in_project(context, call, project).await?;
    let asked = wire::collection_deletion(collection, &call.parameters()?, &context.moment())?;
    carry_out(context, &caller, &project, asked).await
}

/// `DELETE /3.0/projects/P/events`: 204. The events that the filters describe, of every collection.
pub async fn erase_events(context: &Context, call: &Call, project: &str) -> Result<Reply, Refusal> {
    let (caller, project) = authenticate::in_project(context, call, project).await?;
    let asked = wire::erasure(&call.parameters()?, &context.moment())?;
    carry_out(context, &caller, &project, asked).await
}

/// `DELETE /3.0/projects/P/events/C/properties/X`: 204.
pub async fn delete_property(
    context: &Context,
    call: &Call,
    project: &str,
    collection: &str,
    property: &str,
) -> Result<Reply, Refusal> {
    let (caller, project) = authenticate::in_project(context, call, project).await?;
    let scope_property = &project.layout.scope_property;
    let asked = wire::property_deletion(collection, property, &call.parameters()?, scope_property)?;
    carry_out(context, &caller, &project, asked).await
}

async fn carry_out(
    context: &Context,
    caller: &Caller,
    project: &Project,
    asked: AskedDeletion,
) -> Result<Reply, Refusal> {
    let permit = authorize::delete(caller, &project.id, asked.deletion, context.now)?;
    let open = open(context, &permit).await?;
    let what = print_gone(&open.gone);
    if what.to_string().len() > KEPT_BYTES_MAX {
        return Err(Refusal::TooComplex);
    }
    let begin = deletion::begin(
        &permit,
        &open,
        &what,
        &asked.sent,
        &Actor::of(caller),
        &project.layout,
    );
    let mut sweep = Sweep { open, after: None };
    if begin_and_step(context, project, &mut sweep, begin).await? == 0 {
        return Err(Refusal::Conflict(format!(
            "Other deletions of this project are still being carried out: {OPEN_DELETIONS_MAX} may be at a time, and a \
             property is deleted alone. Send the same request again in a minute."
        )));
    }
    // It is begun: nobody sees any more what it takes, so what fails from here on is the clock's to go on with.
    let steps = context.deletion_steps.saturating_sub(1);
    for _ in 0..steps {
        if sweep.is_done() {
            break;
        }
        let stepped = sweep.step(context, &project.layout, Vec::new());
        if let Err(refusal) = stepped.await {
            console_error!("deletion: {refusal:?}");
            break;
        }
    }
    Ok(Reply::no_content())
}

/// The first transaction, which is all of a small deletion. Says how many rows its first statement changed: none
/// where the deletion did not begin.
async fn begin_and_step(
    context: &Context,
    project: &Project,
    sweep: &mut Sweep,
    mut begin: Vec<crate::sql::Sql>,
) -> Result<usize, Refusal> {
    if sweep.is_done() {
        begin.extend(deletion::end_at_once(&sweep.open.id));
    }
    if sweep.is_done() || context.deletion_steps == 0 {
        let answers = context.store.run(begin).await?;
        return Ok(answers.first().map_or(0, |rows| rows.changes));
    }
    sweep.step(context, &project.layout, begin).await
}

/// What is to be done, and in which collections.
async fn open(context: &Context, permit: &AuthorizedDeletion) -> Result<Open, Refusal> {
    let rows = context.store.run_one(deletion::collections(permit)).await?;
    let read = |row| Row::new("collection", row)?.whole();
    let collections: Result<Vec<i64>, Refusal> = rows.rows.iter().map(read).collect();
    let collections = collections?;
    if collections.is_empty() && permit.deletion().collection().is_some() {
        return Err(Refusal::NotFound("collection"));
    }
    let gone = match permit.deletion() {
        Deletion::Collection(_) => Gone::Everything,
        Deletion::Property(_, path) => Gone::Property(path.clone()),
        Deletion::Events(doomed) => Gone::Events {
            span: doomed.span,
            filter: doomed.filter.clone(),
            // Looked at once, and kept with the deletion.
            matches: matches_in(&context.store, &collections, doomed.span, &doomed.filter).await?,
        },
    };
    Ok(Open {
        id: hexadecimal_24(context.chance.twelve_bytes_for("deletion")),
        at: permit.at(),
        collections,
        gone,
    })
}
