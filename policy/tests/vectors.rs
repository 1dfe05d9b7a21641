//! Does the policy give every conformance vector the answer that the specification gives it?
//!
//! Natively, and the same in wasm. `tests/vectors/README.md` says what a vector is. The folder is
//! read when this runs: a file that is added there is run here without a change.

#![cfg(feature = "zones")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test, its helpers included, fails by panicking"
)]

mod support;

use keyhole_policy::authorize::{self, Recorder};
use keyhole_policy::denial::Denial;
use keyhole_policy::evaluate::evaluate;
use keyhole_policy::event::{Event, NewEvent};
use keyhole_policy::key::{AccessKey, Caller, PropertyScope};
use keyhole_policy::name::{CollectionName, KeyId, ProjectId, hexadecimal_24};
use keyhole_policy::query::{AnalysisType, Query};
use keyhole_policy::result::{Answer, TooManyRows, shape, shape_events, shape_funnel_series};
use keyhole_policy::time::{BundledZones, Instant};
use keyhole_policy::value::{Value, parse};
use keyhole_policy::wire::batch::{Part, batch};
use keyhole_policy::wire::{self, Area, Invalid, Moment, Node};
use std::collections::BTreeMap;
use support::{comparable, files, must_be_a_case, must_be_a_file, text_of};

/// When everything happens, unless a case says otherwise.
const NOW: &str = "2026-03-15T12:00:00Z";
const PROJECT: &str = "5eed5eed5eed5eed5eed5eed";
/// What may come of a case: one of these.
const OUTCOMES: [&str; 4] = ["answer", "outcomes", "accepted", "error"];

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn every_question_has_its_answer() {
    check("queries", &["analysis", "body", "events"], |file, case| {
        let collections = events(file);
        let found = ask(file, case, &collections);
        found.map(|answer| Value::object([("answer", answer)]))
    });
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn every_event_is_kept_or_refused() {
    check("recordings", &[], |_, case| {
        let found = record(case);
        found.map(|outcomes| Value::object([("outcomes", outcomes)]))
    });
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn every_key_definition_is_accepted_or_refused() {
    check("keys", &[], |_, case| {
        let definition = wire::key_definition(case.require("definition")?.value())?;
        Ok(Value::object([("accepted", definition.is_active.into())]))
    });
}

/// Why something is refused.
enum Refused {
    Invalid(Invalid),
    Denied(Denial),
    TooManyRows,
}

type Found = Result<Value, Refused>;

/// Runs every case of one kind, and says of each that fails what was expected and what was found.
fn check(kind: &'static str, of_file: &[&str], found: impl Fn(&Node, &Node) -> Found) {
    let mut failures = Vec::new();
    let mut checked = 0;
    for (name, text) in files() {
        let file = parse(text.as_bytes()).unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
        let file = Node::root(Area::Request, &file);
        let Some(cases) = file.get(kind) else {
            continue;
        };
        must_be_a_file(&name, &file, kind, of_file);
        for case in cases.items("a list of cases").unwrap() {
            let case_name = text_of(&case, "name");
            must_be_a_case(&name, &case, fields(kind), &OUTCOMES);
            let (expected, found) = (expected(&case), found(&file, &case).unwrap_or_else(error));
            let found = like(&found, &expected);
            if comparable(&expected) != comparable(&found) {
                failures.push(format!(
                    "{name}: {case_name}\n  expected {expected}\n  found    {found}"
                ));
            }
            checked += 1;
        }
    }
    assert!(checked > 0, "there is no case of {kind}");
    let count = failures.len();
    assert!(
        failures.is_empty(),
        "{count} of {checked} {kind} differ\n{}",
        failures.join("\n")
    );
}

/// What a case may say besides its outcome.
fn fields(kind: &str) -> &'static [&'static str] {
    match kind {
        "queries" => &["name", "analysis", "body", "key", "now"],
        "recordings" => &["name", "batch", "key"],
        _ => &["name", "definition"],
    }
}

/// The part of a case that says what must come out.
fn expected(case: &Node) -> Value {
    let outcome = OUTCOMES
        .into_iter()
        .find_map(|name| Some((name, case.value().get(name)?.clone())));
    Value::object(outcome)
}

/// What was found, without the place and the status of an error where the case names none.
fn like(found: &Value, expected: &Value) -> Value {
    match (found, expected) {
        (Value::Object(found), Value::Object(expected)) => {
            let named = |name: &str| expected.iter().find(|(other, _)| other == name);
            let kept = found.iter().filter_map(|(name, value)| match named(name) {
                None if name == "pointer" || name == "status" => None,
                None => Some((name.clone(), value.clone())),
                Some((_, expected)) => Some((name.clone(), like(value, expected))),
            });
            Value::Object(kept.collect())
        }
        (Value::List(found), Value::List(expected)) if found.len() == expected.len() => {
            let pairs = found.iter().zip(expected);
            Value::List(
                pairs
                    .map(|(found, expected)| like(found, expected))
                    .collect(),
            )
        }
        _ => found.clone(),
    }
}

fn error(refused: Refused) -> Value {
    let (status, code, pointer) = match refused {
        Refused::Invalid(invalid) => (400, invalid.error_code(), Some(invalid.pointer)),
        Refused::Denied(denial) => {
            let (status, code) = denial.code();
            (usize::from(status), code, None)
        }
        Refused::TooManyRows => (400, "TooManyResultsError", None),
    };
    let mut error = vec![
        ("status", Value::count(status)),
        ("error_code", Value::text(code)),
    ];
    error.extend(pointer.map(|pointer| ("pointer", Value::Text(pointer))));
    Value::object([("error", Value::object(error))])
}

fn ask(file: &Node, case: &Node, collections: &BTreeMap<String, Vec<Event>>) -> Found {
    let now = now(case);
    let zones = BundledZones::new();
    let moment = Moment { now, zones: &zones };
    let analysis = case.get("analysis").or(file.get("analysis"));
    let analysis = analysis.expect("an analysis");
    let analysis = AnalysisType::parse(analysis.text()?).expect("an analysis");
    let asked = wire::query(analysis, &body(file, case), &moment)?;
    let caller = caller(case, Caller::Read(project()))?;
    let authorized = authorize::query(&caller, &project(), asked.query, now)?;
    let events_of = |name: &str| collections.get(name).map_or(&[][..], Vec::as_slice);
    let answer = evaluate(authorized.query(), events_of);
    let mut answered = match (authorized.query(), answer) {
        (Query::Aggregate(aggregate), Answer::Cells(cells)) => {
            vec![("result", shape(aggregate, cells)?)]
        }
        (Query::Extraction(extraction), Answer::Events(events)) => {
            let events = shape_events(extraction, authorized.visible(), events);
            vec![("result", without_chance(events))]
        }
        (Query::Funnel(_), Answer::Funnel(steps)) => {
            let counts = steps.iter().map(|step| Value::count(step.count)).collect();
            let mut answered = vec![("result", Value::List(counts))];
            if steps.iter().any(|step| step.actors.is_some()) {
                let list = |actors: Option<Vec<Value>>| actors.map_or(Value::Null, Value::List);
                let actors = steps.into_iter().map(|step| list(step.actors)).collect();
                answered.push(("actors", Value::List(actors)));
            }
            answered
        }
        (Query::Funnel(funnel), Answer::FunnelSeries(series)) => {
            let buckets = funnel.buckets.as_ref().expect("buckets");
            vec![("result", shape_funnel_series(buckets, series))]
        }
        (query, answer) => panic!("{answer:?} to {query:?}"),
    };
    answered.extend(asked.echoed_steps.map(|steps| ("steps", steps)));
    Ok(Value::object(answered))
}

/// The case's parameters, and those of its file that it does not set itself.
fn body(file: &Node, case: &Node) -> Value {
    let of = |node: &Node| match node.get_even_null("body").map(|body| body.value()) {
        None => Vec::new(),
        Some(Value::Object(properties)) => properties.clone(),
        Some(other) => panic!("{other} is no object"),
    };
    let mut body = of(case);
    for (name, value) in of(file) {
        if !body.iter().any(|(other, _)| *other == name) {
            body.push((name, value));
        }
    }
    Value::Object(body)
}

/// The file's events as they are kept. All of them must be: a refusal here is a fault of the file.
fn events(file: &Node) -> BTreeMap<String, Vec<Event>> {
    let sent = file.get("events").expect("events").value().clone();
    let caller = Caller::Write(project());
    let project = project();
    let recorder = authorize::recorder(&caller, &project, instant(NOW)).unwrap();
    let mut collections = BTreeMap::new();
    for Part { sent_name, events } in batch(sent).unwrap() {
        let kept = events.into_iter().enumerate().map(|(at, event)| {
            let (collection, event) = event.unwrap();
            assert!(event.timestamp.is_some(), "{collection} {at} has no time");
            keep(&recorder, collection, event, at).unwrap()
        });
        let kept = kept.collect();
        collections.insert(sent_name, kept);
    }
    collections
}

fn keep(
    recorder: &Recorder,
    collection: CollectionName,
    event: NewEvent,
    at: usize,
) -> Result<Event, Denial> {
    let event = recorder.admit(collection, event)?;
    let mut id = [0; 12];
    id[8..].copy_from_slice(&(at as u32).to_be_bytes());
    Ok(Event {
        timestamp: event.timestamp(),
        created_at: event.created_at(),
        id: hexadecimal_24(id),
        body: event.body().clone(),
    })
}

/// What becomes of each event of a batch: `{"stored": event}` or `{"error": …}`.
fn record(case: &Node) -> Found {
    let caller = caller(case, Caller::Write(project()))?;
    let project = project();
    let recorder = authorize::recorder(&caller, &project, instant(NOW))?;
    let batch = batch(case.value().get("batch").expect("a batch").clone())?;
    let outcomes = batch.into_iter().map(|Part { sent_name, events }| {
        let outcomes = events.into_iter().map(|event| {
            let stored = event
                .map_err(Refused::from)
                .and_then(|(collection, event)| {
                    let has_time = event.timestamp.is_some();
                    Ok((keep(&recorder, collection, event, 0)?, has_time))
                });
            stored.map_or_else(error, |(event, has_time)| {
                Value::object([("stored", whole(event, has_time))])
            })
        });
        (sent_name, Value::List(outcomes.collect()))
    });
    Ok(Value::Object(outcomes.collect()))
}

/// An event as a whole extraction shows it, without what the clock and chance put into it.
fn whole(event: Event, has_time: bool) -> Value {
    let everything =
        parse(br#"{"event_collection":"c","timeframe":{"start":"0001-01-01","end":"9999-12-31"}}"#);
    let zones = BundledZones::new();
    let (now, zones) = (instant(NOW), &zones);
    let asked = wire::query(
        AnalysisType::Extraction,
        &everything.unwrap(),
        &Moment { now, zones },
    );
    let Query::Extraction(extraction) = asked.unwrap().query else {
        panic!("not an extraction");
    };
    let mut shown = shape_events(&extraction, &PropertyScope::everything(), vec![event]);
    if !has_time {
        remove_from_keen(&mut shown, &["timestamp"]);
    }
    match without_chance(shown) {
        Value::List(mut events) => events.remove(0),
        other => panic!("{other}"),
    }
}

fn without_chance(mut events: Value) -> Value {
    remove_from_keen(&mut events, &["id", "created_at"]);
    events
}

/// A `keen` that is empty then is removed too.
fn remove_from_keen(events: &mut Value, names: &[&str]) {
    let Value::List(events) = events else {
        panic!("{events} is no list of events");
    };
    for event in events {
        let Value::Object(properties) = event else {
            panic!("{event} is no event");
        };
        for (name, value) in properties.iter_mut() {
            if let (true, Value::Object(keen)) = (name == "keen", value) {
                keen.retain(|(name, _)| !names.contains(&name.as_str()));
            }
        }
        let empty = Value::Object(Vec::new());
        properties.retain(|(name, value)| name != "keen" || *value != empty);
    }
}

/// Who the case's `key` makes of its caller. A key without a name is named like its case.
fn caller(case: &Node, otherwise: Caller) -> Result<Caller, Refused> {
    let Some(key) = case.get("key") else {
        return Ok(otherwise);
    };
    let Value::Object(mut definition) = key.value().clone() else {
        panic!("a key is an object");
    };
    if !definition.iter().any(|(name, _)| name == "name") {
        definition.push(("name".to_owned(), Value::text(text_of(case, "name"))));
    }
    let definition = wire::key_definition(&Value::Object(definition))?;
    let id = KeyId::from_random([0; 12]);
    let key = AccessKey::new(id, project(), definition, Vec::new());
    Ok(Caller::Access(Box::new(key)))
}

fn project() -> ProjectId {
    ProjectId::parse(PROJECT).unwrap()
}

fn now(case: &Node) -> Instant {
    instant(case.get("now").map_or(NOW, |now| now.text().unwrap()))
}

fn instant(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

impl From<Invalid> for Refused {
    fn from(invalid: Invalid) -> Refused {
        Refused::Invalid(invalid)
    }
}

impl From<Denial> for Refused {
    fn from(denial: Denial) -> Refused {
        Refused::Denied(denial)
    }
}

impl From<TooManyRows> for Refused {
    fn from(_: TooManyRows) -> Refused {
        Refused::TooManyRows
    }
}
