//! How is one event recorded?

use super::record_events::record;
use crate::authenticate;
use crate::call::Call;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::reply::Reply;
use keyhole_policy::authorize;
use keyhole_policy::value::Value;
use keyhole_policy::wire::batch;

/// `POST /3.0/projects/P/events/C`: 201 once it is stored.
pub async fn record_event(
    context: &Context,
    call: &Call,
    project: &str,
    collection: &str,
) -> Result<Reply, Refusal> {
    let (caller, project) = authenticate::in_project(context, call, project).await?;
    let recorder = authorize::recorder(&caller, &project.id, context.now)?
        .surrounded_by(call.surroundings.clone())
        .keeping(project.layout.retention_days, project.layout.oldest);
    let collection = batch::collection(collection)?;
    let event = batch::one(call.json()?)?;
    let event = recorder.admit(collection, event)?;
    record(context, &recorder, &project, &[event]).await?;
    Ok(Reply::created(Value::object([(
        "created",
        Value::Bool(true),
    )])))
}
