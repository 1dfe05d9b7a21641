//! Do SQL and `evaluate` see a number in the same class, down to the last bit before and after an edge?

use crate::compare::{check, statements};
use crate::generate::{Question, Sent};
use crate::world::World;
use keyhole_policy::query::{AnalysisType, Classes};
use keyhole_policy::value::{Number, Value, parse};
use keyhole_policy::wire;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestCaseError;

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

/// Compares both over numbers around the edges of some classes.
pub fn check_around_edges(
    (size, offset): &Sizes,
    places: &[(f64, i64, f64)],
) -> Result<bool, TestCaseError> {
    let [width, begins] = [size, offset].map(|text| number(text.parse().unwrap()));
    let Ok(classes) = Classes::new(width, begins) else {
        return Ok(false);
    };
    let furthest = classes.furthest_edge() as f64;
    let numbers = places.iter().flat_map(|(edge, doubles, any)| {
        let class = edge.round().clamp(-furthest, furthest) as i64;
        let edge = classes.range(class).from.map_or(0.0, Number::double);
        [stepped(edge, *doubles), *any]
    });
    let sent: Vec<Sent> = numbers.map(event).collect();
    let body = format!(
        r#"{{"event_collection":"c","timeframe":"this_1_days","group_by":{{"property_name":"n","buckets":{{"size":{size},"offset":{offset}}}}}}}"#
    );
    check(&World::new(&sent), &question(&body))
}

/// Sixteen properties in classes and fifty analyses are within what D1 takes.
pub fn check_the_largest() {
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
    let world = World::new(&[event(0.3)]);
    let body = parse(body.as_bytes()).unwrap();
    let asked = wire::query(AnalysisType::MultiAnalysis, &body, &world.moment()).unwrap();
    for sql in statements(&world, &world.permit(asked.query)) {
        let instructions = world.instructions(&sql);
        assert!(
            instructions < 25_000 && sql.text.len() < 100_000,
            "{instructions} instructions, {} bytes",
            sql.text.len()
        );
    }
}

fn question(body: &str) -> Question {
    Question {
        analysis: "count",
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
