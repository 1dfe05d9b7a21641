//! Which JSON does an answer become? Order, zero fill, limits and labels of Keen's result shapes.

use crate::event::Event;
use crate::key::PropertyScope;
use crate::limits;
use crate::query::{Aggregate, Analysis, Extraction, Grouping, Measures, OrderKey};
use crate::time::{Buckets, Span};
use crate::value::{Number, Value};
use std::cmp::Ordering;

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

/// The `result` of an aggregate, in one of Keen's shapes.
pub fn shape(aggregate: &Aggregate, mut cells: Vec<Cell>) -> Result<Value, TooManyRows> {
    order(aggregate, &mut cells);
    let Some(buckets) = &aggregate.buckets else {
        return Ok(one_bucket(aggregate, cells));
    };
    let fill = if aggregate.zero_fill && !aggregate.group_by.is_empty() {
        groups(&cells)
    } else {
        Vec::new()
    };
    let actual = fill.len().saturating_mul(buckets.len());
    if actual > limits::GROUPS_MAX {
        return Err(TooManyRows {
            actual,
            limit: limits::GROUPS_MAX,
        });
    }
    let mut by_bucket: Vec<Vec<Cell>> = Vec::new();
    by_bucket.resize_with(buckets.len(), Vec::new);
    for cell in cells {
        let place = cell.bucket.and_then(|bucket| by_bucket.get_mut(bucket));
        if let Some(place) = place {
            place.push(cell);
        }
    }
    let series = buckets.iter().zip(by_bucket).map(|(span, mut cells)| {
        if !fill.is_empty() {
            add_missing(aggregate, &fill, &mut cells);
        }
        Value::object([
            ("value", one_bucket(aggregate, cells)),
            ("timeframe", timeframe(span)),
        ])
    });
    Ok(Value::List(series.collect()))
}

/// The whole events, or the asked-for properties of each, as an extraction answers them.
///
/// Of whole events only the visible part is shown; asked-for properties were checked before.
pub fn shape_events(extraction: &Extraction, visible: &PropertyScope, events: Vec<Event>) -> Value {
    let shaped = events
        .into_iter()
        .map(|event| match &extraction.properties {
            None => visible.visible_part(whole_event(event)),
            Some(properties) => {
                let mut object = Vec::new();
                for property in properties {
                    if let Some(value) = event.property(property) {
                        insert(&mut object, &property.to_string(), value);
                    }
                }
                Value::Object(object)
            }
        });
    Value::List(shaped.collect())
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

/// What a group's value reads in answers: classes and ranges as `"10 - 20"`, `"< 10"`, `">= 20"`.
pub fn group_label(grouping: &Grouping, value: Value) -> Value {
    let range = match (grouping, value.as_number()) {
        (Grouping::Classes { classes, .. }, Some(class)) => {
            class.whole().map(|class| classes.range(class))
        }
        (Grouping::Ranges { ranges, .. }, Some(at)) => {
            let at = at.whole().and_then(|at| usize::try_from(at).ok());
            at.and_then(|at| ranges.get(at)).copied()
        }
        _ => None,
    };
    range.map_or(value, |range| Value::Text(range.to_string()))
}

/// The value of an analysis over no events.
pub fn of_nothing(analysis: &Analysis) -> Value {
    match analysis {
        Analysis::Count | Analysis::CountUnique(_) | Analysis::Sum(_) => {
            Value::Number(Number::ZERO)
        }
        Analysis::SelectUnique(_) => Value::List(Vec::new()),
        _ => Value::Null,
    }
}

fn order(aggregate: &Aggregate, cells: &mut [Cell]) {
    let of = |cell: &Cell, key: OrderKey| match key {
        OrderKey::Group(at) => cell.group.get(at).cloned(),
        OrderKey::Measure(at) => cell.values.get(at).cloned(),
    };
    cells.sort_by(|left, right| {
        for ordering in &aggregate.order_by {
            let (left, right) = (of(left, ordering.by), of(right, ordering.by));
            let compared = compare(left.as_ref(), right.as_ref());
            let compared = if ordering.descending {
                compared.reverse()
            } else {
                compared
            };
            if compared.is_ne() {
                return compared;
            }
        }
        compare_groups(&left.group, &right.group)
    });
}

fn compare(left: Option<&Value>, right: Option<&Value>) -> Ordering {
    match (left, right) {
        (Some(left), Some(right)) => left.compare(right),
        _ => Ordering::Equal,
    }
}

fn compare_groups(left: &[Value], right: &[Value]) -> Ordering {
    let orders = left
        .iter()
        .zip(right)
        .map(|(left, right)| left.compare(right));
    orders.fold(Ordering::Equal, Ordering::then)
}

/// Every group of any bucket, once, ascending.
fn groups(cells: &[Cell]) -> Vec<Vec<Value>> {
    let mut groups: Vec<Vec<Value>> = cells.iter().map(|cell| cell.group.clone()).collect();
    groups.sort_by(|left, right| compare_groups(left, right));
    groups.dedup();
    groups
}

fn add_missing(aggregate: &Aggregate, groups: &[Vec<Value>], cells: &mut Vec<Cell>) {
    let mut present: Vec<Vec<Value>> = cells.iter().map(|cell| cell.group.clone()).collect();
    present.sort_by(|left, right| compare_groups(left, right));
    for group in groups {
        let there = present
            .binary_search_by(|other| compare_groups(other, group))
            .is_ok();
        if !there {
            let values = aggregate
                .measures
                .analyses()
                .into_iter()
                .map(of_nothing)
                .collect();
            cells.push(Cell {
                bucket: None,
                group: group.clone(),
                values,
            });
        }
    }
    order(aggregate, cells);
}

/// A number, a list, an object of labels, or the list of groups.
fn one_bucket(aggregate: &Aggregate, cells: Vec<Cell>) -> Value {
    if aggregate.group_by.is_empty() {
        let nothing = || {
            aggregate
                .measures
                .analyses()
                .into_iter()
                .map(of_nothing)
                .collect()
        };
        let values = cells
            .into_iter()
            .next()
            .map_or_else(nothing, |cell| cell.values);
        return ungrouped(&aggregate.measures, values);
    }
    let rows = cells
        .into_iter()
        .take(aggregate.limit.unwrap_or(usize::MAX));
    Value::List(rows.map(|cell| row(aggregate, cell)).collect())
}

fn ungrouped(measures: &Measures, values: Vec<Value>) -> Value {
    match measures {
        Measures::One(_) => values.into_iter().next().unwrap_or(Value::Null),
        Measures::Many(labelled) => {
            let labels = labelled.iter().map(|(label, _)| label.clone());
            Value::Object(labels.zip(values).collect())
        }
    }
}

fn row(aggregate: &Aggregate, cell: Cell) -> Value {
    let mut properties: Vec<(String, Value)> = Vec::new();
    for (grouping, value) in aggregate.group_by.iter().zip(cell.group) {
        properties.push((
            grouping.property().to_string(),
            group_label(grouping, value),
        ));
    }
    match &aggregate.measures {
        Measures::One(_) => {
            let value = cell.values.into_iter().next().unwrap_or(Value::Null);
            properties.push(("result".to_owned(), value));
        }
        Measures::Many(labelled) => {
            let labels = labelled.iter().map(|(label, _)| label.clone());
            properties.extend(labels.zip(cell.values));
        }
    }
    Value::Object(properties)
}

fn whole_event(event: Event) -> Value {
    let (timestamp, created_at) = (event.timestamp.to_string(), event.created_at.to_string());
    let mut keen = vec![
        ("timestamp".to_owned(), Value::Text(timestamp)),
        ("created_at".to_owned(), Value::Text(created_at)),
        ("id".to_owned(), Value::Text(event.id)),
    ];
    let Value::Object(mut properties) = event.body else {
        return Value::Null;
    };
    let at = properties.iter().position(|(name, _)| name == "keen");
    if let Some((_, Value::Object(stored))) = at.map(|at| properties.remove(at)) {
        keen.extend(stored);
    }
    properties.insert(0, ("keen".to_owned(), Value::Object(keen)));
    Value::Object(properties)
}

/// Puts a value at a dotted path into nested objects.
fn insert(properties: &mut Vec<(String, Value)>, path: &str, value: Value) {
    let Some((first, rest)) = path.split_once('.') else {
        // What is there already is a part of it: `a.b` was asked for before `a`.
        match properties.iter_mut().find(|(name, _)| name == path) {
            Some((_, part)) => *part = value,
            None => properties.push((path.to_owned(), value)),
        }
        return;
    };
    if !properties.iter().any(|(name, _)| name == first) {
        properties.push((first.to_owned(), Value::Object(Vec::new())));
    }
    let inside = properties.iter_mut().find(|(name, _)| name == first);
    if let Some((_, Value::Object(inside))) = inside {
        insert(inside, rest, value);
    }
}
