//! Which filters are tried? Each operator on values of every type, alone, under ORs, and many of one kind.

use super::generate_events::{PROPERTIES, json, object, scalar};
use keyhole_policy::value::Value;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

pub fn property() -> impl Strategy<Value = &'static str> {
    prop_oneof![9 => select(&PROPERTIES[..]), 1 => select(&["keen.timestamp", "keen.created_at", "keen.id", "missing.one"][..])]
}

fn test() -> impl Strategy<Value = Value> {
    test_with(operator())
}

fn operator() -> impl Strategy<Value = (&'static str, Value)> {
    prop_oneof![
        3 => (select(&["eq", "ne", "eq", "contains", "not_contains"][..]), scalar()),
        2 => (select(&["lt", "lte", "gt", "gte"][..]), scalar()),
        1 => (Just("exists"), any::<bool>().prop_map(Value::Bool)),
        2 => (Just("in"), vec(scalar(), 0..4).prop_map(Value::List)),
        1 => (Just("regex"), select(&["a", "^$", "(?i)^A", "[0-9]+", "é|x", "."][..]).prop_map(Value::text)),
        1 => (Just("within"), select(&[0.0, 1.0, 400.0, 9_000.0][..]).prop_map(|miles| {
            json(&format!(r#"{{"coordinates":[21,52],"max_distance_miles":{miles}}}"#))
        })),
    ]
}

/// So many tests of one kind side by side that a statement may ask them from one list; all must hold, or one.
///
/// Mostly one operator, and joined so that a single test often decides: of many that exclude all must hold.
fn crowd() -> impl Strategy<Value = Vec<Value>> {
    // Of few operands, so that items of lists are among them.
    let common = || select(&["null", "true", "1", "\"a\""][..]).prop_map(json);
    let values = vec(common(), 0..3).prop_map(Value::List);
    let all = || Just(false);
    let one = || Just(true);
    let circle = select(&[0.0, 1.0, 400.0, 9_000.0][..]).prop_map(|miles| {
        json(&format!(
            r#"{{"coordinates":[21,52],"max_distance_miles":{miles}}}"#
        ))
    });
    let order = || select(&["lt", "lte", "gt", "gte"][..]);
    let mixed = (
        select(&["eq", "ne", "contains", "not_contains"][..]),
        common(),
    );
    let many = prop_oneof![
        (vec(test_with((Just("eq"), common())), 3..7), one()),
        (vec(test_with((Just("ne"), common())), 3..7), all()),
        (vec(test_with((Just("in"), values)), 3..7), one()),
        (vec(test_with((Just("contains"), common())), 3..7), one()),
        (
            vec(test_with((Just("not_contains"), common())), 3..7),
            all()
        ),
        (vec(test_with((order(), scalar())), 3..7), any::<bool>()),
        (
            vec(
                test_with((Just("exists"), any::<bool>().prop_map(Value::Bool))),
                3..5
            ),
            any::<bool>()
        ),
        (vec(test_with((Just("within"), circle)), 3..6), one()),
        (vec(test_with(mixed), 3..9), any::<bool>()),
    ];
    many.prop_map(|(many, is_or)| {
        if !is_or {
            return many;
        }
        let or = object(vec![
            ("operator", Value::text("or")),
            ("operands", Value::List(many)),
        ]);
        vec![or]
    })
}

fn test_with(
    operator: impl Strategy<Value = (&'static str, Value)>,
) -> impl Strategy<Value = Value> {
    (property(), operator).prop_map(|(property, (operator, operand))| {
        // A time compares with times only, and orders need a number or a string.
        let is_time = property == "keen.timestamp" || property == "keen.created_at";
        let is_order = ["lt", "lte", "gt", "gte"].contains(&operator);
        let operand = match operand {
            Value::Text(_) if is_time => Value::text("2026-03-05T01:00:00+01:00"),
            Value::List(_) if is_time => json(r#"["2026-03-01",null]"#),
            Value::Null | Value::Bool(_) if is_order => json("1"),
            other => other,
        };
        object(vec![
            ("property_name", Value::text(property)),
            ("operator", Value::text(operator)),
            ("property_value", operand),
        ])
    })
}

fn filter() -> impl Strategy<Value = Value> {
    test().prop_recursive(3, 12, 3, |inner| {
        vec(inner, 0..3).prop_map(|operands| {
            object(vec![
                ("operator", Value::text("or")),
                ("operands", Value::List(operands)),
            ])
        })
    })
}

/// Filters, half of them with the scope property pinned first, as an access key's are.
pub fn filters() -> impl Strategy<Value = Value> {
    let pin = prop_oneof![
        scalar().prop_map(|value| ("eq", value)),
        vec(scalar(), 0..3).prop_map(|values| ("in", Value::List(values))),
    ];
    let pin = pin.prop_map(|(operator, value)| {
        object(vec![
            ("property_name", Value::text("customer.id")),
            ("operator", Value::text(operator)),
            ("property_value", value),
        ])
    });
    let filters = prop_oneof![
        4 => vec(filter(), 0..3),
        1 => (crowd(), vec(filter(), 0..2)).prop_map(|(crowd, others)| [crowd, others].concat()),
    ];
    (prop::option::of(pin), filters)
        .prop_map(|(pin, filters)| Value::List(pin.into_iter().chain(filters).collect()))
}
