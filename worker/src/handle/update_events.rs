//! How are events changed that were recorded? In steps, each a transaction, all within the request.

use super::match_patterns::matches_in;
use crate::authenticate::{self, Project};
use crate::call::Call;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::sql::audit::Actor;
use crate::sql::audited_changes::told_of_updated;
use crate::sql::deletion::After;
use crate::sql::update::{self, CHANGING_STATEMENTS, EVENTS_IN_A_STEP, Part, Source};
use crate::store::row::Row;
use crate::sweep::after;
use keyhole_policy::authorize::{self, AuthorizedUpdate};
use keyhole_policy::limits::{EVENT_BYTES_MAX, UPDATE_EVENTS_MAX};
use keyhole_policy::value::Value;
use keyhole_policy::wire::{self, Area, Invalid, Problem};
use worker::console_error;

/// `PUT /3.0/projects/P/events/C`: 200 with `updated_events`, how many were changed.
///
/// Each step is done or not; broken off between two, the same request again does the rest.
pub async fn update_events(
    context: &Context,
    call: &Call,
    project: &str,
    collection: &str,
) -> Result<Reply, Refusal> {
    let (caller, project) = authenticate::in_project(context, call, project).await?;
    authorize::oversee(&caller, &project.id, context.now)?;
    let sent = call.json()?;
    let scope_property = &project.layout.scope_property;
    let asked = wire::event_update(collection, &sent, scope_property, &context.moment())?;
    let permit = authorize::update(&caller, &project.id, asked, context.now)?;
    let updated = carry_out(context, &project, &permit, &sent, &Actor::of(&caller)).await?;
    Ok(Reply::ok(Value::object([(
        "updated_events",
        Value::count(updated),
    )])))
}

async fn carry_out(
    context: &Context,
    project: &Project,
    permit: &AuthorizedUpdate,
    sent: &Value,
    by: &Actor,
) -> Result<usize, Refusal> {
    let rows = context.store.run_one(update::collection(permit)).await?;
    let row = rows.rows.first().ok_or(Refusal::NotFound("collection"))?;
    let c = Row::new("collection", row)?.whole()?;
    let (span, filter) = (permit.update().span, &permit.update().filter);
    let matches = matches_in(&context.store, &[c], span, filter).await?;
    let source = Source {
        authorized: permit,
        c,
        layout: &project.layout,
        matches: &matches,
    };
    let counted = count(context, &source).await?;
    if project.layout.is_changing && counted.events > EVENTS_IN_A_STEP {
        return Err(Refusal::Conflict(format!(
            "The events of this project are still being laid out by another scope property: between two steps of this update one might \
             pass another. Up to {EVENTS_IN_A_STEP} events are updated meanwhile, more when `is_clustering` is false."
        )));
    }
    let seen = update::seen(permit, &counted.are_got);
    let mut before = update::begin(&source, &seen, sent, by);
    let (mut updated, mut place) = (0, None);
    loop {
        let stop = match counted.events.saturating_sub(updated) < EVENTS_IN_A_STEP {
            true => None,
            false => stop(context, &source, place.as_ref()).await?,
        };
        let part = Part {
            after: place.as_ref(),
            upto: stop.as_ref(),
        };
        let statements = update::step(&source, part, std::mem::take(&mut before));
        let answers = context.store.run(statements).await;
        let answers = answers.map_err(|refusal| busy_deleting(context, refusal, updated))?;
        let from_end = answers.iter().rev();
        let changing = |(at, _): &(usize, _)| CHANGING_STATEMENTS.contains(at);
        updated += from_end
            .enumerate()
            .filter(changing)
            .map(|(_, rows)| rows.changes)
            .sum::<usize>();
        if stop.is_none() {
            break;
        }
        place = stop;
    }
    if let Err(refusal) = context
        .store
        .run_one(told_of_updated(permit, updated))
        .await
    {
        console_error!("update: {refusal:?}");
    }
    Ok(updated)
}

/// What an update is going to do.
struct Counted {
    events: usize,
    /// Whether some of them get each change.
    are_got: Vec<bool>,
}

/// Refuses, before anything is changed, what is too much.
async fn count(context: &Context, source: &Source<'_>) -> Result<Counted, Refusal> {
    let rows = context.store.run_one(update::count(source)).await?;
    let mut row = Row::new("update", rows.rows.first().unwrap_or(&Value::Null))?;
    let number = |value: i64| usize::try_from(value).unwrap_or(0);
    let (events, too_large) = (number(row.whole()?), row.whole()?);
    let are_got = row.list()?.iter();
    let are_got =
        are_got.map(|count| count.as_number().and_then(|number| number.whole()) != Some(0));
    let refused = |problem| Invalid {
        area: Area::Request,
        pointer: String::new(),
        problem,
    };
    if events > UPDATE_EVENTS_MAX {
        return Err(Refusal::Invalid(refused(Problem::TooMany {
            what: "events, or more, that this would change: narrow the timeframe or the filters",
            actual: events,
            limit: UPDATE_EVENTS_MAX,
        })));
    }
    if too_large > 0 {
        return Err(Refusal::Invalid(refused(Problem::TooMany {
            what: "bytes, or more, in an event that this would change",
            actual: EVENT_BYTES_MAX + 1,
            limit: EVENT_BYTES_MAX,
        })));
    }
    Ok(Counted {
        events,
        are_got: are_got.collect(),
    })
}

async fn stop(
    context: &Context,
    source: &Source<'_>,
    from: Option<&After>,
) -> Result<Option<After>, Refusal> {
    let rows = context.store.run_one(update::stop(source, from)).await?;
    let read = |row| after(Row::new("update", row)?.value()?);
    rows.rows.first().map(read).transpose()
}

fn busy_deleting(context: &Context, refusal: Refusal, updated: usize) -> Refusal {
    match refusal {
        Refusal::Failed(fault) if context.store.says_deleting(&fault) => {
            Refusal::Conflict(format!(
                "Events of this project are being deleted. Send the same request again in a minute; {updated} events were updated by this one."
            ))
        }
        other => other,
    }
}
