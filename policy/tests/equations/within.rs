//! May what lies within another do nothing that the other may not?

use crate::change::{set, similar};
use crate::definitions::{about, autofill, definition, read, window};
use crate::generate::{self, event, instant, json};
use crate::trial::for_all;
use crate::world::{events, filter, is_allowed, key, narrowed_question, now, project, reads};
use crate::world::{requests, sees};
use keyhole_policy::authorize;
use keyhole_policy::denial::Denial;
use keyhole_policy::event::Event;
use keyhole_policy::explain::Request;
use keyhole_policy::filter::Filter;
use keyhole_policy::key::{KeyDefinition, within};
use keyhole_policy::name::CollectionName;
use keyhole_policy::time::Instant;

/// `within(child, parent)` ⇒ whatever the child alone may, the parent alone may, now and later.
#[test]
fn a_key_that_is_within_another_may_nothing_that_the_other_may_not() {
    for_all(|dice| {
        let parent = definition(dice);
        let child = similar(dice, &parent);
        let (parent, child) = (read(&parent), read(&child));
        if within(&child, &parent, now()).is_err() {
            return false;
        }
        let events = events(dice);
        for request in requests(dice) {
            for at in [now(), instant("2026-03-20"), instant("2027-06-01")] {
                let (few, many) = ([child.clone()], [parent.clone()]);
                if is_allowed(&few, &request, at) {
                    match &request {
                        Request::Record(collection, sent) => {
                            may_record(&child, &parent, collection, sent, at)
                        }
                        _ => assert!(
                            is_allowed(&many, &request, at),
                            "{request:?}\n{child:?}\n{parent:?}"
                        ),
                    }
                }
            }
            if let Request::Query(_) = &request {
                for at in [now(), instant("2026-03-20"), instant("2027-06-01")] {
                    must_read_no_more(&child, &parent, &request, at, &events);
                }
            }
        }
        child != parent
    });
}

fn must_read_no_more(
    child: &KeyDefinition,
    parent: &KeyDefinition,
    request: &Request,
    now: Instant,
    events: &[(String, Event)],
) {
    let Some(few) = narrowed_question(std::slice::from_ref(child), request, now) else {
        return;
    };
    for (at, _) in few.query().selections().iter().enumerate() {
        for (collection, event) in events {
            let is_read = reads(few.query(), at, collection, event);
            assert!(
                !is_read || sees(std::slice::from_ref(parent), collection, event, now),
                "{event:?}\n{child:?}\n{parent:?}"
            );
        }
    }
}

/// The same of definitions about one permission, which are within each other by chance, and of what that permits.
#[test]
fn of_two_keys_about_one_permission_the_one_within_may_nothing_more() {
    for_all(|dice| {
        let permission = dice.one(&[
            "writes",
            "datasets",
            "saved_queries",
            "cached_queries",
            "schema",
        ]);
        let parent = about(dice, permission);
        let child = match dice.below(3) {
            0 => about(dice, permission),
            1 => similar(dice, &parent),
            _ => {
                let fills = json(&autofill(dice));
                set(&parent, &["options", "writes", "autofill"], fills)
            }
        };
        let [child, parent] = [child, parent].map(|definition| read(&definition));
        if within(&child, &parent, now()).is_err() {
            return false;
        }
        let mut may = 0;
        for request in (0..4).flat_map(|_| requests(dice)).collect::<Vec<_>>() {
            if is_allowed(std::slice::from_ref(&child), &request, now()) {
                may += 1;
                match &request {
                    Request::Record(collection, sent) => {
                        may_record(&child, &parent, collection, sent, now())
                    }
                    _ => assert!(
                        is_allowed(std::slice::from_ref(&parent), &request, now()),
                        "{request:?}\n{child:?}\n{parent:?}"
                    ),
                }
            }
        }
        may > 0
    });
}

/// What the child records, the parent could have recorded itself: it changes nothing of it.
fn may_record(
    child: &KeyDefinition,
    parent: &KeyDefinition,
    collection: &CollectionName,
    sent: &keyhole_policy::event::NewEvent,
    at: Instant,
) {
    let record = |line: &[KeyDefinition], event: keyhole_policy::event::NewEvent| {
        let caller = key(line);
        let project = project();
        let recorder = authorize::recorder(&caller, &project, at)?;
        let admitted = recorder.admit(collection.clone(), event)?;
        Ok::<_, Denial>(admitted.body().clone())
    };
    let alone = record(std::slice::from_ref(child), sent.clone());
    let together = record(&[child.clone(), parent.clone()], sent.clone());
    assert_eq!(alone, together, "{child:?}\n{parent:?}");
}

/// A window that is within another lies inside it, now and whenever it is asked later, and is no longer.
#[test]
fn a_window_within_another_lies_inside_it_now_and_later() {
    for_all(|dice| {
        let of = |window: String| {
            let queries = format!(r#"{{"queries":{{"timeframe":{window}}}}}"#);
            read(&json(&format!(
                r#"{{"name":"k","permitted":["queries"],"options":{queries}}}"#
            )))
        };
        let [child, parent] = [(), ()].map(|()| of(window(dice)));
        if within(&child, &parent, now()).is_err() {
            return false;
        }
        let [narrow, wide] = [&child, &parent].map(|key| *key.grants.window().unwrap());
        for later in [
            0,
            1,
            3_600_000,
            86_400_000,
            30 * 86_400_000,
            800 * 86_400_000,
        ] {
            let at = now().saturating_add_milliseconds(later);
            let (inside, outside) = (narrow.whole(at), wide.whole(at));
            assert!(
                inside.is_empty() || inside.clip_to(outside) == inside,
                "{child:?}\n{parent:?}"
            );
        }
        let longest =
            |window: keyhole_policy::key::Window| window.max_span_milliseconds.unwrap_or(i64::MAX);
        assert!(longest(narrow) <= longest(wide));
        narrow != wide
    });
}

/// `within(a, b)` and `within(b, c)` ⇒ `within(a, c)`; `within(a, a)`.
#[test]
fn within_is_transitive_and_holds_of_a_key_and_itself() {
    for_all(|dice| {
        let wide = definition(dice);
        let middle = similar(dice, &wide);
        let narrow = similar(dice, &middle);
        let [narrow, middle, wide] = [narrow, middle, wide].map(|definition| read(&definition));
        assert_eq!(within(&wide, &wide, now()), Ok(()));
        let holds = |one: &KeyDefinition, other: &KeyDefinition| within(one, other, now()).is_ok();
        if !holds(&narrow, &middle) || !holds(&middle, &wide) {
            return false;
        }
        assert_eq!(
            within(&narrow, &wide, now()),
            Ok(()),
            "{narrow:?}\n{middle:?}\n{wide:?}"
        );
        narrow != middle && middle != wide
    });
}

/// `f.implies(g)` ⇒ every event that passes f passes g.
#[test]
fn what_a_filter_implies_holds_of_all_it_accepts() {
    for_all(|dice| {
        let narrow = filter(&generate::filters(dice, 3));
        let other = filter(&generate::filters(dice, 1));
        let (narrow, wide) = match dice.below(3) {
            0 => (narrow, other),
            1 => {
                let conjuncts = narrow.conjuncts().into_iter().cloned();
                let wide = Filter::Any(conjuncts.chain([other]).collect());
                (narrow, wide)
            }
            _ => {
                let [narrow, wide] = generate::neighbours(dice).map(|text| filter(&text));
                (narrow, wide)
            }
        };
        let is_implied = narrow.implies(&wide);
        let mut accepted = 0;
        for _ in 0..20 {
            let (_, event) = event(dice);
            accepted += usize::from(narrow.accepts(&event));
            let is_counterexample = narrow.accepts(&event) && !wide.accepts(&event);
            assert!(
                !is_implied || !is_counterexample,
                "{narrow:?} → {wide:?}: {event:?}"
            );
        }
        is_implied && accepted > 0
    });
}
