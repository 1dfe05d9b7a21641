//! In which bucket does an event lie? By arithmetic where buckets are equally long, by a table where not.

use super::Constants;
use keyhole_policy::time::Buckets;
use keyhole_policy::value::{Number, Value};

/// The bucket's number for a row `e`.
pub struct BucketSql {
    /// The number, from 0.
    pub number: String,
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
            join: String::new(),
        };
    };
    if widths(&edges).all(|width| width == shortest) {
        let number = format!("((e.ts - {first}) / {shortest})");
        return BucketSql {
            number,
            join: String::new(),
        };
    }
    // Steps as long as the shortest bucket: each holds one edge at most, so that a step's first
    // bucket and its edge, if any, tell the bucket.
    let table = constants.bind_list(steps(&edges, *first, shortest));
    // LIMIT -1 limits nothing, but keeps it a table of its own, which SQLite indexes.
    let step = format!(
        "(SELECT value ->> 0 AS at, value ->> 1 AS bucket, value ->> 2 AS edge FROM {table} LIMIT -1) step"
    );
    BucketSql {
        number: "(step.bucket + (e.ts >= step.edge))".to_owned(),
        join: format!("CROSS JOIN {step} ON step.at = (e.ts - {first}) / {shortest}"),
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
