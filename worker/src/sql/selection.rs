//! Which rows does a selection read? The primary key's prefix, the time, and the whole filter.

use super::Constants;
use super::filter::condition;
use super::hidden::Open;
use super::layout::Layout;
use super::regex::Matches;
use super::scope::scopes_of;
use keyhole_policy::authorize::AuthorizedQuery;
use keyhole_policy::filter::Spelling;
use keyhole_policy::query::Selection;
use keyhole_policy::time::Instant;
use keyhole_policy::value::{Number, Value};

/// Seven days, in milliseconds: how finely the events are clustered by time before scope.
pub const WEEK_MILLISECONDS: i64 = 604_800_000;

/// Up to so many weeks stand in the statement itself, and up to so many in its parameter; of a longer time
/// only those that hold events are visited.
const WEEKS_IN_TEXT_MAX: i64 = 60;
const WEEKS_LISTED_MAX: i64 = 1_000;

/// The week an instant lies in.
pub fn week_of(instant: Instant) -> i64 {
    instant.milliseconds().div_euclid(WEEK_MILLISECONDS)
}

/// Where a statement reads: the project of an authorized query, and how its events lie.
pub struct Source<'a> {
    /// The permit.
    pub authorized: &'a AuthorizedQuery,
    /// How its filters are spelled.
    pub spelling: Spelling,
    /// How the project's events lie.
    pub layout: &'a Layout,
    /// Which strings each `regex` of the query matches.
    pub matches: &'a Matches,
    /// What no statement may see, since a deletion is taking it away.
    pub hidden: &'a [Open],
}

impl Source<'_> {
    /// `FROM … WHERE …` of the selection's rows, as `e`.
    pub fn rows(&self, selection: &Selection, constants: &mut Constants) -> String {
        let fence = self.fence(selection, constants);
        let filter = condition(&selection.filter, self.spelling, self.matches, constants);
        format!("FROM event_with_body e WHERE {fence} AND {filter}")
    }

    /// Do statements look only where the project's events lie today? Then they are right for this layout only.
    pub fn narrows(&self) -> bool {
        let selections = self.authorized.query().selections();
        selections
            .iter()
            .any(|selection| self.scopes(selection).is_some())
    }

    fn scopes(&self, selection: &Selection) -> Option<Vec<String>> {
        scopes_of(&selection.filter, self.layout.narrows_by()?)
    }

    /// The part of the condition that the primary key answers.
    ///
    /// With a scope, the weeks are an IN list; without one, a range. The other way round either reads
    /// everything: measured 777 ms against 1.5 ms on five million events.
    pub fn fence(&self, selection: &Selection, constants: &mut Constants) -> String {
        let project = constants.bind(Value::text(self.authorized.project().as_str()));
        let name = constants.bind(Value::text(selection.collection.as_str()));
        let collection =
            format!("(SELECT c FROM collection WHERE project = {project} AND name = {name})");
        self.fence_in(&collection, selection, constants)
    }

    /// The same where the collection's number is an expression, of a collection of the authorized query's project.
    pub(super) fn fence_in(
        &self,
        collection: &str,
        selection: &Selection,
        constants: &mut Constants,
    ) -> String {
        constants.hide(self.hidden);
        let span = self.layout.seen(selection.span);
        let (start, end) = (span.start(), span.end());
        let (first, last) = (week_of(start), week_of(end));
        let weeks_and_scope = match self.scopes(selection) {
            Some(scopes) => {
                let weeks = weeks(collection, first, last, constants);
                let scopes = constants.bind_list(scopes.into_iter().map(Value::Text).collect());
                format!("e.wk IN {weeks} AND e.scope IN {scopes}")
            }
            None => format!("e.wk BETWEEN {first} AND {last}"),
        };
        let (start, end) = (start.milliseconds(), end.milliseconds());
        format!("e.c = {collection} AND {weeks_and_scope} AND e.ts >= {start} AND e.ts < {end}")
    }
}

/// The weeks from one to another, or those of them that hold events of a collection, for `IN`.
pub(super) fn weeks(collection: &str, first: i64, last: i64, constants: &mut Constants) -> String {
    if (WEEKS_IN_TEXT_MAX..WEEKS_LISTED_MAX).contains(&(last - first)) {
        let week = |week: i64| Number::new(week as f64).map_or(Value::Null, Value::Number);
        return constants.bind_list((first..=last).map(week).collect());
    }
    if last - first < WEEKS_IN_TEXT_MAX {
        let list: Vec<String> = (first..=last).map(|week| week.to_string()).collect();
        return format!("({})", list.join(","));
    }
    let next = |after: &str| {
        format!(
            "(SELECT min(wk) FROM event WHERE c = {collection} AND wk >= {after} AND wk <= {last})"
        )
    };
    format!(
        "(WITH RECURSIVE week(wk) AS (SELECT {} UNION ALL SELECT {} FROM week WHERE wk IS NOT NULL) \
         SELECT wk FROM week WHERE wk IS NOT NULL)",
        next(&first.to_string()),
        next("week.wk + 1"),
    )
}
