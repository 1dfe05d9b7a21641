//! Do the equations hold that a key's owner relies on? Each is tried on thousands of generated cases.
//!
//! `KEYHOLE_SEED` tries the same cases again, `KEYHOLE_CASES` more of them.

#![cfg(not(target_arch = "wasm32"))]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test, its helpers included, fails by panicking"
)]

#[path = "equations/change.rs"]
mod change;
#[path = "equations/dice.rs"]
mod dice;
#[path = "equations/generate.rs"]
mod generate;

use change::{narrowed, set, similar, without};
use dice::Dice;
use generate::{NOW, definition, event, event_body, instant, json, meant, question, read};
use keyhole_policy::authorize;
use keyhole_policy::denial::Denial;
use keyhole_policy::evaluate::evaluate;
use keyhole_policy::event::{Event, check};
use keyhole_policy::explain::{Request, explain};
use keyhole_policy::filter::Filter;
use keyhole_policy::key::{AccessKey, Caller, DatasetOperation, KeyDefinition, within};
use keyhole_policy::name::{CollectionName, KeyId, ProjectId, PropertyPath, ResourceName};
use keyhole_policy::query::Query;
use keyhole_policy::time::{Instant, Span};
use keyhole_policy::value::Value;
use keyhole_policy::wire::{self, Area, Node};

/// Tries an equation on many cases; the seed of a case that fails is said, and is enough to see it again.
fn for_all(equation: impl Fn(&mut Dice) -> bool) {
    let number = |name: &str| {
        std::env::var(name)
            .ok()
            .and_then(|text| text.parse::<u64>().ok())
    };
    let first = number("KEYHOLE_SEED").unwrap_or_else(|| {
        let now = std::time::UNIX_EPOCH.elapsed().unwrap();
        now.as_nanos() as u64
    });
    let cases = number("KEYHOLE_CASES").unwrap_or(5_000);
    let mut said_something = 0;
    for case in 0..cases {
        let seed = first.wrapping_add(case);
        let tried = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            equation(&mut Dice::new(seed))
        }));
        match tried {
            Ok(says_something) => said_something += u64::from(says_something),
            Err(cause) => {
                eprintln!("KEYHOLE_SEED={seed} KEYHOLE_CASES=1 tries this case again");
                std::panic::resume_unwind(cause);
            }
        }
    }
    eprintln!("seed {first}: {said_something} of {cases} cases said something");
    assert!(
        cases < 1_000 || said_something * 10 >= cases,
        "only {said_something} of {cases} cases said something"
    );
}

fn project() -> ProjectId {
    ProjectId::from_random([7; 12])
}

fn now() -> Instant {
    instant(NOW)
}

fn key(line: &[KeyDefinition]) -> Caller {
    let id = KeyId::from_random([1; 12]);
    let ancestors = line.iter().skip(1).cloned().collect();
    Caller::Access(Box::new(AccessKey::new(
        id,
        project(),
        line[0].clone(),
        ancestors,
    )))
}

fn filter(text: &str) -> Filter {
    wire::filters(&Node::root(Area::Filter, &json(text))).unwrap()
}

fn events(dice: &mut Dice) -> Vec<(String, Event)> {
    dice.some(4, 16, event)
}

fn answer(query: &Query, events: &[(String, Event)]) -> String {
    let of = |name: &str| -> &'static [Event] {
        let own = events.iter().filter(|(collection, _)| collection == name);
        let own: Vec<Event> = own.map(|(_, event)| event.clone()).collect();
        own.leak()
    };
    format!("{:?}", evaluate(query, of))
}

/// May every key of the line see the event, by its own words: collection, filter, window?
fn sees(line: &[KeyDefinition], collection: &str, event: &Event, now: Instant) -> bool {
    line.iter().all(|definition| {
        let queries = definition.grants.queries.options().unwrap();
        let window = definition.grants.window();
        let is_inside = window.is_none_or(|window| window.whole(now).contains(event.timestamp));
        queries.collections.covers(collection) && queries.filter.accepts(event) && is_inside
    })
}

/// Everything that may be asked of a key, one of each kind.
fn requests(dice: &mut Dice) -> Vec<Request> {
    let resource = |dice: &mut Dice| ResourceName::parse(&generate::name(dice)).unwrap();
    let collection = |dice: &mut Dice| CollectionName::parse(&generate::collection(dice)).unwrap();
    let operation = DatasetOperation::ALL[dice.below(3)];
    let index_by = match dice.below(3) {
        0 => vec![],
        1 => vec![("customer.id".to_owned(), Value::text("x"))],
        _ => vec![
            ("customer.id".to_owned(), Value::text(dice.one(&["x", "y"]))),
            ("a".to_owned(), json(dice.one(&["1", "2"]))),
        ],
    };
    let mut requests = vec![
        Request::Record(collection(dice), check(event_body(dice)).unwrap()),
        Request::SavedQuery {
            name: resource(dice),
            cached: dice.falls(50),
            query: meant(&question(dice), now()),
        },
        Request::QueryDefinition(resource(dice)),
        Request::Dataset {
            operation,
            name: Some(resource(dice)),
            index_by,
        },
        Request::Schema {
            collection: Some(collection(dice)),
            property: Some(
                PropertyPath::parse(dice.one(&["a", "o.x", "customer.id", "m"])).unwrap(),
            ),
        },
    ];
    requests.extend(
        (0..3)
            .filter_map(|_| meant(&question(dice), now()))
            .map(Request::Query),
    );
    requests
}

fn is_allowed(line: &[KeyDefinition], request: &Request, at: Instant) -> bool {
    explain(&key(line), &project(), request, at)
        .decision
        .is_ok()
}

/// The rows that a narrowed question reads, and what it may show of whole events.
fn narrowed_question(
    line: &[KeyDefinition],
    request: &Request,
    now: Instant,
) -> Option<authorize::AuthorizedQuery> {
    let caller = key(line);
    match request {
        Request::Query(query) => authorize::query(&caller, &project(), query.clone(), now).ok(),
        Request::SavedQuery {
            name,
            cached: false,
            query: Some(query),
        } => match authorize::saved_query(&caller, &project(), name, query.clone(), false, now) {
            Ok(authorize::AuthorizedSavedQuery::Run(authorized)) => Some(*authorized),
            _ => None,
        },
        _ => None,
    }
}

fn reads(query: &Query, at: usize, collection: &str, event: &Event) -> bool {
    let selection = query.selections()[at];
    selection.collection.as_str() == collection
        && selection.span.contains(event.timestamp)
        && selection.filter.accepts(event)
}

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
        let parent = generate::about(dice, permission);
        let child = match dice.below(3) {
            0 => generate::about(dice, permission),
            1 => similar(dice, &parent),
            _ => {
                let fills = json(&generate::autofill(dice));
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
        let [child, parent] = [(), ()].map(|()| of(generate::window(dice)));
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
                generate::autofill(dice)
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

/// `parse(print(x)) = x` for definitions and filters.
#[test]
fn what_is_printed_is_read_back_as_the_same() {
    for_all(|dice| {
        let definition = read(&definition(dice));
        let printed = wire::print_key_definition(&definition);
        assert_eq!(read(&printed), definition, "{printed}");
        let filter = filter(&generate::filters(dice, 4));
        let printed = wire::print_filters(&filter);
        assert_eq!(
            wire::filters(&Node::root(Area::Filter, &printed)).unwrap(),
            filter
        );
        true
    });
}

/// What a key says of itself decides like the key, and tells nothing of what is hidden from it.
#[test]
fn a_key_decides_by_what_it_says_of_itself() {
    for_all(|dice| {
        let first = definition(dice);
        let mut line = vec![read(&first)];
        for _ in 0..dice.below(3) {
            line.push(read(&similar(dice, &first)));
        }
        let caller = key(&line);
        let description = wire::self_description(&caller);
        let described = wire::described_caller(&description).unwrap();
        let redacted = description
            .get("redacted")
            .map_or(String::new(), Value::to_string);
        for request in requests(dice) {
            let decide = |caller: &Caller| explain(caller, &project(), &request, now()).decision;
            let (own, told) = (decide(&caller), decide(&described));
            // What is filled in, or must be, decides on recordings: without it nothing can be told.
            let is_told =
                !matches!(request, Request::Record(..)) || !redacted.contains("/options/writes");
            assert!(
                !is_told || own.is_ok() == told.is_ok(),
                "{request:?}\n{description}"
            );
        }
        let Caller::Access(key) = &caller else {
            panic!("an access key");
        };
        must_tell_nothing_hidden(&description, key);
        true
    });
}

fn must_tell_nothing_hidden(description: &Value, key: &AccessKey) {
    let visible = key.visible();
    let hidden: Vec<&str> = ["a", "n", "customer.id", "o.x", "o.y", "m"]
        .into_iter()
        .filter(|path| !visible.covers_path(&PropertyPath::parse(path).unwrap()))
        .collect();
    let mut filters = Vec::new();
    collect(description, "filters", &mut filters);
    for filter in &filters {
        for path in &hidden {
            let named = format!("\"property_name\":\"{path}\"");
            assert!(!filter.to_string().contains(&named), "{path} in {filter}");
        }
    }
    let mut fills = Vec::new();
    collect(description, "autofill", &mut fills);
    for fill in &fills {
        for path in hidden.iter().map(|path| PropertyPath::parse(path).unwrap()) {
            assert!(
                fill.at(&path)
                    .is_none_or(|value| matches!(value, Value::Object(_))),
                "{path} in {fill}"
            );
        }
    }
    for label in ["\"name\"", "external_id", "metadata"] {
        assert!(
            !description.to_string().contains(&format!("{label}:")),
            "{description}"
        );
    }
}

/// Every value that stands under a name, at any depth.
fn collect<'a>(value: &'a Value, wanted: &str, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(properties) => {
            for (name, value) in properties {
                if name == wanted {
                    found.push(value);
                }
                collect(value, wanted, found);
            }
        }
        Value::List(items) => items.iter().for_each(|item| collect(item, wanted, found)),
        _ => {}
    }
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
