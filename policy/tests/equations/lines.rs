//! Do keys of one line decide together as each of them does, and for good?

use crate::change::similar;
use crate::definitions::{autofill, definition, read};
use crate::dice::Dice;
use crate::generate::{event_body, instant, json};
use crate::trial::for_all;
use crate::world::{is_allowed, key, now, project, requests};
use keyhole_policy::authorize;
use keyhole_policy::event::check;
use keyhole_policy::explain::{Request, explain};
use keyhole_policy::key::KeyDefinition;
use keyhole_policy::name::CollectionName;
use keyhole_policy::value::Value;

/// A line of keys allows what each of them alone allows, and no more.
#[test]
fn a_line_of_keys_allows_what_all_of_them_allow() {
    for_all(|dice| {
        let first = definition(dice);
        let mut line = vec![read(&first)];
        for _ in 0..1 + dice.below(3) {
            line.push(read(&similar(dice, &first)));
        }
        let mut refused = 0;
        for request in requests(dice) {
            let together = is_allowed(&line, &request, now());
            let each = line
                .iter()
                .all(|definition| is_allowed(std::slice::from_ref(definition), &request, now()));
            // What one key fills in another may ask for, or refuse: there the line decides step by step.
            let steps = matches!(request, Request::Record(..));
            assert!(together == each || steps, "{request:?}\n{line:?}");
            refused += usize::from(!together);
        }
        refused > 0
    });
}

/// `fill(fill(e)) = fill(e)`, and what is filled in stands there, whatever was sent; the first of the line wins.
#[test]
fn autofill_is_idempotent_and_never_beaten_by_what_was_sent() {
    for_all(|dice| {
        let writes = |dice: &mut Dice| {
            read(&json(&format!(
                r#"{{"name":"k","permitted":["writes"],"options":{{"writes":{{"autofill":{}}}}}}}"#,
                autofill(dice)
            )))
        };
        let line = dice.some(1, 4, writes);
        let caller = key(&line);
        let project = project();
        let recorder = authorize::recorder(&caller, &project, now()).unwrap();
        let collection = CollectionName::parse("c").unwrap();
        let record = |body: Value| {
            let admitted = recorder.admit(collection.clone(), check(body).unwrap());
            admitted.unwrap().body().clone()
        };
        let sent = event_body(dice);
        let once = record(sent.clone());
        assert_eq!(record(once.clone()), once);
        let autofill = |definition: &KeyDefinition| {
            definition.grants.writes.options().unwrap().autofill.clone()
        };
        let outermost = autofill(line.last().unwrap());
        assert!(is_filled(&once, &outermost), "{sent} {line:?}");
        once != sent
    });
}

/// Does a value hold all that is filled in, and just so?
fn is_filled(value: &Value, filled: &Value) -> bool {
    let Value::Object(properties) = filled else {
        return value == filled;
    };
    let holds = |(name, filled): &(String, Value)| {
        value
            .get(name)
            .is_some_and(|value| is_filled(value, filled))
    };
    matches!(value, Value::Object(_)) && properties.iter().all(holds)
}

/// An explanation decides as the request itself does; the definition that it names refuses by itself, and none before it.
#[test]
fn the_definition_that_is_named_is_the_one_that_refuses() {
    for_all(|dice| {
        let first = definition(dice);
        let mut line = vec![read(&first)];
        for _ in 0..dice.below(4) {
            line.push(read(&similar(dice, &first)));
        }
        let mut named = 0;
        for request in requests(dice) {
            let explanation = explain(&key(&line), &project(), &request, now());
            let real = match &request {
                Request::Query(query) => {
                    authorize::query(&key(&line), &project(), query.clone(), now()).err()
                }
                Request::Record(collection, event) => {
                    let caller = key(&line);
                    let project = project();
                    let recorder = authorize::recorder(&caller, &project, now());
                    recorder
                        .and_then(|recorder| recorder.admit(collection.clone(), event.clone()))
                        .err()
                }
                _ => explanation.decision.clone().err(),
            };
            assert_eq!(explanation.decision.as_ref().err(), real.as_ref());
            let Some(denial) = real else {
                continue;
            };
            let rule = explanation
                .rules
                .first()
                .unwrap_or_else(|| panic!("no rule for {denial:?}"));
            let up_to = |count: usize| {
                explain(&key(&line[..count]), &project(), &request, now())
                    .decision
                    .err()
            };
            assert_eq!(up_to(rule.generation + 1).as_ref(), Some(&denial));
            assert!(rule.generation == 0 || up_to(rule.generation).as_ref() != Some(&denial));
            assert!(rule.pointer.starts_with('/'), "{rule:?}");
            named += 1;
        }
        named > 0
    });
}

/// Once it is revoked, or its time is over, a key is refused for good, and so are the keys made within it.
#[test]
fn what_is_refused_by_time_or_revocation_stays_refused() {
    for_all(|dice| {
        let mut line: Vec<KeyDefinition> = dice.some(1, 4, definition).iter().map(read).collect();
        let ended = dice.below(line.len());
        let end = instant(dice.one(&[
            "2026-03-15T12:00:00Z",
            "2026-03-15T12:00:00.001Z",
            "2026-04-01",
        ]));
        let is_revoked = dice.falls(50);
        match is_revoked {
            true => line[ended].is_active = false,
            false => line[ended].expires_at = Some(end),
        }
        let mut says_something = false;
        for request in requests(dice) {
            for later in [0, 1, 1_000, 86_400_000, 31_536_000_000] {
                let at = end.saturating_add_milliseconds(later);
                assert!(!is_allowed(&line, &request, at), "{request:?} {line:?}");
            }
            let mut alive = line.clone();
            alive[ended].is_active = true;
            alive[ended].expires_at = None;
            says_something |= is_allowed(&alive, &request, end);
        }
        says_something
    });
}
