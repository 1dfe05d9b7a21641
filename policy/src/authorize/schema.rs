//! May this caller read which collections and properties there are?

use super::AuthorizedQuery;
use crate::denial::Denial;
use crate::filter::Filter;
use crate::key::{AccessKey, Caller, NameScope, PermissionName, PropertyScope};
use crate::limits::SCHEMA_OWN_EVENTS_MAX;
use crate::name::{CollectionName, ProjectId};
use crate::query::{Extraction, Portion, Query, Selection};
use crate::time::{Instant, Span};

/// The right to read a project's schema, as far as it may be seen.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorizedSchema {
    project: ProjectId,
    collections: Vec<NameScope>,
    properties: PropertyScope,
    own_events: Option<OwnEvents>,
}

/// Which events a key sees that does not see all of them.
#[derive(Clone, Debug, PartialEq)]
struct OwnEvents {
    filter: Filter,
    span: Span,
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

    /// Is the schema only that of the events which the caller may see? Else the names of one customer's properties
    /// would tell of them to another.
    pub fn is_of_own_events(&self) -> bool {
        self.own_events.is_some()
    }

    /// The question for those events of a collection, the newest; `None` where the schema is that of all events.
    pub fn own_events(
        &self,
        collection: &CollectionName,
    ) -> Option<Result<AuthorizedQuery, Denial>> {
        let own = self.own_events.as_ref()?;
        let question = Query::Extraction(Extraction {
            selection: Selection {
                collection: collection.clone(),
                span: own.span,
                filter: own.filter.clone(),
            },
            portion: Portion::Newest(SCHEMA_OWN_EVENTS_MAX),
            properties: None,
        });
        let (project, visible) = (self.project.clone(), self.properties.clone());
        Some(AuthorizedQuery::new(project, question, visible))
    }

    /// The properties that may be seen.
    pub fn properties(&self) -> &PropertyScope {
        &self.properties
    }
}

/// May the caller read a project's own description: its name, and where its parts are?
pub fn describe_project(caller: &Caller, project: &ProjectId, now: Instant) -> Result<(), Denial> {
    caller.must_act_in(project, now)?;
    match caller {
        Caller::Master(_) | Caller::Read(_) => Ok(()),
        _ => Err(Denial::MasterOnly),
    }
}

/// Decides. What a key's queries may not name, its schema does not show.
pub fn schema(
    caller: &Caller,
    project: &ProjectId,
    now: Instant,
) -> Result<AuthorizedSchema, Denial> {
    caller.must_act_in(project, now)?;
    let mut own_events = None;
    let (collections, properties) = match caller {
        Caller::Master(_) | Caller::Read(_) => (Vec::new(), PropertyScope::everything()),
        Caller::Access(key) => {
            let line = key.granted(PermissionName::Schema, |grants| &grants.schema)?;
            let properties = line.iter().fold(key.visible(), |properties, grant| {
                properties.meet(&grant.properties)
            });
            let collections = line.iter().map(|grant| grant.collections.clone());
            own_events = events_seen_by(key, now);
            (collections.collect(), properties)
        }
        Caller::Write(_) => return Err(Denial::NotPermitted(PermissionName::Schema)),
        Caller::Organization(_) => return Err(Denial::OrganizationKeyInProject),
    };
    Ok(AuthorizedSchema {
        project: project.clone(),
        collections,
        properties,
        own_events,
    })
}

/// The events that a key sees, by whatever it reads them; `None` for all.
fn events_seen_by(key: &AccessKey, now: Instant) -> Option<OwnEvents> {
    let mut filter = Filter::everything();
    let mut span = Span::ALL;
    for definition in key.line() {
        let grants = &definition.grants;
        let queries = grants.queries.options().map(|queries| &queries.filter);
        let saved = grants.saved_queries.options().map(|saved| &saved.filter);
        for own in queries.into_iter().chain(saved) {
            filter = filter.and(own.clone());
        }
        if let Some(window) = grants.window() {
            span = span.clip_to(window.whole(now));
        }
    }
    let is_all = filter.conjuncts().is_empty() && span == Span::ALL;
    (!is_all).then_some(OwnEvents { filter, span })
}
