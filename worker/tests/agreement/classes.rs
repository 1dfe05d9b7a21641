//! Which numbers and classes are tried? Those down to the last bit before and after an edge.

use crate::generate::{Question, Sent};
use keyhole_policy::query::Classes;
use keyhole_policy::value::{Number, Value, parse};
use proptest::prelude::*;
use proptest::sample::select;

/// A size and an offset as they would be sent.
pub type Sizes = (String, String);

/// Decimals of few digits, and of as many as may be.
pub fn sizes() -> impl Strategy<Value = Sizes> {
    let usual = select(
        &[
            "0.1", "0.01", "0.25", "0.5", "1e-7", "1", "0.3", "10", "1.1", "60",
        ][..],
    );
    let usual = (usual, select(&["0", "0.05", "-3", "1e15"][..]));
    let usual = usual.prop_map(|(size, offset)| (size.to_owned(), offset.to_owned()));
    let power = |digits: i64, power: i32| format!("{digits}e{power}");
    let fine = (1..1_000_000_000_i64, -22..=22_i32).prop_map(move |(digits, at)| power(digits, at));
    let fine = (fine, Just("0".to_owned()));
    let moved = (1..10_000_i64, -18..=18_i32, -99_999..99_999_i64, 0..=5_i32);
    let moved = moved
        .prop_map(move |(size, at, offset, behind)| (power(size, at), power(offset, at - behind)));
    prop_oneof![3 => usual, 1 => fine, 2 => moved]
}

/// Edges near and far, by how many doubles to go from there, and numbers of any size.
pub fn places() -> impl Strategy<Value = Vec<(f64, i64, f64)>> {
    let near = (-60..=60_i32).prop_map(f64::from);
    let edge = prop_oneof![4 => near, 1 => -1e7..1e7_f64, 1 => -2e15..2e15_f64];
    let place = (edge, -2..=2_i64, prop::num::f64::NORMAL);
    prop::collection::vec(place, 60)
}

/// Events with numbers around edges of classes, and the question for how many are in each.
///
/// None where there are no such classes.
pub fn around_edges(
    (size, offset): &Sizes,
    places: &[(f64, i64, f64)],
) -> Option<(Vec<Sent>, Question)> {
    let [width, begins] = [size, offset].map(|text| number(text.parse().unwrap()));
    let classes = Classes::new(width, begins).ok()?;
    let furthest = classes.furthest_edge() as f64;
    let numbers = places.iter().flat_map(|(edge, doubles, any)| {
        let class = edge.round().clamp(-furthest, furthest) as i64;
        let edge = classes.range(class).from.map_or(0.0, Number::double);
        [stepped(edge, *doubles), *any]
    });
    let body = format!(
        r#"{{"event_collection":"c","timeframe":{{"start":"2026-03-31","end":"2026-04-01"}},"group_by":{{"property_name":"n","buckets":{{"size":{size},"offset":{offset}}}}}}}"#
    );
    Some((numbers.map(event).collect(), question("count", &body)))
}

/// Sixteen properties in classes and fifty analyses.
pub fn the_largest() -> Question {
    let list = |count: usize, item: &dyn Fn(usize) -> String| -> String {
        (0..count).map(item).collect::<Vec<_>>().join(",")
    };
    let group_by = list(16, &|at| {
        format!(r#"{{"property_name":"p{at}","buckets":{{"size":0.{at}1,"offset":0.00{at}}}}}"#)
    });
    let analyses = list(50, &|at| {
        format!(r#""a{at}":{{"analysis_type":"average","target_property":"p{at}"}}"#)
    });
    let body = format!(
        r#"{{"event_collection":"c","timeframe":"this_1_days","interval":"hourly","timezone":"Europe/Warsaw","group_by":[{group_by}],"analyses":{{{analyses}}}}}"#
    );
    question("multi_analysis", &body)
}

fn question(analysis: &'static str, body: &str) -> Question {
    Question {
        analysis,
        body: parse(body.as_bytes()).unwrap(),
    }
}

fn event(number: f64) -> Sent {
    let number = Value::Number(self::number(number));
    let event = format!(r#"{{"keen":{{"timestamp":"2026-03-31"}},"n":{number}}}"#);
    Sent {
        collection: "c".to_owned(),
        event: parse(event.as_bytes()).unwrap(),
    }
}

fn number(double: f64) -> Number {
    Number::new(double).unwrap()
}

fn stepped(double: f64, doubles: i64) -> f64 {
    (0..doubles.abs()).fold(double, |double, _| match doubles > 0 {
        true => double.next_up(),
        false => double.next_down(),
    })
}
