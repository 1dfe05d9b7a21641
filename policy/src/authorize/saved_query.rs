//! May this caller run a saved query, or read its definition?

use super::AuthorizedQuery;
use crate::denial::Denial;
use crate::key::{Caller, PermissionName, PropertyScope};
use crate::name::{ProjectId, ResourceName};
use crate::query::Query;
use crate::time::Instant;

/// What a caller may have of a saved query.
#[derive(Clone, Debug, PartialEq)]
pub enum AuthorizedSavedQuery {
    /// It is run now, narrowed to the rows the caller may see.
    Run(Box<AuthorizedQuery>),
    /// The copy that was computed for everyone who may read it.
    Copy {
        /// Whose query.
        project: ProjectId,
        /// Its name.
        name: ResourceName,
    },
}

/// May the caller have the result? A query that is kept fresh (`cached`) is answered from its copy,
/// and its copy is not narrowed: the permission is another one.
pub fn saved_query(
    caller: &Caller,
    project: &ProjectId,
    name: &ResourceName,
    mut saved: Query,
    cached: bool,
    now: Instant,
) -> Result<AuthorizedSavedQuery, Denial> {
    caller.must_act_in(project, now)?;
    let out_of_scope = || Denial::NameOutOfScope(name.to_string());
    match caller {
        Caller::Master(_) | Caller::Read(_) => {}
        Caller::Access(key) if cached => {
            let grants = &key.definition.grants;
            let names = grants
                .cached_queries
                .granted(PermissionName::CachedQueries)?;
            if !names.covers(name.as_str()) {
                return Err(out_of_scope());
            }
        }
        Caller::Access(key) => {
            let grants = &key.definition.grants;
            let grant = grants.saved_queries.granted(PermissionName::SavedQueries)?;
            if !grant.names.covers(name.as_str()) {
                return Err(out_of_scope());
            }
            for selection in saved.selections_mut() {
                selection.filter = grant.filter.clone().and(selection.filter.clone());
            }
        }
        Caller::Write(_) => return Err(Denial::NotPermitted(PermissionName::SavedQueries)),
        Caller::Organization(_) => return Err(Denial::OrganizationKeyInProject),
    }
    if cached {
        return Ok(AuthorizedSavedQuery::Copy {
            project: project.clone(),
            name: name.clone(),
        });
    }
    let run = AuthorizedQuery::new(project.clone(), saved, PropertyScope::Everything);
    Ok(AuthorizedSavedQuery::Run(Box::new(run)))
}

/// May the caller read the definition? The master key, and access keys permitted `query_definition`.
pub fn read_definition(caller: &Caller, project: &ProjectId, now: Instant) -> Result<(), Denial> {
    caller.must_act_in(project, now)?;
    match caller {
        Caller::Master(_) => Ok(()),
        Caller::Access(key) => {
            let grants = &key.definition.grants;
            grants
                .query_definition
                .granted(PermissionName::QueryDefinition)
                .copied()
        }
        _ => Err(Denial::MasterOnly),
    }
}
