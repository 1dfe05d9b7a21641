//! Which keys are tried? Of few permissions, names and times, so that they meet.

use crate::dice::Dice;
use crate::generate::{ANALYSES, NAMES, TIMES, filters, json, texts};
use keyhole_policy::key::KeyDefinition;
use keyhole_policy::value::Value;
use keyhole_policy::wire;

const DURATIONS: [&str; 4] = ["P1D", "P7D", "P30D", "PT12H"];
const PERMISSIONS: [&str; 8] = [
    "queries",
    "writes",
    "saved_queries",
    "cached_queries",
    "datasets",
    "schema",
    "query_definition",
    "keys",
];

fn names(dice: &mut Dice, of: &[&str]) -> Vec<String> {
    let mut fields = Vec::new();
    if dice.falls(60) {
        fields.push(format!(r#""allowed":{}"#, texts(dice, of, 0, 3)));
    }
    if dice.falls(30) {
        fields.push(format!(r#""blocked":{}"#, texts(dice, of, 0, 2)));
    }
    fields
}

pub fn collections(dice: &mut Dice) -> String {
    format!(
        "{{{}}}",
        names(dice, &["c", "cd", "e", "c*", "*"]).join(",")
    )
}

pub fn properties(dice: &mut Dice) -> String {
    let side = dice.one(&["only", "except", "except"]);
    let paths = texts(
        dice,
        &["a", "n", "customer", "customer.id", "o", "o.x", "m", "keen"],
        0,
        4,
    );
    format!(r#"{{"{side}":{paths}}}"#)
}

pub fn window(dice: &mut Dice) -> String {
    let mut fields = vec![format!(
        r#""mode":"{}""#,
        dice.one(&["clamp", "clamp", "deny"])
    )];
    for name in ["oldest", "newest"] {
        if dice.falls(40) {
            let bound = match dice.falls(50) {
                true => dice.one(&TIMES),
                false => dice.one(&DURATIONS),
            };
            fields.push(format!(r#""{name}":"{bound}""#));
        }
    }
    if dice.falls(30) {
        fields.push(format!(r#""max_span":"{}""#, dice.one(&DURATIONS)));
    }
    format!("{{{}}}", fields.join(","))
}

pub fn autofill(dice: &mut Dice) -> String {
    dice.one(&[
        "{}",
        r#"{"customer":{"id":"x"}}"#,
        r#"{"customer":{"id":"x"},"a":1}"#,
        r#"{"o":{"x":1,"y":[1]}}"#,
        r#"{"a":null}"#,
        r#"{"customer":"x"}"#,
        r#"{"o":{"x":{"z":1}}}"#,
    ])
    .to_owned()
}

fn options(dice: &mut Dice, permission: &str) -> String {
    let mut fields = match permission {
        "saved_queries" | "cached_queries" => names(dice, &["q", "q2", "q*", "r", "*"]),
        _ => Vec::new(),
    };
    let mut maybe =
        |dice: &mut Dice, percent: usize, name: &str, make: &dyn Fn(&mut Dice) -> String| {
            if dice.falls(percent) {
                fields.push(format!(r#""{name}":{}"#, make(dice)));
            }
        };
    match permission {
        "queries" => {
            maybe(dice, 70, "filters", &|dice| filters(dice, 2));
            maybe(dice, 40, "collections", &collections);
            maybe(dice, 40, "properties", &properties);
            maybe(dice, 40, "timeframe", &window);
            maybe(dice, 25, "analyses", &|dice| texts(dice, &ANALYSES, 2, 9));
        }
        "writes" => {
            maybe(dice, 60, "autofill", &autofill);
            maybe(dice, 40, "filters", &|dice| filters(dice, 1));
            maybe(dice, 40, "collections", &collections);
            maybe(dice, 40, "properties", &properties);
        }
        "saved_queries" => maybe(dice, 60, "filters", &|dice| filters(dice, 2)),
        "schema" => {
            maybe(dice, 40, "collections", &collections);
            maybe(dice, 40, "properties", &properties);
        }
        "datasets" => {
            maybe(dice, 50, "operations", &|dice| {
                texts(dice, &["read", "list", "retrieve"], 0, 3)
            });
            maybe(dice, 60, "allowed", &pinned);
            maybe(dice, 30, "blocked", &|dice| texts(dice, &NAMES, 0, 2));
        }
        _ => {}
    }
    format!("{{{}}}", fields.join(","))
}

/// Datasets, each with the values of its index that may be retrieved.
pub fn pinned(dice: &mut Dice) -> String {
    dice.one(&[
        "{}",
        r#"{"q":{}}"#,
        r#"{"q":{"index_by":{"customer.id":["x"]}},"r":{}}"#,
        r#"{"q":{"index_by":{"customer.id":["x","y"]}},"q2":{}}"#,
        r#"{"q":{"index_by":{"customer.id":["x"],"a":[1]}}}"#,
    ])
    .to_owned()
}

/// The definition of a key that is permitted one thing.
pub fn about(dice: &mut Dice, permission: &str) -> Value {
    let options = options(dice, permission);
    json(&format!(
        r#"{{"name":"k","permitted":["{permission}"],"options":{{"{permission}":{options}}}}}"#
    ))
}

/// A key's definition as JSON.
///
/// Half of them are about one permission only: what goes wrong there is not refused for something else.
pub fn definition(dice: &mut Dice) -> Value {
    let only = dice.falls(50).then(|| dice.one(&PERMISSIONS[..6]));
    let is_about = |name: &str| only.is_none_or(|only| only == name);
    let permitted: Vec<&str> = PERMISSIONS
        .into_iter()
        .filter(|name| is_about(name) && dice.falls(80))
        .collect();
    let optioned: Vec<&str> = PERMISSIONS
        .into_iter()
        .filter(|name| is_about(name) && dice.falls(75))
        .collect();
    let options: Vec<String> = optioned
        .iter()
        .map(|name| format!(r#""{name}":{}"#, options(dice, name)))
        .collect();
    let mut fields = vec![
        r#""name":"k""#.to_owned(),
        format!(r#""permitted":{permitted:?}"#),
        format!(r#""options":{{{}}}"#, options.join(",")),
    ];
    for name in ["expires_at", "not_before"] {
        if dice.falls(10) {
            fields.push(format!(
                r#""{name}":"{}""#,
                dice.one(&["2026-03-01", "2026-04-01", "2027-01-01"])
            ));
        }
    }
    json(&format!("{{{}}}", fields.join(",")))
}

pub fn read(definition: &Value) -> KeyDefinition {
    wire::key_definition(definition).unwrap_or_else(|invalid| panic!("{invalid}: {definition}"))
}
