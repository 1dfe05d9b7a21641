//! What is a GET of a collection? A recording where it carries an event, else a description.

use super::describe::describe_collection;
use super::record_event_by_get::record_event_by_get;
use crate::call::Call;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::reply::Reply;

/// `GET /3.0/projects/P/events/C`: what it is, `data` says.
pub async fn get_collection(
    context: &Context,
    call: &Call,
    project: &str,
    collection: &str,
) -> Result<Reply, Refusal> {
    if call.parameter("data")?.is_some() {
        return record_event_by_get(context, call, project, collection).await;
    }
    describe_collection(context, call, project, collection).await
}
