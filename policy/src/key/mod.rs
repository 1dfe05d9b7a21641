//! Who asks? The callers there are, and the access key with all that binds it.

mod grants;
mod name_scope;
mod property_scope;
mod redirects;
mod window;
mod within;

pub use grants::{
    DatasetGrant, DatasetOperation, Grants, IndexPins, Permission, PermissionName, QueryGrant,
    SavedQueryGrant, SchemaGrant, WriteGrant,
};
pub use name_scope::{NamePattern, NameScope};
pub use property_scope::PropertyScope;
pub use redirects::{HostPattern, RedirectScope, RedirectTarget};
pub use window::{
    Bound, OutsideWindow, Window, WindowMode, parse_duration_milliseconds, print_duration,
};
pub use within::{Wider, WiderReason, within};

use crate::denial::Denial;
use crate::name::{KeyId, Label, OrganizationId, ProjectId};
use crate::time::Instant;

/// Who asks, as the credential says.
#[derive(Clone, Debug, PartialEq)]
pub enum Caller {
    /// May make and list an organization's projects; nothing inside them.
    Organization(OrganizationId),
    /// May do everything inside its project.
    Master(ProjectId),
    /// May record events.
    Write(ProjectId),
    /// May query, and read schemas and results.
    Read(ProjectId),
    /// May do what its definition says.
    Access(Box<AccessKey>),
}

/// An access key of a project.
///
/// A key that another key made is bound by that one's definition as well, and so on up to the first, which
/// the master key made. No definition is read by itself: every decision asks the whole line, so that what
/// narrows or ends a key narrows and ends those it made from the next request on.
#[derive(Clone, Debug, PartialEq)]
pub struct AccessKey {
    id: KeyId,
    project: ProjectId,
    line: Vec<KeyDefinition>,
}

/// What an access key is defined to be.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyDefinition {
    /// For people.
    pub name: Label,
    /// False once revoked.
    pub is_active: bool,
    /// What it may do.
    pub grants: Grants,
    /// From here on it is refused.
    pub expires_at: Option<Instant>,
    /// Until here it is refused.
    pub not_before: Option<Instant>,
    /// The owner's own name for whom it was made.
    pub external_id: Option<Label>,
}

impl AccessKey {
    /// A key and those it was made within, the nearest first.
    pub fn new(
        id: KeyId,
        project: ProjectId,
        definition: KeyDefinition,
        ancestors: Vec<KeyDefinition>,
    ) -> AccessKey {
        let line = std::iter::once(definition).chain(ancestors).collect();
        AccessKey { id, project, line }
    }

    /// Its id, which opens nothing.
    pub fn id(&self) -> &KeyId {
        &self.id
    }

    /// The project it belongs to.
    pub fn project(&self) -> &ProjectId {
        &self.project
    }

    /// Every definition that binds it: its own, then those it was made within, the nearest first.
    pub fn line(&self) -> &[KeyDefinition] {
        &self.line
    }

    /// The same key, as if only the first so many of its line bound it: to find out which one refuses.
    pub(crate) fn bound_by_first(&self, count: usize) -> AccessKey {
        AccessKey {
            id: self.id.clone(),
            project: self.project.clone(),
            line: self.line.iter().take(count).cloned().collect(),
        }
    }

    /// The options in force of one permission, of every key of the line; refused where one lacks it.
    pub fn granted<Grant>(
        &self,
        permission: PermissionName,
        of: impl Fn(&Grants) -> &Permission<Grant>,
    ) -> Result<Vec<&Grant>, Denial> {
        let line = self.line.iter();
        line.map(|definition| of(&definition.grants).granted(permission))
            .collect()
    }

    /// The properties that any read may show.
    pub fn visible(&self) -> PropertyScope {
        let line = self.line.iter();
        line.fold(PropertyScope::everything(), |visible, definition| {
            visible.meet(&definition.grants.visible())
        })
    }

    /// Refuses a revoked key, and one outside its time; a key is what the keys it was made within are.
    pub fn must_be_usable(&self, now: Instant) -> Result<(), Denial> {
        self.line
            .iter()
            .try_for_each(|definition| definition.must_be_usable(now))
    }
}

impl KeyDefinition {
    fn must_be_usable(&self, now: Instant) -> Result<(), Denial> {
        if !self.is_active {
            return Err(Denial::Revoked);
        }
        if self.not_before.is_some_and(|not_before| now < not_before) {
            return Err(Denial::NotYetValid);
        }
        if self.expires_at.is_some_and(|expires_at| now >= expires_at) {
            return Err(Denial::Expired);
        }
        Ok(())
    }
}

impl Caller {
    /// Refuses a key of another project, an organization's key, and an unusable access key.
    pub fn must_act_in(&self, project: &ProjectId, now: Instant) -> Result<(), Denial> {
        let own = match self {
            Caller::Organization(_) => return Err(Denial::OrganizationKeyInProject),
            Caller::Master(own) | Caller::Write(own) | Caller::Read(own) => own,
            Caller::Access(key) => key.project(),
        };
        if own != project {
            return Err(Denial::OtherProject);
        }
        match self {
            Caller::Access(key) => key.must_be_usable(now),
            _ => Ok(()),
        }
    }
}
