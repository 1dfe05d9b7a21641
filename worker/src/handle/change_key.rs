//! How is an access key changed, revoked and deleted?

use super::key_answer::{self, kept_definition, version_of};
use super::key_permit::{KeyPermit, key_permit};
use super::read_keys::reference;
use crate::call::Call;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::sql::Sql;
use crate::sql::keys::{self, Condition, KeyReference};
use crate::store::row::Row;
use keyhole_policy::name::KeyId;
use keyhole_policy::wire::key_definition;

/// `POST /3.0/projects/P/keys/K`: the whole definition anew; the key itself stays.
///
/// With `If-Match` only if it is still as its caller has read it.
pub async fn replace_key(
    context: &Context,
    call: &Call,
    project: &str,
    key: &str,
) -> Result<Reply, Refusal> {
    let permit = key_permit(context, call, project).await?;
    let reference = reference(key)?;
    let sent = call.json()?;
    let allowed = permit.keys.define(key_definition(&sent)?)?;
    let (condition, kept) = (condition(call)?, kept_definition(sent));
    let (keys, by) = (&permit.keys, &permit.by);
    let change = keys::replace(
        keys,
        &reference,
        &allowed,
        &kept,
        condition,
        by,
        context.now,
    );
    change_and_read(context, &permit, change, &reference, condition).await
}

/// `POST /3.0/projects/P/keys/K/revoke` and `/unrevoke`: in force from the next request on.
pub async fn set_active(
    context: &Context,
    call: &Call,
    project: &str,
    key: &str,
    is_active: bool,
) -> Result<Reply, Refusal> {
    let permit = key_permit(context, call, project).await?;
    let reference = reference(key)?;
    let change = keys::set_active(&permit.keys, &reference, is_active, &permit.by, context.now);
    change_and_read(context, &permit, change, &reference, Condition::Whatever).await
}

/// `DELETE /3.0/projects/P/keys/K`: 204; the keys that were made within it go with it.
pub async fn delete_key(
    context: &Context,
    call: &Call,
    project: &str,
    key: &str,
) -> Result<Reply, Refusal> {
    let permit = key_permit(context, call, project).await?;
    let id = id_of(context, &permit, key).await?;
    let statements = keys::delete(&permit.keys, &id, &permit.by, context.now);
    context.store.run(statements).await?;
    Ok(Reply::no_content())
}

/// The id of a key within reach.
pub(super) async fn id_of(
    context: &Context,
    permit: &KeyPermit,
    key: &str,
) -> Result<KeyId, Refusal> {
    let read = keys::read(&permit.keys, &reference(key)?);
    let rows = context.store.run_one(read).await?;
    let row = rows.rows.first().ok_or(Refusal::NotFound("access key"))?;
    let id = Row::new("access key", row)?.text()?;
    KeyId::parse(id).map_err(|_| Refusal::corrupt("access key"))
}

/// `If-Match`: `*`, or the one tag that is answered with a key. A tag that is none of ours fits no version.
fn condition(call: &Call) -> Result<Condition, Refusal> {
    match call.if_match.as_deref().map(str::trim) {
        None | Some("*") => Ok(Condition::Whatever),
        Some(tag) => version_of(tag)
            .map(Condition::Version)
            .ok_or(Refusal::Changed),
    }
}

/// The audit and the change, and the key after it, in one transaction.
async fn change_and_read(
    context: &Context,
    permit: &KeyPermit,
    mut statements: Vec<Sql>,
    reference: &KeyReference,
    condition: Condition,
) -> Result<Reply, Refusal> {
    statements.push(keys::read(&permit.keys, reference));
    let answers = context.store.run(statements).await?;
    let [_, change, read] = answers.as_slice() else {
        return Err(Refusal::corrupt("access key"));
    };
    let row = read.rows.first().ok_or(Refusal::NotFound("access key"))?;
    if change.changes == 0 && condition != Condition::Whatever {
        return Err(Refusal::Changed);
    }
    key_answer::reply(context, &permit.project.id, row)
}
