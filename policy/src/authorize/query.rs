//! May this caller ask this, and over which rows?

use crate::denial::Denial;
use crate::filter::Filter;
use crate::key::{Caller, PermissionName, PropertyScope, QueryGrant};
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

    pub(super) fn new(project: ProjectId, query: Query, visible: PropertyScope) -> Self {
        AuthorizedQuery {
            project,
            query,
            visible,
        }
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
    let everything = PropertyScope::Everything;
    match caller {
        Caller::Master(_) | Caller::Read(_) => {
            Ok(AuthorizedQuery::new(project.clone(), asked, everything))
        }
        Caller::Access(key) => {
            let grant = key
                .definition
                .grants
                .queries
                .granted(PermissionName::Queries)?;
            let visible = grant.properties.clone();
            let narrowed = narrow(grant, asked, now)?;
            Ok(AuthorizedQuery::new(project.clone(), narrowed, visible))
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
            let queries = &key.definition.grants.queries;
            queries.granted(PermissionName::Queries).map(|_| ())
        }
        Caller::Write(_) => Err(Denial::NotPermitted(PermissionName::Queries)),
        Caller::Organization(_) => Err(Denial::OrganizationKeyInProject),
    }
}

fn narrow(grant: &QueryGrant, mut asked: Query, now: Instant) -> Result<Query, Denial> {
    if let Some(analyses) = &grant.analyses {
        let outside = asked
            .analysis_types()
            .into_iter()
            .find(|analysis| !analyses.contains(analysis));
        if let Some(analysis) = outside {
            return Err(Denial::AnalysisOutOfScope(analysis.as_str()));
        }
    }
    // Checked before the key's own filter comes in: that may name what the caller may not.
    if let Some(hidden) = asked
        .named_properties()
        .into_iter()
        .find(|property| !grant.properties.covers(property))
    {
        return Err(Denial::PropertyOutOfScope(hidden.to_string()));
    }
    for selection in asked.selections_mut() {
        narrow_selection(grant, selection, now)?;
    }
    match &mut asked {
        Query::Aggregate(aggregate) => {
            let span = aggregate.selection.span;
            let buckets = aggregate.buckets.take();
            aggregate.buckets = buckets.map(|buckets| buckets.clip_to(span));
        }
        Query::Funnel(funnel) => {
            if let Some(buckets) = funnel.buckets.take() {
                let span = admitted(grant, buckets.whole(), now)?;
                funnel.buckets = Some(buckets.clip_to(span));
            }
        }
        Query::Extraction(_) => {}
    }
    Ok(asked)
}

fn admitted(grant: &QueryGrant, asked: Span, now: Instant) -> Result<Span, Denial> {
    match &grant.window {
        None => Ok(asked),
        Some(window) => {
            let admitted = window.admit(asked, now);
            admitted.map_err(|_| Denial::TimeframeOutOfWindow)
        }
    }
}

fn narrow_selection(
    grant: &QueryGrant,
    selection: &mut Selection,
    now: Instant,
) -> Result<(), Denial> {
    if !grant.collections.covers(selection.collection.as_str()) {
        return Err(Denial::CollectionOutOfScope(
            selection.collection.to_string(),
        ));
    }
    selection.span = admitted(grant, selection.span, now)?;
    let asked = std::mem::replace(&mut selection.filter, Filter::everything());
    selection.filter = grant.filter.clone().and(asked);
    Ok(())
}
