//! How is a batch of events recorded?

use crate::authenticate::{self, Project};
use crate::call::Call;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::reply::{Reply, code, sentence};
use crate::seen::newly_seen;
use crate::sql::{datasets, events, hidden, schema};
use keyhole_policy::authorize::{self, AuthorizedEvent, Recorder};
use keyhole_policy::value::Value;
use keyhole_policy::wire::batch::{Part, batch};

/// `POST /3.0/projects/P/events`: 200 with an outcome for each event, once those that are good are stored.
///
/// All good events are stored in one transaction: either every success that is answered, or a fault and nothing.
pub async fn record_events(
    context: &Context,
    call: &Call,
    project: &str,
) -> Result<Reply, Refusal> {
    let (caller, project) = authenticate::in_project(context, call, project).await?;
    let recorder = authorize::recorder(&caller, &project.id, context.now)?
        .surrounded_by(call.surroundings.clone());
    let mut good = Vec::new();
    let outcomes: Vec<(String, Value)> = batch(call.json()?)?
        .into_iter()
        .map(|part| outcomes(context, &recorder, part, &mut good))
        .collect();
    if !good.is_empty() {
        record(context, &recorder, &project, &good).await?;
    }
    Ok(Reply::ok(Value::Object(outcomes)))
}

/// Stores events, and what they tell the schema, in one transaction.
pub(super) async fn record(
    context: &Context,
    recorder: &Recorder<'_>,
    project: &Project,
    events: &[AuthorizedEvent],
) -> Result<(), Refusal> {
    let chance = context.chance.bytes_for("event ids");
    let newly_seen = newly_seen(project, events);
    let (id, scope_property) = (recorder.project(), &project.scope_property);
    let mut statements = Vec::new();
    if !project.hidden.is_empty() {
        // What a deletion hides is taken out of the way: it must not keep a new event out.
        let keys = events::keys(scope_property, events, chance);
        statements = hidden::make_way(id, &project.hidden, keys);
    }
    statements.extend(events::statements(id, scope_property, events, chance));
    statements.extend(datasets::note_late(id, events, context.now));
    statements.extend(schema::keep(id, &newly_seen.seen, context.now));
    context.store.run(statements).await?;
    newly_seen.remember();
    Ok(())
}

/// What is answered for one collection; its good events are added to `good`.
fn outcomes(
    context: &Context,
    recorder: &Recorder,
    part: Part,
    good: &mut Vec<AuthorizedEvent>,
) -> (String, Value) {
    let mut outcomes = Vec::with_capacity(part.events.len());
    for event in part.events {
        let admitted = event
            .map_err(Refusal::from)
            .and_then(|(collection, event)| Ok(recorder.admit(collection, event)?));
        outcomes.push(match admitted {
            Ok(event) => {
                good.push(event);
                Value::object([("success", Value::Bool(true))])
            }
            Err(refusal) => {
                let failure = failure(&refusal);
                if matches!(refusal, Refusal::Denied(_)) {
                    context.note_refusal(refusal);
                }
                failure
            }
        });
    }
    (part.sent_name, Value::List(outcomes))
}

/// In a batch Keen says `name` and `description`, not `error_code` and `message`.
fn failure(refusal: &Refusal) -> Value {
    let (_, name) = code(refusal);
    let error = Value::object([
        ("name", Value::text(name)),
        ("description", Value::Text(sentence(refusal))),
    ]);
    Value::object([("success", Value::Bool(false)), ("error", error)])
}
