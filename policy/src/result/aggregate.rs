//! Which JSON do the cells of an aggregate become? Zero fill, limits and labels.

use super::order::{compare_groups, order};
use super::{Cell, TooManyRows, timeframe};
use crate::limits;
use crate::query::{Aggregate, Analysis, Grouping, Measures};
use crate::value::{Number, Value};

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
