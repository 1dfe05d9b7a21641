//! How is a definition made narrower, or another one like it?

use crate::definitions::{autofill, collections, pinned, properties, window};
use crate::dice::Dice;
use crate::generate::{filters, json, node};
use keyhole_policy::value::Value;

/// The same object with the value at a path set; what is missing on the way is made.
pub fn set(object: &Value, path: &[&str], value: Value) -> Value {
    let [name, below @ ..] = path else {
        return value;
    };
    let Value::Object(mut properties) = object.clone() else {
        return set(&Value::Object(Vec::new()), path, value);
    };
    let nothing = Value::Object(Vec::new());
    let inner = object.get(name).unwrap_or(&nothing);
    let inner = set(inner, below, value);
    properties.retain(|(other, _)| other != name);
    properties.push(((*name).to_owned(), inner));
    Value::Object(properties)
}

/// The same object without the value at a path.
pub fn without(object: &Value, path: &[&str]) -> Value {
    let [name, below @ ..] = path else {
        return object.clone();
    };
    let Value::Object(mut properties) = object.clone() else {
        return object.clone();
    };
    match (below, object.get(name)) {
        ([], _) => properties.retain(|(other, _)| other != name),
        (_, Some(inner)) => {
            let inner = without(inner, below);
            properties.iter_mut().for_each(|(other, value)| {
                if other == name {
                    *value = inner.clone();
                }
            });
        }
        (_, None) => {}
    }
    Value::Object(properties)
}

pub fn at<'a>(object: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(object, |value, name| value.get(name))
}

fn appended(object: &Value, path: &[&str], item: Value) -> Value {
    let mut items = match at(object, path) {
        Some(Value::List(items)) => items.clone(),
        _ => Vec::new(),
    };
    items.push(item);
    set(object, path, Value::List(items))
}

/// The same definition with one thing less allowed: the kinds of narrowing that a key's owner does.
pub fn narrowed(dice: &mut Dice, definition: &Value) -> Value {
    let Some(Value::List(permitted)) = definition.get("permitted") else {
        panic!("{definition}");
    };
    match dice.below(9) {
        0 if !permitted.is_empty() => {
            let mut left = permitted.clone();
            left.remove(dice.below(permitted.len()));
            set(definition, &["permitted"], Value::List(left))
        }
        1 | 2 => {
            let owner = dice.one(&["queries", "queries", "saved_queries", "writes"]);
            appended(
                definition,
                &["options", owner, "filters"],
                json(&node(dice)),
            )
        }
        3 => hide_more(dice, definition),
        4 => {
            let place: &[&str] = match dice.below(5) {
                0 => &["options", "writes", "collections", "blocked"],
                1 => &["options", "schema", "collections", "blocked"],
                2 => &["options", "saved_queries", "blocked"],
                3 => &["options", "datasets", "blocked"],
                _ => &["options", "queries", "collections", "blocked"],
            };
            let name = dice.one(&["c", "cd", "e", "q", "r"]);
            appended(definition, place, Value::text(name))
        }
        5 => shorten(dice, definition),
        6 => remove_one(dice, definition, &["options", "queries", "analyses"]),
        7 => remove_one(
            dice,
            definition,
            &["options", "queries", "collections", "allowed"],
        ),
        _ => remove_one(dice, definition, &["options", "datasets", "operations"]),
    }
}

fn hide_more(dice: &mut Dice, definition: &Value) -> Value {
    let owner = dice.one(&["queries", "queries", "schema", "writes"]);
    let place = ["options", owner, "properties"];
    let hidden = Value::text(dice.one(&["a", "n", "customer", "o.x", "m"]));
    if at(definition, &place)
        .and_then(|scope| scope.get("only"))
        .is_some()
    {
        return remove_one(dice, definition, &["options", owner, "properties", "only"]);
    }
    appended(
        definition,
        &["options", owner, "properties", "except"],
        hidden,
    )
}

/// A later beginning, or a shorter longest span: of a window that clips, the newest part stays.
fn shorten(dice: &mut Dice, definition: &Value) -> Value {
    let window = ["options", "queries", "timeframe"];
    let has_oldest = at(definition, &window).is_some_and(|window| window.get("oldest").is_some());
    let (name, shorter) = match dice.below(3) {
        0 => ("max_span", "PT1H"),
        _ if has_oldest => ("oldest", "2026-03-20"),
        _ => ("oldest", "PT12H"),
    };
    if at(definition, &["options", "queries"]).is_none() && dice.falls(80) {
        return definition.clone();
    }
    set(
        definition,
        &[window[0], window[1], window[2], name],
        Value::text(shorter),
    )
}

fn remove_one(dice: &mut Dice, definition: &Value, place: &[&str]) -> Value {
    match at(definition, place) {
        Some(Value::List(items)) if !items.is_empty() => {
            let mut left = items.clone();
            left.remove(dice.below(items.len()));
            set(definition, place, Value::List(left))
        }
        _ => definition.clone(),
    }
}

/// A definition much like another: narrower for the most part, wider sometimes.
pub fn similar(dice: &mut Dice, definition: &Value) -> Value {
    let mut like = definition.clone();
    for _ in 0..dice.below(4) {
        like = narrowed(dice, &like);
    }
    if dice.falls(35) {
        like = tampered(dice, &like);
    }
    like
}

fn tampered(dice: &mut Dice, definition: &Value) -> Value {
    let owner = dice.one(&[
        "queries",
        "writes",
        "saved_queries",
        "schema",
        "datasets",
        "cached_queries",
    ]);
    let taken: &[&str] = match dice.below(12) {
        0 => &["options", owner],
        1 => &["options", owner, "filters"],
        2 => &["options", owner, "collections"],
        3 => &["options", owner, "properties"],
        4 => &["options", "queries", "timeframe"],
        5 => &["options", owner, "blocked"],
        6 => &["expires_at"],
        7 => {
            let place = ["options", "writes", "autofill"];
            return set(definition, &place, json(&autofill(dice)));
        }
        8 | 9 => {
            let name = dice.one(&["oldest", "newest", "max_span"]);
            let bound = dice.one(&[
                "PT6H",
                "P2D",
                "P20D",
                "2026-03-05",
                "2026-03-12",
                "2026-03-18",
            ]);
            let bound = if name == "max_span" { "P2D" } else { bound };
            let place = ["options", "queries", "timeframe", name];
            return set(definition, &place, Value::text(bound));
        }
        10 => {
            let place = ["options", "datasets", "allowed"];
            return set(definition, &place, json(&pinned(dice)));
        }
        _ => {
            let (name, value) = match dice.below(4) {
                0 => ("filters", filters(dice, 2)),
                1 => ("collections", collections(dice)),
                2 => ("properties", properties(dice)),
                _ => ("timeframe", window(dice)),
            };
            return set(definition, &["options", "queries", name], json(&value));
        }
    };
    without(definition, taken)
}
