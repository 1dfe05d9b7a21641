//! Which rule decides on a request, and what is left of it? Runs nothing and counts nothing.

mod rules;

pub use rules::{Rule, RuleEffect};

use crate::authorize::{
    self, AuthorizedDataset, AuthorizedEvent, AuthorizedQuery, AuthorizedSavedQuery,
    AuthorizedSchema,
};
use crate::denial::Denial;
use crate::event::NewEvent;
use crate::key::{Caller, DatasetOperation, KeyDefinition};
use crate::name::{CollectionName, ProjectId, PropertyPath, ResourceName};
use crate::query::Query;
use crate::time::Instant;
use crate::value::Value;

/// Something that a caller might ask for.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// An ad-hoc question.
    Query(Query),
    /// An event, and where it goes.
    Record(CollectionName, NewEvent),
    /// The result of a saved query.
    SavedQuery {
        /// Its name.
        name: ResourceName,
        /// Is it one whose result is kept fresh?
        cached: bool,
        /// What it asks, where that is known.
        query: Option<Query>,
    },
    /// The definition of a saved query.
    QueryDefinition(ResourceName),
    /// Something of a dataset, or of all of them.
    Dataset {
        /// What is done.
        operation: DatasetOperation,
        /// Its name; none where they are listed.
        name: Option<ResourceName>,
        /// Which values of its index are retrieved.
        index_by: Vec<(String, Value)>,
    },
    /// The names and types of a project, a collection or a property.
    Schema {
        /// Of this collection.
        collection: Option<CollectionName>,
        /// Of this property.
        property: Option<PropertyPath>,
    },
    /// A key of this definition, made by the caller.
    Key(Box<KeyDefinition>),
}

/// What of a request is allowed.
#[derive(Clone, Debug, PartialEq)]
pub enum Allowed {
    /// The narrowed question.
    Query(Box<AuthorizedQuery>),
    /// The event, filled.
    Event(AuthorizedEvent),
    /// The names that may be seen.
    Schema(AuthorizedSchema),
    /// The dataset's operation.
    Dataset(AuthorizedDataset),
    /// As asked.
    AsAsked,
}

/// The decision on a request, and the rules that made it.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// What is allowed, or why nothing is.
    pub decision: Result<Allowed, Denial>,
    /// The rule that refused, or those that allowed and narrowed; none for a key that is no access key.
    pub rules: Vec<Rule>,
}

/// Decides as the request itself would be decided, by the same code.
pub fn explain(
    caller: &Caller,
    project: &ProjectId,
    request: &Request,
    now: Instant,
) -> Explanation {
    let decision = decide(caller, project, request, now);
    let rules = match (caller, &decision) {
        (Caller::Access(key), Ok(allowed)) => rules::of_allowed(key, request, allowed),
        (Caller::Access(key), Err(denial)) => {
            // The line is asked from the key itself upwards: the first with which it is refused so refuses it.
            let refuses = |count: &usize| {
                let bound = Caller::Access(Box::new(key.bound_by_first(*count)));
                decide(&bound, project, request, now) == Err(denial.clone())
            };
            let count = (1..=key.line().len()).find(refuses);
            let rule = count.and_then(|count| rules::of_denied(key, count - 1, request, denial));
            rule.into_iter().collect()
        }
        _ => Vec::new(),
    };
    Explanation { decision, rules }
}

fn decide(
    caller: &Caller,
    project: &ProjectId,
    request: &Request,
    now: Instant,
) -> Result<Allowed, Denial> {
    match request {
        Request::Query(query) => {
            let authorized = authorize::query(caller, project, query.clone(), now)?;
            Ok(Allowed::Query(Box::new(authorized)))
        }
        Request::Record(collection, event) => authorize::recorder(caller, project, now)?
            .admit(collection.clone(), event.clone())
            .map(Allowed::Event),
        Request::SavedQuery {
            name,
            cached,
            query: Some(query),
        } => {
            let query = query.clone();
            let allowed = authorize::saved_query(caller, project, name, query, *cached, now)?;
            Ok(match allowed {
                AuthorizedSavedQuery::Run(query) => Allowed::Query(query),
                AuthorizedSavedQuery::Copy { .. } => Allowed::AsAsked,
            })
        }
        Request::SavedQuery {
            name,
            cached,
            query: None,
        } => {
            let named = authorize::saved_query_by_name(caller, project, name, *cached, now);
            named.map(|()| Allowed::AsAsked)
        }
        Request::QueryDefinition(name) => {
            authorize::read_definition(caller, project, name, now).map(|_| Allowed::AsAsked)
        }
        Request::Dataset {
            operation,
            name,
            index_by,
        } => {
            let (name, index_by) = (name.clone(), index_by.clone());
            authorize::dataset(caller, project, *operation, name, index_by, now)
                .map(Allowed::Dataset)
        }
        Request::Schema {
            collection,
            property,
        } => {
            let schema = authorize::schema(caller, project, now)?;
            if let Some(name) = collection
                && !schema.shows_collection(name.as_str())
            {
                return Err(Denial::CollectionOutOfScope(name.to_string()));
            }
            if let Some(path) = property
                && !schema.properties().covers_path(path)
            {
                return Err(Denial::PropertyOutOfScope(path.to_string()));
            }
            Ok(Allowed::Schema(schema))
        }
        Request::Key(definition) => {
            let keys = authorize::manage_keys(caller, project, now)?;
            keys.define(KeyDefinition::clone(definition))
                .map(|_| Allowed::AsAsked)
        }
    }
}
