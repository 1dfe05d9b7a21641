//! How would a request be decided, and by which rule? Nothing is run, and nothing counted.

use super::read_keys::reference;
use crate::authenticate;
use crate::call::Call;
use crate::context::Context;
use crate::key_line;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::sql::keys::{self, KeyReference};
use crate::store::row::Row;
use keyhole_policy::authorize;
use keyhole_policy::explain::explain as decide;
use keyhole_policy::key::{AccessKey, Caller, PropertyScope};
use keyhole_policy::name::{KeyId, ProjectId};
use keyhole_policy::wire::{
    Area, Invalid, Node, explained_request, key_definition, print_explanation,
};

/// `POST /3.0/projects/P/keys/explain`: `{"request": …}` for the caller's own key; with the master key also
/// `{"key": id, …}` or `{"policy": definition, …}`.
pub async fn explain(context: &Context, call: &Call, project: &str) -> Result<Reply, Refusal> {
    let (caller, project) = authenticate::in_project(context, call, project).await?;
    let sent = call.json()?;
    let node = Node::root(Area::Request, &sent);
    node.only(
        "an object with `request`, and for the master key `key` or `policy`",
        &["request", "key", "policy"],
    )?;
    let other = match (node.get("key"), node.get("policy")) {
        (None, None) => None,
        (Some(key), None) => Some(by_reference(context, &caller, &project.id, &key).await?),
        (None, Some(policy)) => Some(by_policy(context, &caller, &project.id, &policy)?),
        (Some(key), Some(_)) => {
            return Err(Refusal::Invalid(
                key.conflict("Either `key` or `policy` is expected."),
            ));
        }
    };
    let request = explained_request(&node.require("request")?, &context.moment())?;
    let visible = match (&other, &caller) {
        (None, Caller::Access(own)) => own.visible(),
        _ => PropertyScope::everything(),
    };
    let subject = other.as_ref().unwrap_or(&caller);
    let explanation = decide(subject, &project.id, &request.request, context.now);
    Ok(Reply::ok(print_explanation(
        &explanation,
        &request,
        &visible,
    )))
}

/// Another key of the project, for the master key; its own for any.
async fn by_reference(
    context: &Context,
    caller: &Caller,
    project: &ProjectId,
    key: &Node<'_>,
) -> Result<Caller, Refusal> {
    let reference = reference(key.text()?);
    if let (Caller::Access(own), Ok(KeyReference::Id(id))) = (caller, &reference)
        && own.id() == id
    {
        return Ok(caller.clone());
    }
    authorize::oversee(caller, project, context.now)?;
    let permit = authorize::manage_keys(caller, project, context.now)?;
    let rows = context
        .store
        .run_one(keys::read_line(&permit, &reference?))
        .await?;
    let row = rows.rows.first().ok_or(Refusal::NotFound("access key"))?;
    let line = Row::new("access key", row)?.list()?;
    let key = key_line::read(project.clone(), line)?;
    Ok(Caller::Access(Box::new(
        key.ok_or(Refusal::NotFound("access key"))?,
    )))
}

/// A key that is not made, of a definition.
fn by_policy(
    context: &Context,
    caller: &Caller,
    project: &ProjectId,
    policy: &Node<'_>,
) -> Result<Caller, Refusal> {
    authorize::oversee(caller, project, context.now)?;
    let definition = key_definition(policy.value()).map_err(|invalid| Invalid {
        pointer: format!("{}{}", policy.pointer(), invalid.pointer),
        ..invalid
    })?;
    let id = KeyId::from_random([0; 12]);
    let key = AccessKey::new(id, project.clone(), definition, Vec::new());
    Ok(Caller::Access(Box::new(key)))
}
