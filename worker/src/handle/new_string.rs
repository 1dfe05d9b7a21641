//! How is a new key string made? Its secret, its hash to be found by, and its sealed form.

use crate::authenticate::Project;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::seal::hash;
use crate::sql::Sql;
use crate::sql::credential::{Credential, insert};
use keyhole_policy::name::{OrganizationId, ProjectId};
use keyhole_policy::secret::{Secret, SecretKind};

/// A new string of an access key, and the statement that keeps it.
pub fn of_access_key(
    context: &Context,
    project: &Project,
    id: &str,
) -> Result<(Secret, Sql), Refusal> {
    let (organization, project) = (&project.organization, &project.id);
    make(context, SecretKind::Access, organization, project, Some(id))
}

/// A new master, write or read key of a project, and the statement that keeps it.
pub fn of_project(
    context: &Context,
    kind: SecretKind,
    organization: &OrganizationId,
    project: &ProjectId,
) -> Result<(Secret, Sql), Refusal> {
    make(context, kind, organization, project, None)
}

fn make(
    context: &Context,
    kind: SecretKind,
    organization: &OrganizationId,
    project: &ProjectId,
    access_key: Option<&str>,
) -> Result<(Secret, Sql), Refusal> {
    let word = kind.as_str();
    let secret = Secret::from_random(kind, context.chance.bytes_for(word));
    let nonce = context.chance.twelve_bytes_for(&format!("{word} nonce"));
    let seal = context.seal.as_ref();
    let sealed = seal.map(|seal| seal.seal(&secret, nonce)).transpose()?;
    let statement = insert(&Credential {
        hash: &hash(&secret),
        kind,
        organization,
        project,
        access_key,
        sealed: sealed.as_deref(),
    });
    Ok((secret, statement))
}
