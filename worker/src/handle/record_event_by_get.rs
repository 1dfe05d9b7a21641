//! How is an event recorded by an image's address, or on the way to another page?

use super::record_events::record;
use crate::authenticate;
use crate::call::Call;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::reply::Reply;
use keyhole_policy::authorize;
use keyhole_policy::wire::{Beacon, batch, beacon};

/// `GET /3.0/projects/P/events/C?data=…`: an image of one transparent pixel once it is stored, or, with `redirect`,
/// 302 to there. HEAD is answered the same, and records nothing.
pub async fn record_event_by_get(
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
    let Some(Beacon { event, redirect }) = beacon(&call.parameters()?)? else {
        return Err(Refusal::NotFound("event"));
    };
    // Nothing is stored on the way to where nobody may be sent.
    let redirect = redirect.map(|target| recorder.redirect(target));
    let redirect = redirect.transpose()?;
    let event = recorder.admit(collection, event)?;
    if call.method != "HEAD" {
        record(context, &recorder, &project, &[event]).await?;
    }
    Ok(match redirect {
        Some(target) => Reply::redirected(&target),
        None => Reply::pixel(),
    })
}
