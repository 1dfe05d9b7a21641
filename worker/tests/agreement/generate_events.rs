//! Which events are tried? Values that engines like to disagree about, at times next to edges.

use super::Sent;
use keyhole_policy::value::{Value, parse};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

pub const COLLECTIONS: [&str; 2] = ["pageviews", "sign ups"];
pub const PROPERTIES: [&str; 9] = [
    "a",
    "n",
    "n",
    "customer.id",
    "list",
    "nested.deep.x",
    "nested.deep",
    "we\"ird\\ 'name'\u{1}",
    "__proto__",
];
/// Of few values, so that one actor has many events.
pub const ACTOR: &str = "who";
const SCALARS: [&str; 37] = [
    "null",
    "true",
    "false",
    "0",
    "-0.0",
    "-0",
    "1",
    "-1",
    "2",
    "10",
    "1.5",
    "-2.25",
    "1e21",
    "5e-324",
    "9007199254740991",
    "1.7976931348623157e308",
    "0.1",
    "0.3",
    "0.30000000000000004",
    "0.7",
    "-0.3",
    "3e-7",
    "\"\"",
    "\"a\"",
    "\"A\"",
    "\"ab\"",
    "\"1\"",
    "\"true\"",
    "\"null\"",
    "\"é\"",
    "\"e\u{301}\"",
    "\"ż\\\"\\\\'\\n\"",
    "\"\\u0000x\"",
    "\"😀\"",
    "\"%_\"",
    "\"2026-03-01\"",
    "\"[\"",
];
const LISTS: [&str; 10] = [
    "[]",
    "[1]",
    "[\"a\",1,\"a\",1.0]",
    "[\"a\",1,null]",
    "[true,\"1\"]",
    "[[1]]",
    "[{\"x\":1}]",
    "[21.01,52.23]",
    "[21,52,7]",
    "[200,0]",
];
const TIMES: [&str; 12] = [
    "2026-03-01T00:00:00Z",
    "2026-03-01T00:00:00Z",
    "2026-03-04T23:59:59.999Z",
    "2026-03-05T00:00:00Z",
    "2026-03-08T09:30:00Z",
    "2026-03-28T22:59:59.999Z",
    "2026-03-29T00:59:59.999Z",
    "2026-03-29T01:00:00Z",
    "2026-03-30T12:34:56.789Z",
    "2026-02-28T23:59:59.999Z",
    "1969-12-31T23:59:59.999Z",
    "2031-01-01T00:00:00Z",
];

pub fn json(text: &str) -> Value {
    parse(text.as_bytes()).unwrap_or_else(|problem| panic!("{text}: {problem:?}"))
}

pub fn object(properties: Vec<(&str, Value)>) -> Value {
    Value::object(properties)
}

pub fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![6 => select(&SCALARS[..]).prop_map(json), 1 => (-50i32..50).prop_map(|n| json(&format!("{}", f64::from(n) / 4.0)))]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![8 => scalar(), 2 => select(&LISTS[..]).prop_map(json), 1 => scalar().prop_map(|x| object(vec![("x", x)]))]
}

/// A value at a dotted path of an event.
fn put(event: &mut Value, path: &str, value: Value) {
    let Value::Object(properties) = event else {
        return;
    };
    let (name, rest) = path
        .split_once('.')
        .map_or((path, None), |(name, rest)| (name, Some(rest)));
    if !properties.iter().any(|(other, _)| other == name) {
        properties.push((name.to_owned(), object(Vec::new())));
    }
    if let Some((_, place)) = properties.iter_mut().find(|(other, _)| other == name) {
        match rest {
            None => *place = value,
            Some(rest) => put(place, rest, value),
        }
    }
}

/// Some events, each with some of the properties.
pub fn events() -> impl Strategy<Value = Vec<Sent>> {
    let properties = vec((select(&PROPERTIES[..]), value()), 0..6);
    let actor = prop::option::weighted(0.8, select(&["\"a\"", "\"b\"", "1"][..]).prop_map(json));
    let event = (
        select(&COLLECTIONS[..]),
        select(&TIMES[..]),
        properties,
        actor,
        prop::bool::weighted(0.05),
    );
    let event = event.prop_map(|(collection, time, properties, actor, is_large)| {
        let mut event = object(vec![(
            "keen",
            object(vec![("timestamp", Value::text(time))]),
        )]);
        for (path, value) in properties {
            put(&mut event, path, value);
        }
        if let Some(actor) = actor {
            put(&mut event, ACTOR, actor);
        }
        if is_large {
            put(&mut event, "padding", Value::Text("x".repeat(1_000)));
        }
        Sent {
            collection: collection.to_owned(),
            event,
        }
    });
    vec(event, 0..40)
}
