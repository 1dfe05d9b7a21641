//! Which JSON does an answer become? Keen's result shapes.

mod aggregate;
mod events;
mod order;

pub use aggregate::{group_label, of_nothing, shape};
pub use events::shape_events;

use crate::event::Event;
use crate::time::{Buckets, Span};
use crate::value::Value;

/// What a store, or [`crate::evaluate`], finds for a question.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Of an aggregate: one cell for each bucket and group that has events, in any order.
    Cells(Vec<Cell>),
    /// Of an extraction, in its order.
    Events(Vec<Event>),
    /// Of a funnel, step by step.
    Funnel(Vec<FunnelStep>),
    /// Of a funnel over buckets, for each bucket how many actors came as far as each step.
    FunnelSeries(Vec<Vec<usize>>),
}

/// The measures of one group in one bucket.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// Which bucket, if the question has any.
    pub bucket: Option<usize>,
    /// The group's values, one for each grouping; classes and ranges by number.
    pub group: Vec<Value>,
    /// The values, one for each measure.
    pub values: Vec<Value>,
}

/// The actors who came as far as one step.
#[derive(Clone, Debug, PartialEq)]
pub struct FunnelStep {
    /// How many.
    pub count: usize,
    /// Who, if the step asks for it.
    pub actors: Option<Vec<Value>>,
}

/// More rows than one answer may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyRows {
    /// Rows there would be.
    pub actual: usize,
    /// Rows allowed.
    pub limit: usize,
}

/// The `result` of a funnel over buckets.
pub fn shape_funnel_series(buckets: &Buckets, series: Vec<Vec<usize>>) -> Value {
    let bucket = |(span, counts): (Span, Vec<usize>)| {
        let counts = counts.into_iter().map(Value::count).collect();
        Value::object([
            ("value", Value::List(counts)),
            ("timeframe", timeframe(span)),
        ])
    };
    Value::List(buckets.iter().zip(series).map(bucket).collect())
}

/// A span as results carry it: UTC with `Z`.
pub fn timeframe(span: Span) -> Value {
    let text = |instant: crate::time::Instant| Value::text(instant.to_string());
    Value::object([("start", text(span.start())), ("end", text(span.end()))])
}
