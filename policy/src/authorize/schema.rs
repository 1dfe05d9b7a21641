//! May this caller read which collections and properties there are?

use crate::denial::Denial;
use crate::key::{Caller, NameScope, PermissionName, PropertyScope};
use crate::name::ProjectId;
use crate::time::Instant;

/// The right to read a project's schema, as far as it may be seen.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorizedSchema {
    project: ProjectId,
    collections: NameScope,
    properties: PropertyScope,
}

impl AuthorizedSchema {
    /// Whose schema.
    pub fn project(&self) -> &ProjectId {
        &self.project
    }

    /// The collections that may be seen.
    pub fn collections(&self) -> &NameScope {
        &self.collections
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
        Caller::Master(_) | Caller::Read(_) => (NameScope::everything(), PropertyScope::Everything),
        Caller::Access(key) => {
            let grants = &key.definition.grants;
            let grant = grants.schema.granted(PermissionName::Schema)?;
            let queries = grants.queries.granted(PermissionName::Queries);
            let properties = queries.map_or(PropertyScope::Everything, |queries| {
                queries.properties.clone()
            });
            (grant.collections.clone(), properties)
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
