//! Does a key see no more than it may, and less where it may less?

use crate::change::{narrowed, set, without};
use crate::definitions::{definition, read};
use crate::dice::Dice;
use crate::generate::{json, meant, question};
use crate::trial::for_all;
use crate::world::{answer, events, is_allowed, key, narrowed_question, now, project, reads};
use crate::world::{requests, sees};
use keyhole_policy::authorize;
use keyhole_policy::key::KeyDefinition;
use keyhole_policy::name::PropertyPath;
use keyhole_policy::time::Span;
use keyhole_policy::value::Value;

/// A key that may ask, and is seldom refused for what it names.
fn asking(dice: &mut Dice) -> Value {
    let definition = set(&definition(dice), &["permitted"], json(r#"["queries"]"#));
    let queries = ["collections", "properties", "analyses"].into_iter();
    let kept = without(&without(&definition, &["expires_at"]), &["not_before"]);
    queries.fold(kept, |definition, name| match dice.falls(80) {
        true => without(&definition, &["options", "queries", name]),
        false => definition,
    })
}

/// `evaluate(authorize(k, q), E) = evaluate(q, {e ∈ E : k sees e})`, for a key and for a line of keys.
#[test]
fn a_narrowed_question_is_the_question_over_what_the_line_sees() {
    for_all(|dice| {
        let line: Vec<KeyDefinition> = dice.some(1, 4, asking).iter().map(read).collect();
        let Some(asked) = meant(&question(dice), now()) else {
            return false;
        };
        let Ok(narrowed) = authorize::query(&key(&line), &project(), asked.clone(), now()) else {
            return false;
        };
        let events = events(dice);
        // The span that is admitted is inside what was asked, every window, and the shortest longest span.
        let mut over_all = narrowed.query().clone();
        let selections = over_all
            .selections_mut()
            .into_iter()
            .zip(asked.selections());
        for (selection, asked) in selections {
            let is_in = |span: Span| {
                selection.span.is_empty() || selection.span.clip_to(span) == selection.span
            };
            assert!(is_in(asked.span));
            for window in line
                .iter()
                .filter_map(|definition| definition.grants.window())
            {
                assert!(is_in(window.whole(now())));
                let longest = window.max_span_milliseconds.unwrap_or(i64::MAX);
                assert!(selection.span.milliseconds() <= longest);
            }
            selection.filter = asked.filter.clone();
        }
        let seen: Vec<_> = events
            .iter()
            .filter(|(collection, event)| sees(&line, collection, event, now()))
            .cloned()
            .collect();
        assert_eq!(
            answer(narrowed.query(), &events),
            answer(&over_all, &seen),
            "{asked:?}"
        );
        seen.len() < events.len()
    });
}

/// Whatever takes something from a definition turns no refusal into an answer, and adds no row.
#[test]
fn what_is_taken_from_a_key_adds_nothing() {
    for_all(|dice| {
        let more = definition(dice);
        let less = narrowed(dice, &more);
        let (more, less) = ([read(&more)], [read(&less)]);
        let events = events(dice);
        for request in requests(dice) {
            if is_allowed(&less, &request, now()) {
                assert!(
                    is_allowed(&more, &request, now()),
                    "{request:?}\n{more:?}\n{less:?}"
                );
            }
            let (Some(few), Some(many)) = (
                narrowed_question(&less, &request, now()),
                narrowed_question(&more, &request, now()),
            ) else {
                continue;
            };
            for (at, _) in few.query().selections().iter().enumerate() {
                for (collection, event) in &events {
                    let is_added = reads(few.query(), at, collection, event)
                        && !reads(many.query(), at, collection, event);
                    assert!(!is_added, "{event:?}\n{more:?}\n{less:?}");
                }
            }
            for path in
                ["a", "o.x", "customer.id", "m"].map(|path| PropertyPath::parse(path).unwrap())
            {
                assert!(!few.visible().covers_path(&path) || many.visible().covers_path(&path));
            }
        }
        more != less
    });
}
