//! How is an access key made?

use super::key_answer::{KeptKey, kept_definition};
use super::key_permit::key_permit;
use super::new_string;
use crate::call::Call;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::sql::keys;
use keyhole_policy::name::KeyId;
use keyhole_policy::value::Value;
use keyhole_policy::wire::key_definition;

/// `POST /3.0/projects/P/keys`: 201 with the key. Without a seal this is the one time it is shown.
///
/// By an access key: a key within it.
pub async fn make_key(context: &Context, call: &Call, project: &str) -> Result<Reply, Refusal> {
    let permit = key_permit(context, call, project).await?;
    let sent = call.json()?;
    let allowed = permit.keys.define(key_definition(&sent)?)?;
    let kept = kept_definition(sent);
    let id = KeyId::from_random(context.chance.twelve_bytes_for("access key id"));
    let (secret, credential) = new_string::of_access_key(context, &permit.project, id.as_str())?;
    let statements = vec![
        keys::insert(&allowed, &id, &kept, context.now),
        credential,
        keys::audit_made(&allowed, &id, &permit.by, context.now),
    ];
    let answers = context.store.run(statements).await?;
    if answers.first().is_none_or(|inserted| inserted.changes == 0) {
        return Err(Refusal::TooManyKeysMade);
    }
    let made = KeptKey {
        id: id.as_str(),
        is_active: allowed.definition().is_active,
        definition: &kept,
        created_at: context.now,
        updated_at: context.now,
        sealed: None,
        version: 1,
        made_by: allowed.maker().map(KeyId::as_str),
        last_used_at: None,
    };
    let key = Value::text(secret.reveal());
    Ok(Reply::created(made.answer(&permit.project.id, key)).with_etag(made.etag()))
}
