//! May this caller run a saved query, or read its definition?

use super::query::{AuthorizedQuery, clip_to_all, narrow_to};
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
    saved_query_by_name(caller, project, name, cached, now)?;
    if cached {
        return Ok(AuthorizedSavedQuery::Copy {
            project: project.clone(),
            name: name.clone(),
        });
    }
    let mut visible = PropertyScope::everything();
    if let Caller::Access(key) = caller {
        for grant in key.granted(PermissionName::SavedQueries, |grants| &grants.saved_queries)? {
            for selection in saved.selections_mut() {
                narrow_to(&grant.filter, selection);
            }
        }
        let line = key.line().iter();
        let windows = line.filter_map(|definition| definition.grants.window());
        clip_to_all(windows.collect(), &mut saved, now)?;
        // The owner wrote the question, so it may name anything; whole events show what the key may see.
        visible = key.visible();
    }
    let run = AuthorizedQuery::new(project.clone(), saved, visible)?;
    Ok(AuthorizedSavedQuery::Run(Box::new(run)))
}

/// May the caller have the result of a saved query of that name, whatever it asks?
pub fn saved_query_by_name(
    caller: &Caller,
    project: &ProjectId,
    name: &ResourceName,
    cached: bool,
    now: Instant,
) -> Result<(), Denial> {
    caller.must_act_in(project, now)?;
    let key = match caller {
        Caller::Master(_) | Caller::Read(_) => return Ok(()),
        Caller::Access(key) => key,
        Caller::Write(_) if cached => {
            return Err(Denial::NotPermitted(PermissionName::CachedQueries));
        }
        Caller::Write(_) => return Err(Denial::NotPermitted(PermissionName::SavedQueries)),
        Caller::Organization(_) => return Err(Denial::OrganizationKeyInProject),
    };
    let is_covered = if cached {
        let line = key.granted(PermissionName::CachedQueries, |grants| {
            &grants.cached_queries
        })?;
        line.iter().all(|names| names.covers(name.as_str()))
    } else {
        let line = key.granted(PermissionName::SavedQueries, |grants| &grants.saved_queries)?;
        line.iter().all(|grant| grant.names.covers(name.as_str()))
    };
    if is_covered {
        Ok(())
    } else {
        Err(Denial::NameOutOfScope(name.to_string()))
    }
}

/// The right to look up one saved query. What may be had of it is decided once it is known.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorizedLookUp {
    project: ProjectId,
    name: ResourceName,
    /// May it be had if it is run when it is asked for, and if it is kept fresh?
    kinds: [bool; 2],
}

impl AuthorizedLookUp {
    /// Whose saved query.
    pub fn project(&self) -> &ProjectId {
        &self.project
    }

    /// Its name.
    pub fn name(&self) -> &ResourceName {
        &self.name
    }

    /// Decides once it is known whether there is one, and whether it is kept fresh: `Ok(false)` says there is none.
    ///
    /// Who may have one of the two kinds only is told the same of the other kind and of none, so that a refusal
    /// does not tell whether there is one.
    pub fn decide(&self, cached: Option<bool>) -> Result<bool, Denial> {
        let [run, copy] = self.kinds;
        match cached {
            Some(false) if run => Ok(true),
            Some(true) if copy => Ok(true),
            None if run && copy => Ok(false),
            _ => Err(Denial::NameOutOfScope(self.name.to_string())),
        }
    }
}

/// May the caller have the result of a saved query of that name, be it kept fresh or not?
pub fn look_up_saved_query(
    caller: &Caller,
    project: &ProjectId,
    name: &ResourceName,
    now: Instant,
) -> Result<AuthorizedLookUp, Denial> {
    let by_name = |cached| saved_query_by_name(caller, project, name, cached, now);
    let (run, copy) = (by_name(false), by_name(true));
    let kinds = [run.is_ok(), copy.is_ok()];
    if let (Err(denial), Err(_)) = (run, copy) {
        return Err(denial);
    }
    Ok(AuthorizedLookUp {
        project: project.clone(),
        name: name.clone(),
        kinds,
    })
}

/// The right to keep, list and delete a project's saved queries. Only [`manage_saved_queries`] makes one.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorizedSavedQueries {
    project: ProjectId,
}

impl AuthorizedSavedQueries {
    /// Whose saved queries.
    pub fn project(&self) -> &ProjectId {
        &self.project
    }
}

/// Only a project's master key manages its saved queries.
pub fn manage_saved_queries(
    caller: &Caller,
    project: &ProjectId,
    now: Instant,
) -> Result<AuthorizedSavedQueries, Denial> {
    caller.must_act_in(project, now)?;
    match caller {
        Caller::Master(_) => Ok(AuthorizedSavedQueries {
            project: project.clone(),
        }),
        _ => Err(Denial::MasterOnly),
    }
}

/// May the caller read the definition? The master key, and access keys permitted `query_definition`.
pub fn read_definition(
    caller: &Caller,
    project: &ProjectId,
    name: &ResourceName,
    now: Instant,
) -> Result<AuthorizedLookUp, Denial> {
    caller.must_act_in(project, now)?;
    match caller {
        Caller::Master(_) => {}
        Caller::Access(key) => {
            key.granted(PermissionName::QueryDefinition, |grants| {
                &grants.query_definition
            })?;
        }
        _ => return Err(Denial::MasterOnly),
    }
    Ok(AuthorizedLookUp {
        project: project.clone(),
        name: name.clone(),
        kinds: [true; 2],
    })
}
