//! May the caller manage keys, and which?

use crate::authenticate::{self, Project};
use crate::call::Call;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::sql::audit::Actor;
use keyhole_policy::authorize::{self, AuthorizedKeyManagement, AuthorizedOversight};

/// What every statement about keys asks for: the permit, and who acts under it.
pub struct KeyPermit {
    /// The permit.
    pub keys: AuthorizedKeyManagement,
    /// Who has it.
    pub by: Actor,
    /// The project they are of.
    pub project: Project,
}

/// The permit to manage access keys: all of them, or those made within the caller's own.
pub async fn key_permit(
    context: &Context,
    call: &Call,
    project: &str,
) -> Result<KeyPermit, Refusal> {
    let (caller, project) = authenticate::in_project(context, call, project).await?;
    let keys = authorize::manage_keys(&caller, &project.id, context.now)?;
    let by = Actor::of(&caller);
    Ok(KeyPermit { keys, by, project })
}

/// The permit of a project's master key: its audit, and the project's own keys.
pub async fn oversight(
    context: &Context,
    call: &Call,
    project: &str,
) -> Result<(AuthorizedOversight, Actor, Project), Refusal> {
    let (caller, project) = authenticate::in_project(context, call, project).await?;
    let permit = authorize::oversee(&caller, &project.id, context.now)?;
    Ok((permit, Actor::of(&caller), project))
}
