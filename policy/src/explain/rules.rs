//! Where in a key's definition stands the rule that decided?

use super::{Allowed, Request};
use crate::denial::Denial;
use crate::event::escape;
use crate::filter::Filter;
use crate::key::{AccessKey, Grants, KeyDefinition, NameScope, PermissionName, PropertyScope};
use crate::name::PropertyPath;
use crate::value::Value;

/// A rule that decided, or helped to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What it did.
    pub effect: RuleEffect,
    /// Whose definition it stands in: 0 the key's own, 1 that of the key which made it, and so on.
    pub generation: usize,
    /// JSON pointer into that definition.
    pub pointer: String,
}

/// What a rule does to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleEffect {
    /// Lets it pass.
    Allows,
    /// Takes something away from it, or puts something into it.
    Narrows,
    /// Refuses it.
    Refuses,
}

impl RuleEffect {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            RuleEffect::Allows => "allows",
            RuleEffect::Narrows => "narrows",
            RuleEffect::Refuses => "refuses",
        }
    }
}

/// The rules under which a request is allowed, generation by generation.
pub(super) fn of_allowed(key: &AccessKey, request: &Request, allowed: &Allowed) -> Vec<Rule> {
    let mut rules = Vec::new();
    for (generation, definition) in key.line().iter().enumerate() {
        let mut add = |effect, pointer: &str| {
            let pointer = pointer.to_owned();
            rules.push(Rule {
                effect,
                generation,
                pointer,
            });
        };
        add(RuleEffect::Allows, "/permitted");
        for option in narrowing(&definition.grants, request, allowed) {
            add(RuleEffect::Narrows, option);
        }
    }
    rules
}

/// The options that take something away from such a request, or put something in.
fn narrowing(grants: &Grants, request: &Request, allowed: &Allowed) -> Vec<&'static str> {
    let mut found = Vec::new();
    let mut add = |narrows: bool, pointer| {
        if narrows {
            found.push(pointer);
        }
    };
    let filters = |filter: &Filter| !filter.conjuncts().is_empty();
    let hides = |scope: &PropertyScope| !scope.is_everything();
    match request {
        Request::Query(_) => {
            let options = grants.queries.options();
            let filter = options.is_some_and(|queries| filters(&queries.filter));
            add(filter, "/options/queries/filters");
            add(grants.window().is_some(), "/options/queries/timeframe");
            add(hides(&grants.visible()), "/options/queries/properties");
        }
        Request::SavedQuery { .. } if matches!(allowed, Allowed::Query(_)) => {
            let options = grants.saved_queries.options();
            let filter = options.is_some_and(|saved| filters(&saved.filter));
            add(filter, "/options/saved_queries/filters");
            add(grants.window().is_some(), "/options/queries/timeframe");
            add(hides(&grants.visible()), "/options/queries/properties");
        }
        Request::Record(..) => {
            let options = grants.writes.options();
            let nothing = Value::Object(Vec::new());
            let fills = options.is_some_and(|writes| writes.autofill != nothing);
            add(fills, "/options/writes/autofill");
        }
        Request::Schema { .. } => {
            let options = grants.schema.options();
            let scope = options.map(|schema| &schema.properties);
            add(scope.is_some_and(hides), "/options/schema/properties");
            add(hides(&grants.visible()), "/options/queries/properties");
        }
        _ => {}
    }
    found
}

/// The rule of one definition of the line that refuses a request.
pub(super) fn of_denied(
    key: &AccessKey,
    generation: usize,
    request: &Request,
    denial: &Denial,
) -> Option<Rule> {
    let definition = key.line().get(generation)?;
    Some(Rule {
        effect: RuleEffect::Refuses,
        generation,
        pointer: pointer(definition, request, denial)?,
    })
}

fn pointer(definition: &KeyDefinition, request: &Request, denial: &Denial) -> Option<String> {
    let permission = permission(request);
    let options = format!("/options/{}", permission.as_str());
    let grants = &definition.grants;
    Some(match denial {
        Denial::Revoked => "/is_active".to_owned(),
        Denial::NotYetValid => "/not_before".to_owned(),
        Denial::Expired => "/expires_at".to_owned(),
        Denial::NotPermitted(_) | Denial::MasterOnly => "/permitted".to_owned(),
        Denial::CollectionOutOfScope(name) => {
            let scope = collections(grants, permission)?;
            format!("{options}/collections/{}", side(scope, name))
        }
        Denial::PropertyOutOfScope(name) => properties(grants, permission, name)?,
        Denial::AnalysisOutOfScope(_) => format!("{options}/analyses"),
        Denial::TimeframeOutOfWindow => "/options/queries/timeframe".to_owned(),
        Denial::EventOutsideFilter => format!("{options}/filters"),
        Denial::EventTooLarge { .. } => format!("{options}/autofill"),
        Denial::RedirectOutOfScope(_) => format!("{options}/redirects"),
        Denial::NameOutOfScope(name) => {
            format!("{options}/{}", name_side(grants, permission, name))
        }
        Denial::DatasetOperationOutOfScope(_) => format!("{options}/operations"),
        Denial::IndexValueOutOfScope(property) => {
            let Request::Dataset {
                name: Some(name), ..
            } = request
            else {
                return None;
            };
            let [name, property] = [name.as_str(), property].map(escape);
            format!("{options}/allowed/{name}/index_by/{property}")
        }
        Denial::WiderThanMaker(wider) => wider.pointer.clone(),
        Denial::LineTooLong { .. }
        | Denial::TooComplex
        | Denial::TooMuchFilledIn
        | Denial::TooMuchToMatch
        | Denial::OtherProject
        | Denial::OrganizationKeyInProject
        | Denial::OrganizationOnly
        | Denial::EventTooOld { .. } => return None,
    })
}

fn permission(request: &Request) -> PermissionName {
    match request {
        Request::Query(_) => PermissionName::Queries,
        Request::Record(..) => PermissionName::Writes,
        Request::SavedQuery { cached: false, .. } => PermissionName::SavedQueries,
        Request::SavedQuery { cached: true, .. } => PermissionName::CachedQueries,
        Request::QueryDefinition(_) => PermissionName::QueryDefinition,
        Request::Dataset { .. } => PermissionName::Datasets,
        Request::Schema { .. } => PermissionName::Schema,
        Request::Key(_) => PermissionName::Keys,
    }
}

fn collections(grants: &Grants, permission: PermissionName) -> Option<&NameScope> {
    match permission {
        PermissionName::Writes => Some(&grants.writes.options()?.collections),
        PermissionName::Queries => Some(&grants.queries.options()?.collections),
        PermissionName::Schema => Some(&grants.schema.options()?.collections),
        _ => None,
    }
}

fn side(scope: &NameScope, name: &str) -> &'static str {
    if scope.blocks(name) {
        "blocked"
    } else {
        "allowed"
    }
}

fn name_side(grants: &Grants, permission: PermissionName, name: &str) -> &'static str {
    let names = match permission {
        PermissionName::SavedQueries => grants.saved_queries.options().map(|saved| &saved.names),
        PermissionName::CachedQueries => grants.cached_queries.options(),
        _ => None,
    };
    let datasets = grants.datasets.options();
    let is_blocked = match names {
        Some(names) => names.blocks(name),
        None => datasets.is_some_and(|datasets| datasets.blocked.contains(name)),
    };
    if is_blocked { "blocked" } else { "allowed" }
}

/// What a read may show stands among the options of `queries`, whichever permission reads.
fn properties(grants: &Grants, permission: PermissionName, name: &str) -> Option<String> {
    let path = PropertyPath::parse(name).ok()?;
    let visible = grants.visible();
    let (scope, owner) = match permission {
        PermissionName::Writes => (&grants.writes.options()?.properties, "writes"),
        PermissionName::Schema if visible.covers_path(&path) => {
            (&grants.schema.options()?.properties, "schema")
        }
        _ => (&visible, "queries"),
    };
    let side = if scope.only.is_some() {
        "only"
    } else {
        "except"
    };
    Some(format!("/options/{owner}/properties/{side}"))
}
