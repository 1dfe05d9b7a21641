//! May this caller ask this, and over which rows?

use crate::denial::Denial;
use crate::filter::{Filter, Spelling};
use crate::key::{Caller, PermissionName, PropertyScope, QueryGrant, Window, WindowMode};
use crate::name::ProjectId;
use crate::query::{Query, Selection};
use crate::time::{Instant, Span};

/// A question its caller may ask, narrowed to the rows that caller may see.
///
/// Only [`query`] and [`super::saved_query`] make one, and stores take nothing else.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorizedQuery {
    project: ProjectId,
    query: Query,
    visible: PropertyScope,
    spelling: Spelling,
}

impl AuthorizedQuery {
    /// Whose events are read.
    pub fn project(&self) -> &ProjectId {
        &self.project
    }

    /// The narrowed question.
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// Which properties of whole events may be shown.
    pub fn visible(&self) -> &PropertyScope {
        &self.visible
    }

    /// How its filters are spelled in statements.
    pub fn spelling(&self) -> Spelling {
        self.spelling
    }

    /// What does not fit into a statement is refused here, so that no store is ever asked it.
    pub(super) fn new(
        project: ProjectId,
        query: Query,
        visible: PropertyScope,
    ) -> Result<Self, Denial> {
        let spelling = query.spelling().ok_or(Denial::TooComplex)?;
        Ok(AuthorizedQuery {
            project,
            query,
            visible,
            spelling,
        })
    }
}

/// Decides, and narrows in the same step, so that neither can be forgotten.
pub fn query(
    caller: &Caller,
    project: &ProjectId,
    asked: Query,
    now: Instant,
) -> Result<AuthorizedQuery, Denial> {
    caller.must_act_in(project, now)?;
    match caller {
        Caller::Master(_) | Caller::Read(_) => {
            let everything = PropertyScope::everything();
            AuthorizedQuery::new(project.clone(), asked, everything)
        }
        Caller::Access(key) => {
            let grants = key.granted(PermissionName::Queries, |grants| &grants.queries)?;
            // Before any filter comes in: a key's own may name what its caller may not.
            for grant in &grants {
                must_name_only_what_it_may(grant, &asked)?;
            }
            let mut narrowed = asked;
            for grant in &grants {
                for selection in narrowed.selections_mut() {
                    narrow_to(&grant.filter, selection);
                }
            }
            let windows = grants.iter().filter_map(|grant| grant.window.as_ref());
            clip_to_all(windows.collect(), &mut narrowed, now)?;
            let visible = key.visible();
            AuthorizedQuery::new(project.clone(), narrowed, visible)
        }
        Caller::Write(_) => Err(Denial::NotPermitted(PermissionName::Queries)),
        Caller::Organization(_) => Err(Denial::OrganizationKeyInProject),
    }
}

/// May the caller see which analyses there are? Whoever may ask one.
pub fn list_queries(caller: &Caller, project: &ProjectId, now: Instant) -> Result<(), Denial> {
    caller.must_act_in(project, now)?;
    match caller {
        Caller::Master(_) | Caller::Read(_) => Ok(()),
        Caller::Access(key) => {
            let queries = key.granted(PermissionName::Queries, |grants| &grants.queries);
            queries.map(|_| ())
        }
        Caller::Write(_) => Err(Denial::NotPermitted(PermissionName::Queries)),
        Caller::Organization(_) => Err(Denial::OrganizationKeyInProject),
    }
}

fn must_name_only_what_it_may(grant: &QueryGrant, asked: &Query) -> Result<(), Denial> {
    if let Some(analyses) = &grant.analyses {
        let outside = asked
            .analysis_types()
            .into_iter()
            .find(|analysis| !analyses.contains(analysis));
        if let Some(analysis) = outside {
            return Err(Denial::AnalysisOutOfScope(analysis.as_str()));
        }
    }
    let hidden = asked
        .named_properties()
        .into_iter()
        .find(|property| !grant.properties.covers(property));
    if let Some(hidden) = hidden {
        return Err(Denial::PropertyOutOfScope(hidden.to_string()));
    }
    let outside = asked
        .selections()
        .into_iter()
        .find(|selection| !grant.collections.covers(selection.collection.as_str()));
    match outside {
        Some(selection) => Err(Denial::CollectionOutOfScope(
            selection.collection.to_string(),
        )),
        None => Ok(()),
    }
}

/// Joins a key's filter and the asked one, as siblings in a tree.
pub(super) fn narrow_to(filter: &Filter, selection: &mut Selection) {
    let asked = std::mem::replace(&mut selection.filter, Filter::everything());
    selection.filter = filter.clone().and(asked);
}

/// Cuts a question to every window of a line, or refuses it.
pub(super) fn clip_to_all(
    mut windows: Vec<&Window>,
    asked: &mut Query,
    now: Instant,
) -> Result<(), Denial> {
    // Windows that refuse change nothing and come first: they judge what was asked, not what another
    // key's window has left of it.
    windows.sort_by_key(|window| window.mode != WindowMode::Deny);
    windows
        .into_iter()
        .try_for_each(|window| clip(window, asked, now))
}

fn clip(window: &Window, asked: &mut Query, now: Instant) -> Result<(), Denial> {
    let admitted = |asked: Span| {
        let admitted = window.admit(asked, now);
        admitted.map_err(|_| Denial::TimeframeOutOfWindow)
    };
    for selection in asked.selections_mut() {
        selection.span = admitted(selection.span)?;
    }
    match asked {
        Query::Aggregate(aggregate) => {
            let span = aggregate.selection.span;
            let buckets = aggregate.buckets.take();
            aggregate.buckets = buckets.map(|buckets| buckets.clip_to(span));
        }
        Query::Funnel(funnel) => {
            if let Some(buckets) = funnel.buckets.take() {
                let span = admitted(buckets.whole())?;
                funnel.buckets = Some(buckets.clip_to(span));
            }
        }
        Query::Extraction(_) => {}
    }
    Ok(())
}
