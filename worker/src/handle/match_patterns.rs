//! Which strings does each `regex` of a question match? Asked of the store before the question itself.

use super::ask::{Cost, at_most, run_cut};
use crate::answer;
use crate::refusal::Refusal;
use crate::sql::hidden::Open;
use crate::sql::layout::Layout;
use crate::sql::selection::Source;
use crate::sql::{deletion, regex};
use crate::store::Store;
use crate::turn::let_others;
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
    let mut steps = 0;
    for (property, pattern) in regex::patterns(filter) {
        let candidates = deletion::candidates(collections, span, property);
        let rows = store
            .run_one(candidates.cut_at(limits::ANSWER_BYTES_MAX))
            .await?;
        at_most(limits::REGEX_CANDIDATES_MAX, VALUES, &rows)?;
        let texts = answer::texts("regex", &rows)?;
        count_steps(&mut steps, pattern, &texts)?;
        try_on(&texts, property, pattern, &mut matches).await;
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
    let mut steps = 0;
    while !trials.is_empty() {
        let statements = trials.iter().map(|trial| {
            let past = trial.past.as_deref();
            regex::candidates(source, trial.selection, trial.property, past)
        });
        let answers = run_cut(store, source, statements.collect(), cost).await?;
        let mut others = Vec::new();
        for (trial, rows) in trials.into_iter().zip(answers) {
            if reach == Reach::Allowed {
                at_most(limit, VALUES, &rows)?;
            }
            let texts = answer::texts("regex", &rows)?;
            // What a key's own pattern is tried on may be of others: how long that is must not show.
            if reach == Reach::Allowed {
                count_steps(&mut steps, trial.pattern, &texts)?;
            }
            try_on(&texts, trial.property, trial.pattern, &mut found).await;
            if rows.is_cut || texts.len() > limit {
                let past = texts.last().cloned();
                others.push(Trial { past, ..trial });
            }
        }
        trials = others;
    }
    Ok(found)
}

/// Counts what it takes to try a pattern on texts, up to what all of a question's may take.
fn count_steps(steps: &mut usize, pattern: &Pattern, texts: &[String]) -> Result<(), Refusal> {
    let all = texts.iter().map(|text| pattern.steps(text));
    *steps = all.fold(*steps, usize::saturating_add);
    if *steps > limits::REGEX_STEPS_MAX {
        return Err(Refusal::TooMuchToMatch);
    }
    Ok(())
}

/// Tries a pattern on texts; other requests have their turn in between.
async fn try_on(
    texts: &[String],
    property: &Property,
    pattern: &Pattern,
    found: &mut regex::Matches,
) {
    for turn in turns(pattern, texts) {
        found.add(property, pattern, turn);
        if turn.len() < texts.len() {
            let_others().await;
        }
    }
}

/// The texts in parts that take no longer than a turn may, but for single texts that do.
fn turns<'a>(pattern: &Pattern, texts: &'a [String]) -> Vec<&'a [String]> {
    let mut turns = Vec::new();
    let (mut start, mut steps) = (0, 0_usize);
    for (at, text) in texts.iter().enumerate() {
        let more = pattern.steps(text);
        steps = steps.saturating_add(more);
        if steps > limits::REGEX_STEPS_IN_A_TURN {
            turns.extend(texts.get(start..at).filter(|turn| !turn.is_empty()));
            (start, steps) = (at, more);
        }
    }
    turns.extend(texts.get(start..));
    turns
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_steps_are_taken_as_a_question_may_and_not_one_text_more() {
        let pattern = Pattern::parse("^a+$").unwrap();
        let longest = limits::REGEX_STEPS_MAX / pattern.steps("") - 1;
        let mut steps = 0;
        assert!(count_steps(&mut steps, &pattern, &["a".repeat(longest)]).is_ok());
        assert_eq!(steps, limits::REGEX_STEPS_MAX);
        let refused = count_steps(&mut steps, &pattern, &[String::new()]);
        assert!(matches!(refused, Err(Refusal::TooMuchToMatch)));
    }

    #[test]
    fn texts_are_parted_into_turns_and_none_is_lost() {
        let pattern = Pattern::parse("(a{0,30}){0,30}b").unwrap();
        let long = limits::REGEX_STEPS_IN_A_TURN / pattern.steps("");
        for (lengths, expected) in [
            (vec![], vec![0]),
            (vec![1, 2], vec![2]),
            (vec![long, 1], vec![1, 1]),
            (vec![long / 2, long / 3, long / 3, 1], vec![2, 2]),
            (vec![1, long * 2, 1], vec![1, 1, 1]),
        ] {
            let texts: Vec<String> = lengths.iter().map(|length| "a".repeat(*length)).collect();
            let turns = turns(&pattern, &texts);
            let found: Vec<usize> = turns.iter().map(|turn| turn.len()).collect();
            assert_eq!(found, expected, "{lengths:?}");
            assert_eq!(turns.concat(), texts);
        }
    }
}
