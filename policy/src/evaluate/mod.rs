//! What does a question mean over a slice of events? Plain code that every store must agree with.

mod funnel;

use crate::event::Event;
use crate::query::{Aggregate, Analysis, Extraction, Grouping, Portion, Query, Selection};
use crate::result::{Answer, Cell};
use crate::value::{Number, Value};

/// Answers a question over the events of one collection each: `events_of(collection name)`.
pub fn evaluate<'a>(query: &Query, events_of: impl Fn(&str) -> &'a [Event]) -> Answer {
    match query {
        Query::Aggregate(aggregate) => {
            let events = selected(&aggregate.selection, &events_of);
            Answer::Cells(cells(aggregate, &events))
        }
        Query::Extraction(extraction) => Answer::Events(extract(
            extraction,
            selected(&extraction.selection, &events_of),
        )),
        Query::Funnel(funnel) => funnel::answer(funnel, &events_of),
    }
}

fn selected<'a>(selection: &Selection, events_of: &impl Fn(&str) -> &'a [Event]) -> Vec<&'a Event> {
    let holds = |event: &&Event| {
        selection.span.contains(event.timestamp) && selection.filter.accepts(event)
    };
    events_of(selection.collection.as_str())
        .iter()
        .filter(holds)
        .collect()
}

fn cells(aggregate: &Aggregate, events: &[&Event]) -> Vec<Cell> {
    let mut sets: Vec<(Option<usize>, Vec<Value>, Vec<&Event>)> = Vec::new();
    for event in events {
        let bucket = aggregate
            .buckets
            .as_ref()
            .and_then(|buckets| buckets.index_of(event.timestamp));
        let group: Vec<Value> = aggregate
            .group_by
            .iter()
            .map(|by| group_of(by, event))
            .collect();
        match sets
            .iter_mut()
            .find(|(other, values, _)| *other == bucket && *values == group)
        {
            Some((_, _, members)) => members.push(event),
            None => sets.push((bucket, group, vec![event])),
        }
    }
    let analyses = aggregate.measures.analyses();
    let cell = |(bucket, group, members): (Option<usize>, Vec<Value>, Vec<&Event>)| {
        let values = analyses
            .iter()
            .map(|analysis| analyse(analysis, &members))
            .collect();
        Cell {
            bucket,
            group,
            values,
        }
    };
    sets.into_iter().map(cell).collect()
}

/// The group's value; for classes and ranges its number (see [`crate::result::group_label`]).
fn group_of(grouping: &Grouping, event: &Event) -> Value {
    let found = event.property(grouping.property());
    match grouping {
        Grouping::Property(_) => found.unwrap_or(Value::Null),
        Grouping::Classes { classes, .. } => {
            let number = found.and_then(|value| value.as_number());
            let class = number.map(|number| classes.class_of(number) as f64);
            class
                .and_then(Number::new)
                .map_or(Value::Null, Value::Number)
        }
        Grouping::Ranges { ranges, .. } => {
            let number = found.and_then(|value| value.as_number());
            let holds = |number: Number| {
                ranges.iter().position(|range| {
                    range.from.is_none_or(|from| from <= number)
                        && range.to.is_none_or(|to| number < to)
                })
            };
            number.and_then(holds).map_or(Value::Null, Value::count)
        }
    }
}

/// The distinct values of a property, ascending; null where it is stored, not where it is missing.
fn distinct(property: &crate::filter::Property, events: &[&Event]) -> Vec<Value> {
    let mut values: Vec<Value> = events
        .iter()
        .filter_map(|event| event.property(property))
        .collect();
    values.sort_by(Value::compare);
    values.dedup();
    values
}

/// The value of one analysis over a set of events.
fn analyse(analysis: &Analysis, events: &[&Event]) -> Value {
    let mut numbers: Vec<Number> = match analysis.target() {
        None => Vec::new(),
        Some(target) => {
            let number =
                |event: &&Event| event.property(target).and_then(|value| value.as_number());
            events.iter().filter_map(number).collect()
        }
    };
    numbers.sort();
    let total = || numbers.iter().map(|number| number.double()).sum::<f64>();
    let mean = || total() / numbers.len() as f64;
    let unless_empty = |double: &dyn Fn() -> f64| {
        let number = if numbers.is_empty() {
            None
        } else {
            Number::new(double())
        };
        number.map_or(Value::Null, Value::Number)
    };
    let ranked = |percent: crate::query::Percent| {
        let rank = percent.nearest_rank(numbers.len() as u64) as usize;
        numbers
            .get(rank.saturating_sub(1))
            .copied()
            .map_or(Value::Null, Value::Number)
    };
    match analysis {
        Analysis::Count => Value::count(events.len()),
        Analysis::CountUnique(property) => Value::count(distinct(property, events).len()),
        Analysis::SelectUnique(property) => Value::List(distinct(property, events)),
        Analysis::Minimum(_) => numbers.first().copied().map_or(Value::Null, Value::Number),
        Analysis::Maximum(_) => numbers.last().copied().map_or(Value::Null, Value::Number),
        Analysis::Sum(_) => Number::new(total()).map_or(Value::Null, Value::Number),
        Analysis::Average(_) => unless_empty(&mean),
        Analysis::Median(_) => ranked(crate::query::Percent::HALF),
        Analysis::Percentile(_, percent) => ranked(*percent),
        Analysis::StandardDeviation(_) => unless_empty(&|| {
            let mean = mean();
            let squares = numbers
                .iter()
                .map(|number| (number.double() - mean).powi(2))
                .sum::<f64>();
            (squares / numbers.len() as f64).sqrt()
        }),
    }
}

fn extract(extraction: &Extraction, mut events: Vec<&Event>) -> Vec<Event> {
    events.sort_by_key(|event| event.place());
    match &extraction.portion {
        Portion::Everything => {}
        Portion::Latest(latest) | Portion::Newest(latest) => {
            events.reverse();
            events.truncate(*latest);
        }
        Portion::Page(page) => {
            let follows = |event: &&Event| page.after.as_ref() < Some(&event.place());
            events.retain(follows);
            events.truncate(page.size);
        }
    }
    events.into_iter().cloned().collect()
}
