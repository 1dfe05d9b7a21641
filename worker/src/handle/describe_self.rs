//! What does the caller's own key say of itself?

use crate::authenticate;
use crate::call::Call;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::sql::hexadecimal;
use keyhole_policy::wire::self_description;
use sha2::{Digest, Sha256};

/// `GET /3.0/projects/P/keys/self`, with any key of the project: what it may do, as far as its holder may know;
/// 304 while that has not changed.
pub async fn describe_self(
    context: &Context,
    call: &Call,
    project: &str,
) -> Result<Reply, Refusal> {
    let (caller, _) = authenticate::in_project(context, call, project).await?;
    let description = self_description(&caller);
    let digest = hexadecimal(&Sha256::digest(description.to_string()));
    let etag = format!("\"{digest}\"");
    let reply = if call.has_version(&etag) {
        Reply::not_modified()
    } else {
        Reply::ok(description)
    };
    Ok(reply.with_etag(etag))
}
