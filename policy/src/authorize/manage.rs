//! May this caller manage keys or projects, and which?

use crate::denial::Denial;
use crate::key::{AccessKey, Caller, KeyDefinition, PermissionName, within};
use crate::limits::KEY_LINE_MAX;
use crate::name::{KeyId, OrganizationId, ProjectId};
use crate::time::Instant;

/// The right to manage access keys of one project: all of them, or those below the caller's own.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorizedKeyManagement {
    project: ProjectId,
    maker: Option<AccessKey>,
    now: Instant,
}

/// A definition that its maker may give a key. Only [`AuthorizedKeyManagement::define`] makes one.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorizedKeyDefinition {
    project: ProjectId,
    maker: Option<KeyId>,
    definition: KeyDefinition,
}

/// The right to read a project's audit, and to change the project's own keys.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorizedOversight {
    project: ProjectId,
}

/// The right to make and list the projects of one organization.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorizedProjects {
    organization: OrganizationId,
}

impl AuthorizedKeyManagement {
    /// Whose keys.
    pub fn project(&self) -> &ProjectId {
        &self.project
    }

    /// The key below which those are that may be managed; every key where `None`.
    pub fn below(&self) -> Option<&KeyId> {
        self.maker.as_ref().map(AccessKey::id)
    }

    /// Decides whether a key may be made, or made anew, with this definition: nowhere wider than its maker, nor
    /// than the keys that one was made within.
    pub fn define(&self, definition: KeyDefinition) -> Result<AuthorizedKeyDefinition, Denial> {
        if let Some(maker) = &self.maker {
            let actual = maker.line().len() + 1;
            if actual > KEY_LINE_MAX {
                return Err(Denial::LineTooLong { actual });
            }
            for parent in maker.line() {
                within(&definition, parent, self.now).map_err(Denial::WiderThanMaker)?;
            }
        }
        Ok(AuthorizedKeyDefinition {
            project: self.project.clone(),
            maker: self.below().cloned(),
            definition,
        })
    }
}

impl AuthorizedKeyDefinition {
    /// Whose key.
    pub fn project(&self) -> &ProjectId {
        &self.project
    }

    /// The key within which a new key is made; `None` for one that the master key makes.
    pub fn maker(&self) -> Option<&KeyId> {
        self.maker.as_ref()
    }

    /// What the key is defined to be.
    pub fn definition(&self) -> &KeyDefinition {
        &self.definition
    }
}

impl AuthorizedOversight {
    /// Whose project.
    pub fn project(&self) -> &ProjectId {
        &self.project
    }
}

impl AuthorizedProjects {
    /// Whose projects.
    pub fn organization(&self) -> &OrganizationId {
        &self.organization
    }
}

/// A project's master key manages all its access keys; an access key permitted `keys`, those made within it.
pub fn manage_keys(
    caller: &Caller,
    project: &ProjectId,
    now: Instant,
) -> Result<AuthorizedKeyManagement, Denial> {
    caller.must_act_in(project, now)?;
    let maker = match caller {
        Caller::Master(_) => None,
        Caller::Access(key) => {
            let granted = key.granted(PermissionName::Keys, |grants| &grants.keys);
            granted.map_err(|_| Denial::MasterOnly)?;
            Some(AccessKey::clone(key))
        }
        _ => return Err(Denial::MasterOnly),
    };
    Ok(AuthorizedKeyManagement {
        project: project.clone(),
        maker,
        now,
    })
}

/// Only a project's master key reads its audit and changes the project's own keys.
pub fn oversee(
    caller: &Caller,
    project: &ProjectId,
    now: Instant,
) -> Result<AuthorizedOversight, Denial> {
    caller.must_act_in(project, now)?;
    match caller {
        Caller::Master(_) => Ok(AuthorizedOversight {
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
