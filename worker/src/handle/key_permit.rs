//! May the caller manage a project's keys?

use crate::authenticate::{self, Project};
use crate::call::Call;
use crate::context::Context;
use crate::refusal::Refusal;
use keyhole_policy::authorize::{self, AuthorizedKeyManagement};

/// The permit that every statement about keys asks for, and the project they are of.
pub async fn key_permit(
    context: &Context,
    call: &Call,
    project: &str,
) -> Result<(AuthorizedKeyManagement, Project), Refusal> {
    let (caller, project) = authenticate::in_project(context, call, project).await?;
    let permit = authorize::manage_keys(&caller, &project.id, context.now)?;
    Ok((permit, project))
}
