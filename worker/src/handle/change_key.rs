//! How is an access key changed, revoked and deleted?

use super::key_answer::{from_row, kept_definition};
use super::key_permit::key_permit;
use super::read_keys::reference;
use crate::call::Call;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::sql::Sql;
use crate::sql::keys;
use crate::store::row::Row;
use keyhole_policy::authorize::AuthorizedKeyManagement;
use keyhole_policy::name::KeyId;
use keyhole_policy::wire::key_definition;

/// `POST /3.0/projects/P/keys/K`: the whole definition anew; the key itself stays.
pub async fn replace_key(
    context: &Context,
    call: &Call,
    project: &str,
    key: &str,
) -> Result<Reply, Refusal> {
    let (permit, _) = key_permit(context, call, project).await?;
    let reference = reference(key)?;
    let sent = call.json()?;
    let definition = key_definition(&sent)?;
    let change = keys::replace(
        &permit,
        &reference,
        &definition,
        &kept_definition(sent),
        context.now,
    );
    change_and_read(context, &permit, change, &reference).await
}

/// `POST /3.0/projects/P/keys/K/revoke` and `/unrevoke`: in force from the next request on.
pub async fn set_active(
    context: &Context,
    call: &Call,
    project: &str,
    key: &str,
    is_active: bool,
) -> Result<Reply, Refusal> {
    let (permit, _) = key_permit(context, call, project).await?;
    let reference = reference(key)?;
    let change = keys::set_active(&permit, &reference, is_active, context.now);
    change_and_read(context, &permit, change, &reference).await
}

/// `DELETE /3.0/projects/P/keys/K`: 204.
pub async fn delete_key(
    context: &Context,
    call: &Call,
    project: &str,
    key: &str,
) -> Result<Reply, Refusal> {
    let (permit, _) = key_permit(context, call, project).await?;
    let rows = context
        .store
        .run_one(keys::read(&permit, &reference(key)?))
        .await?;
    let row = rows.rows.first().ok_or(Refusal::NotFound("access key"))?;
    let id = KeyId::parse(Row::new("access key", row)?.text()?)
        .map_err(|_| Refusal::corrupt("access key"))?;
    context.store.run(keys::delete(&permit, &id)).await?;
    Ok(Reply::no_content())
}

async fn change_and_read(
    context: &Context,
    permit: &AuthorizedKeyManagement,
    change: Sql,
    reference: &keys::KeyReference,
) -> Result<Reply, Refusal> {
    let answers = context
        .store
        .run(vec![change, keys::read(permit, reference)])
        .await?;
    let row = answers
        .last()
        .and_then(|rows| rows.rows.first())
        .ok_or(Refusal::NotFound("access key"))?;
    Ok(Reply::ok(from_row(context, permit.project(), row)?))
}
