//! How long does a decision take, natively and in wasm?
//!
//! `npm run bench:authorize` runs it: natively it prints a line for each figure, its name and nanoseconds; in wasm it
//! exports one loop, for there the clock is the caller's. `tests/bench/README.md` says what is measured.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "its inputs are its own: where one means nothing there is nothing to measure"
)]

use keyhole_policy::authorize::{self, AuthorizedQuery};
use keyhole_policy::key::{AccessKey, Caller, KeyDefinition};
use keyhole_policy::name::{KeyId, ProjectId};
use keyhole_policy::query::AnalysisType;
use keyhole_policy::time::{Instant, NoZones};
use keyhole_policy::value::parse;
use keyhole_policy::wire::{self, Moment};
use std::hint::black_box;

/// Ten filters, and an option of each other kind.
const DEFINITION: &str = r#"{
    "name": "Acme's dashboards", "permitted": ["queries", "writes", "keys"], "options": {
    "queries": {"filters": [
        {"property_name": "customer.id", "operator": "eq", "property_value": "acme"},
        {"property_name": "aircraft.id", "operator": "in", "property_value": ["a-1", "a-2", "a-3", "a-4"]},
        {"property_name": "country", "operator": "ne", "property_value": "xx"},
        {"property_name": "price", "operator": "gte", "property_value": 0},
        {"property_name": "price", "operator": "lt", "property_value": 100000},
        {"property_name": "paid", "operator": "eq", "property_value": true},
        {"property_name": "test", "operator": "exists", "property_value": false},
        {"property_name": "page", "operator": "contains", "property_value": "shop"},
        {"property_name": "kind", "operator": "in", "property_value": ["new", "used"]},
        {"operator": "or", "operands": [
            {"property_name": "plan", "operator": "eq", "property_value": "pro"},
            {"property_name": "seats", "operator": "gt", "property_value": 10}]}],
      "collections": {"allowed": ["purchases", "app-*"], "blocked": ["app-internal"]},
      "properties": {"except": ["customer.margin"]},
      "timeframe": {"oldest": "P90D", "max_span": "P31D"},
      "analyses": ["count", "sum", "average"]},
    "writes": {"autofill": {"customer": {"id": "acme"}},
      "filters": [{"property_name": "customer.id", "operator": "eq", "property_value": "acme"},
        {"property_name": "price", "operator": "gte", "property_value": 0}],
      "collections": {"allowed": ["purchases", "app-*"]}}}}"#;
const QUESTION: &str = r#"{"event_collection": "purchases", "timeframe": "this_14_days", "interval": "daily",
    "target_property": "price", "group_by": ["country", "plan"],
    "filters": [{"property_name": "kind", "operator": "eq", "property_value": "new"}]}"#;
/// 400 bytes.
#[cfg(not(target_arch = "wasm32"))]
const EVENT: &str = r#"{"price":1234.5,"currency":"EUR","paid":true,"country":"de","kind":"new","plan":"pro","seats":12,"page":{"path":"/shop/aircraft/4711","title":"Aircraft 4711","referrer":"https://www.example.com/search?q=aircraft"},"aircraft":{"id":"a-3","type":"A320-200","age":7,"engines":[{"type":"CFM56","hours":12345},{"type":"CFM56","hours":12001}]},"user":{"id":"u-48151623","team":"sales"},"note":"xxxxxxxxxx"}"#;

/// What the server does for a question once it has both texts.
fn decide(definition: &str, question: &str) -> AuthorizedQuery {
    let key = caller(vec![read_definition(definition)]);
    let asked = read_question(question);
    authorize::query(&key, &project(), asked, now()).unwrap()
}

/// So many decisions, for a caller that has a clock.
#[cfg(target_arch = "wasm32")]
#[expect(
    unsafe_code,
    reason = "an exported name is what the caller finds it by"
)]
#[unsafe(no_mangle)]
pub extern "C" fn decide_often(times: u32) {
    for _ in 0..times {
        black_box(decide(black_box(DEFINITION), black_box(QUESTION)));
    }
}

fn read_definition(text: &str) -> KeyDefinition {
    wire::key_definition(&parse(text.as_bytes()).unwrap()).unwrap()
}

fn read_question(text: &str) -> keyhole_policy::query::Query {
    let moment = Moment {
        now: now(),
        zones: &NoZones,
    };
    let sent = parse(text.as_bytes()).unwrap();
    wire::query(AnalysisType::Sum, &sent, &moment)
        .unwrap_or_else(|invalid| panic!("{invalid:?}"))
        .query
}

fn caller(line: Vec<KeyDefinition>) -> Caller {
    let mut line = line.into_iter();
    let (own, id) = (line.next().unwrap(), KeyId::from_random([0; 12]));
    let key = AccessKey::new(id, project(), own, line.collect());
    Caller::Access(Box::new(key))
}

fn project() -> ProjectId {
    ProjectId::parse("5eed5eed5eed5eed5eed5eed").unwrap()
}

fn now() -> Instant {
    Instant::parse("2026-03-15T12:00:00Z").unwrap()
}

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    native::print();
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use super::*;
    use keyhole_policy::key::within;
    use keyhole_policy::name::CollectionName;
    use keyhole_policy::wire::batch;
    use std::time::Duration;

    /// Measurements of each figure; they take turns, so that what disturbs the machine disturbs all alike.
    const ROUNDS: usize = 101;
    /// Repetitions in one measurement.
    const TIMES: usize = 50;

    type Work<'a> = Box<dyn Fn() -> Duration + 'a>;

    #[expect(clippy::print_stdout, reason = "the figures are what it is run for")]
    pub fn print() {
        let one = caller(vec![read_definition(DEFINITION)]);
        let four = caller(vec![read_definition(DEFINITION); 4]);
        let (parent, asked) = (read_definition(DEFINITION), read_question(QUESTION));
        let event = parse(EVENT.as_bytes()).unwrap();
        assert_eq!(event.to_string().len(), 400);
        let event = batch::one(event).unwrap();
        let collection = CollectionName::parse("purchases").unwrap();
        let (project, now) = (project(), now());
        let recorder = authorize::recorder(&one, &project, now).unwrap();
        let definition = parse(DEFINITION.as_bytes()).unwrap();
        let works: [(&str, Work); 8] = [
            (
                "query",
                work(&asked, |asked| {
                    authorize::query(&one, &project, asked, now).unwrap()
                }),
            ),
            (
                "query of a line of four",
                work(&asked, |asked| {
                    authorize::query(&four, &project, asked, now).unwrap()
                }),
            ),
            (
                "admit",
                work(&event, |event| {
                    recorder.admit(collection.clone(), event).unwrap()
                }),
            ),
            (
                "within",
                work(&(), |()| within(&parent, black_box(&parent), now).unwrap()),
            ),
            (
                "parse",
                work(&(), |()| parse(black_box(DEFINITION).as_bytes()).unwrap()),
            ),
            (
                "read a definition",
                work(&(), |()| {
                    wire::key_definition(black_box(&definition)).unwrap()
                }),
            ),
            (
                "read a question",
                work(&(), |()| read_question(black_box(QUESTION))),
            ),
            (
                "decide",
                work(&(), |()| decide(black_box(DEFINITION), black_box(QUESTION))),
            ),
        ];
        let mut found: Vec<Vec<Duration>> = vec![Vec::new(); works.len()];
        for _ in 0..ROUNDS {
            for ((_, work), found) in works.iter().zip(&mut found) {
                found.push(work());
            }
        }
        for ((name, _), mut found) in works.iter().zip(found) {
            found.sort();
            let nanoseconds = |at: usize| found.get(at).unwrap().as_nanos() / TIMES as u128;
            println!("{name}\t{}\t{}", nanoseconds(ROUNDS / 2), nanoseconds(0));
        }
    }

    /// Times `of` on copies of its input, which are made before the clock starts.
    #[expect(clippy::disallowed_methods, reason = "the clock is for the figures")]
    fn work<'a, Input: Clone, Output>(
        input: &'a Input,
        of: impl Fn(Input) -> Output + 'a,
    ) -> Work<'a> {
        Box::new(move || {
            let inputs = vec![input.clone(); TIMES];
            let start = std::time::Instant::now();
            for input in inputs {
                black_box(of(black_box(input)));
            }
            start.elapsed()
        })
    }
}
