//! May this caller manage keys or projects?

use crate::denial::Denial;
use crate::key::Caller;
use crate::name::{OrganizationId, ProjectId};
use crate::time::Instant;

/// The right to make, read and change the access keys of one project.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorizedKeyManagement {
    project: ProjectId,
}

impl AuthorizedKeyManagement {
    /// Whose keys.
    pub fn project(&self) -> &ProjectId {
        &self.project
    }
}

/// The right to make and list the projects of one organization.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorizedProjects {
    organization: OrganizationId,
}

impl AuthorizedProjects {
    /// Whose projects.
    pub fn organization(&self) -> &OrganizationId {
        &self.organization
    }
}

/// Only a project's master key manages its access keys.
pub fn manage_keys(
    caller: &Caller,
    project: &ProjectId,
    now: Instant,
) -> Result<AuthorizedKeyManagement, Denial> {
    caller.must_act_in(project, now)?;
    match caller {
        Caller::Master(_) => Ok(AuthorizedKeyManagement {
            project: project.clone(),
        }),
        _ => Err(Denial::MasterOnly),
    }
}

/// Only an organization's own key manages its projects.
pub fn manage_projects(
    caller: &Caller,
    organization: &OrganizationId,
) -> Result<AuthorizedProjects, Denial> {
    match caller {
        Caller::Organization(own) if own == organization => Ok(AuthorizedProjects {
            organization: organization.clone(),
        }),
        _ => Err(Denial::OrganizationOnly),
    }
}
