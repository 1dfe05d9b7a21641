//! May this caller read which collections and properties there are?

use crate::denial::Denial;
use crate::key::{Caller, NameScope, PermissionName, PropertyScope};
use crate::name::ProjectId;
use crate::time::Instant;

/// The right to read a project's schema, as far as it may be seen.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorizedSchema {
    project: ProjectId,
    collections: Vec<NameScope>,
    properties: PropertyScope,
}

impl AuthorizedSchema {
    /// Whose schema.
    pub fn project(&self) -> &ProjectId {
        &self.project
    }

    /// May that collection be seen?
    pub fn shows_collection(&self, name: &str) -> bool {
        self.collections.iter().all(|scope| scope.covers(name))
    }

    /// The properties that may be seen.
    pub fn properties(&self) -> &PropertyScope {
        &self.properties
    }
}

/// Decides. What a key's queries may not name, its schema does not show.
pub fn schema(
    caller: &Caller,
    project: &ProjectId,
    now: Instant,
) -> Result<AuthorizedSchema, Denial> {
    caller.must_act_in(project, now)?;
    let (collections, properties) = match caller {
        Caller::Master(_) | Caller::Read(_) => (Vec::new(), PropertyScope::everything()),
        Caller::Access(key) => {
            let line = key.granted(PermissionName::Schema, |grants| &grants.schema)?;
            let properties = line.iter().fold(key.visible(), |properties, grant| {
                properties.meet(&grant.properties)
            });
            let collections = line.iter().map(|grant| grant.collections.clone());
            (collections.collect(), properties)
        }
        Caller::Write(_) => return Err(Denial::NotPermitted(PermissionName::Schema)),
        Caller::Organization(_) => return Err(Denial::OrganizationKeyInProject),
    };
    Ok(AuthorizedSchema {
        project: project.clone(),
        collections,
        properties,
    })
}
