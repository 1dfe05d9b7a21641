//! Which strings does each `regex` of a question match? Asked of the store before the question itself.

use super::ask::{Cost, at_most, run};
use crate::answer;
use crate::refusal::Refusal;
use crate::sql::hidden::Open;
use crate::sql::layout::Layout;
use crate::sql::selection::Source;
use crate::sql::{deletion, regex};
use crate::store::Store;
use keyhole_policy::authorize::AuthorizedQuery;
use keyhole_policy::filter::{Filter, Pattern, Property};
use keyhole_policy::limits;
use keyhole_policy::query::Selection;
use keyhole_policy::time::Span;

/// What is counted of the strings that are looked at.
const VALUES: &str = "distinct values to try the regex on";

/// Which strings each `regex` of a question matches that its owner asks.
pub async fn matches_of(
    store: &Store,
    authorized: &AuthorizedQuery,
    layout: &Layout,
    hidden: &[Open],
) -> Result<regex::Matches, Refusal> {
    let source = Source {
        authorized,
        spelling: authorized.spelling(),
        layout,
        matches: &regex::Matches::default(),
        hidden,
    };
    match_patterns(store, &source, Reach::Allowed, &mut Cost::default()).await
}

/// Which strings of all events of some collections, in that time, each `regex` of a filter matches.
pub(super) async fn matches_in(
    store: &Store,
    collections: &[i64],
    span: Option<Span>,
    filter: &Filter,
) -> Result<regex::Matches, Refusal> {
    let mut matches = regex::Matches::default();
    for (property, pattern) in regex::patterns(filter) {
        let candidates = deletion::candidates(collections, span, property);
        let rows = store.run_one(candidates).await?;
        at_most(limits::REGEX_CANDIDATES_MAX, VALUES, &rows)?;
        matches.add(property, pattern, &answer::texts("regex", &rows)?);
    }
    Ok(matches)
}

/// One pattern, and where it is tried.
struct Trial<'a> {
    selection: &'a Selection,
    property: &'a Property,
    pattern: &'a Pattern,
    /// The strings up to this one were.
    past: Option<String>,
}

/// On how many strings a pattern is tried.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Reach {
    /// All there are: among them are strings of others, and how many those have must not show.
    All,
    /// No more than are allowed, else it is refused.
    Allowed,
}

/// Finds the strings that each pattern matches which was not tried yet.
pub(super) async fn match_patterns(
    store: &Store,
    source: &Source<'_>,
    reach: Reach,
    cost: &mut Cost,
) -> Result<regex::Matches, Refusal> {
    let mut found = regex::Matches::default();
    let mut trials = trials(source);
    let limit = limits::REGEX_CANDIDATES_MAX;
    while !trials.is_empty() {
        let statements = trials.iter().map(|trial| {
            let past = trial.past.as_deref();
            regex::candidates(source, trial.selection, trial.property, past)
        });
        let answers = run(store, source, statements.collect(), cost).await?;
        let mut others = Vec::new();
        for (trial, rows) in trials.into_iter().zip(answers) {
            if reach == Reach::Allowed {
                at_most(limit, VALUES, &rows)?;
            }
            let texts = answer::texts("regex", &rows)?;
            found.add(trial.property, trial.pattern, &texts);
            if texts.len() > limit {
                let past = texts.last().cloned();
                others.push(Trial { past, ..trial });
            }
        }
        trials = others;
    }
    Ok(found)
}

/// The patterns of a question that were not tried yet.
fn trials<'a>(source: &Source<'a>) -> Vec<Trial<'a>> {
    let mut trials = Vec::new();
    for selection in source.authorized.query().selections() {
        for (property, pattern) in regex::patterns(&selection.filter) {
            if !source.matches.has(property, pattern) {
                trials.push(Trial {
                    selection,
                    property,
                    pattern,
                    past: None,
                });
            }
        }
    }
    trials
}
