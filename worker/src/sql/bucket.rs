//! In which bucket does an event lie? By arithmetic where buckets are equally long, by a table where not.

use super::Constants;
use keyhole_policy::time::Buckets;
use keyhole_policy::value::{Number, Value};

/// The bucket's number for a row `e`.
pub struct BucketSql {
    /// The number, from 0.
    pub number: String,
    /// What is put before the statement, or nothing.
    pub with: String,
    /// What is joined to the rows, or nothing.
    pub join: String,
}

/// The expressions for the buckets of a query; NULL where it has none.
pub fn bucket(buckets: Option<&Buckets>, constants: &mut Constants) -> BucketSql {
    let edges: Vec<i64> = buckets.map_or(Vec::new(), |buckets| {
        buckets
            .edges()
            .iter()
            .map(|edge| edge.milliseconds())
            .collect()
    });
    let (Some(first), Some(shortest)) = (edges.first(), widths(&edges).min()) else {
        return BucketSql {
            number: "NULL".to_owned(),
            with: String::new(),
            join: String::new(),
        };
    };
    if widths(&edges).all(|width| width == shortest) {
        let number = format!("((e.ts - {first}) / {shortest})");
        return BucketSql {
            number,
            with: String::new(),
            join: String::new(),
        };
    }
    // Steps as long as the shortest bucket: each holds one edge at most, so that a step's first
    // bucket and its edge, if any, tell the bucket.
    let table = constants.bind_list(steps(&edges, *first, shortest));
    let with = format!(
        "step(at, bucket, edge) AS MATERIALIZED (SELECT value ->> 0, value ->> 1, value ->> 2 FROM {table}) "
    );
    BucketSql {
        number: "(step.bucket + (e.ts >= step.edge))".to_owned(),
        with,
        join: format!("CROSS JOIN step ON step.at = (e.ts - {first}) / {shortest}"),
    }
}

/// When the bucket of that number begins, in milliseconds.
pub fn start(buckets: &Buckets, number: &str, constants: &mut Constants) -> String {
    let edges: Vec<i64> = buckets
        .edges()
        .iter()
        .map(|edge| edge.milliseconds())
        .collect();
    let shortest = widths(&edges).min().unwrap_or(0);
    match edges.first() {
        Some(first) if widths(&edges).all(|width| width == shortest) => {
            format!("({first} + {number} * {shortest})")
        }
        _ => {
            let edges = edges.into_iter().map(super::whole).collect();
            format!("({} ->> {number})", constants.bind(Value::List(edges)))
        }
    }
}

fn widths(edges: &[i64]) -> impl Iterator<Item = i64> {
    edges
        .iter()
        .zip(edges.iter().skip(1))
        .map(|(start, end)| end - start)
}

/// For each step its number, the bucket it begins in, and the edge where the next begins.
fn steps(edges: &[i64], first: i64, width: i64) -> Vec<Value> {
    let end = edges.last().copied().unwrap_or(first);
    let mut steps = Vec::new();
    let mut next = edges.iter().enumerate().skip(1).peekable();
    let mut start = first;
    let mut bucket = 0;
    while start < end {
        while let Some((number, _)) = next.next_if(|(_, edge)| **edge <= start) {
            bucket = number;
        }
        let edge = next.peek().map_or(end, |(_, edge)| **edge);
        let at = (start - first) / width;
        let whole = |number: i64| Number::new(number as f64).map_or(Value::Null, Value::Number);
        steps.push(Value::List(vec![
            whole(at),
            Value::count(bucket),
            whole(edge),
        ]));
        start += width;
    }
    steps
}
