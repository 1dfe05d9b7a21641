//! How is an access key made?

use super::key_answer::{answer, kept_definition};
use super::key_permit::key_permit;
use crate::call::Call;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::seal::hash;
use crate::sql::{credential, keys};
use keyhole_policy::name::KeyId;
use keyhole_policy::secret::{Secret, SecretKind};
use keyhole_policy::value::Value;
use keyhole_policy::wire::key_definition;

/// `POST /3.0/projects/P/keys`: 201 with the key. Without a seal this is the one time it is shown.
pub async fn make_key(context: &Context, call: &Call, project: &str) -> Result<Reply, Refusal> {
    let (permit, project) = key_permit(context, call, project).await?;
    let sent = call.json()?;
    let definition = key_definition(&sent)?;
    let kept = kept_definition(sent);
    let id = KeyId::from_random(context.chance.twelve_bytes_for("access key id"));
    let secret = Secret::from_random(SecretKind::Access, context.chance.bytes_for("access key"));
    let nonce = context.chance.twelve_bytes_for("access key nonce");
    let sealed = context
        .seal
        .as_ref()
        .map(|seal| seal.seal(&secret, nonce))
        .transpose()?;
    let statements = vec![
        keys::insert(&permit, &id, &definition, &kept, context.now),
        credential::insert(&credential::Credential {
            hash: &hash(&secret),
            kind: SecretKind::Access,
            organization: &project.organization,
            project: &project.id,
            access_key: Some(id.as_str()),
            sealed: sealed.as_deref(),
        }),
    ];
    context.store.run(statements).await?;
    let key = Value::text(secret.reveal());
    Ok(Reply::created(answer(
        &project.id,
        id.as_str(),
        key,
        definition.is_active,
        &kept,
        context.now,
        context.now,
    )))
}
