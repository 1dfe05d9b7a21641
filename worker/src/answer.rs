//! Which answer do a statement's rows hold?

use crate::refusal::Refusal;
use crate::sql::aggregate::Part;
use crate::store::Rows;
use crate::store::row::Row;
use keyhole_policy::event::{Event, EventPlace};
use keyhole_policy::query::{Aggregate, Extraction, Portion};
use keyhole_policy::result::{self, Cell};
use keyhole_policy::time::Instant;
use keyhole_policy::value::{Number, Value, parse};
use std::collections::BTreeMap;

/// Puts together what the statements of several parts say of the same groups.
pub fn cells(
    aggregate: &Aggregate,
    parts: &[Part],
    answers: &[Rows],
) -> Result<Vec<Cell>, Refusal> {
    let analyses = aggregate.measures.analyses();
    let mut by_group = BTreeMap::<(Option<usize>, Vec<String>), Vec<Value>>::new();
    for (part, rows) in parts.iter().zip(answers) {
        for row in &rows.rows {
            let mut row = Row::new("aggregate", row)?;
            let bucket = match row.value()? {
                Value::Null => None,
                number => number
                    .as_number()
                    .and_then(|number| number.whole())
                    .and_then(|at| usize::try_from(at).ok()),
            };
            let group: Vec<String> = row.list()?.iter().map(group_text).collect();
            let values = row.list()?;
            let nothing = || {
                analyses
                    .iter()
                    .map(|analysis| result::of_nothing(analysis))
                    .collect()
            };
            let cell = by_group.entry((bucket, group)).or_insert_with(nothing);
            put(part, values, cell)?;
        }
    }
    let cell = |((bucket, group), mut values): ((Option<usize>, Vec<String>), Vec<Value>)| {
        let group: Result<Vec<Value>, Refusal> = group
            .iter()
            .map(|text| parse(text.as_bytes()).map_err(|_| Refusal::corrupt("aggregate")))
            .collect();
        values.iter_mut().for_each(sort_list);
        Ok(Cell {
            bucket,
            group: group?,
            values,
        })
    };
    by_group.into_iter().map(cell).collect()
}

/// A dataset's rows `[part, start, group, values]`, those that hold, as each part's statement would answer them.
pub fn dataset_rows(
    aggregate: &Aggregate,
    parts: &[Part],
    rows: &Rows,
    holds: &impl Fn(Instant) -> bool,
) -> Result<Vec<Rows>, Refusal> {
    let corrupt = || Refusal::corrupt("dataset");
    let groupings = aggregate.group_by.len();
    let mut by_part: Vec<Rows> = Vec::new();
    by_part.resize_with(parts.len(), Rows::default);
    for row in &rows.rows {
        let mut row = Row::new("dataset", row)?;
        let part = usize::try_from(row.whole()?).map_err(|_| corrupt())?;
        let start = row.instant()?;
        if !holds(start) {
            continue;
        }
        let (group, values) = (row.list()?, row.value()?);
        let buckets = aggregate.buckets.as_ref();
        let bucket = buckets.and_then(|buckets| buckets.index_of(start));
        let (group, distinct) = group.split_at_checked(groupings).ok_or_else(corrupt)?;
        let values = match parts.get(part) {
            Some(part) if part.is_distinct => Value::List(distinct.to_vec()),
            _ => values.clone(),
        };
        let answered = Value::List(vec![
            Value::count(bucket.ok_or_else(corrupt)?),
            Value::List(group.to_vec()),
            values,
        ]);
        by_part
            .get_mut(part)
            .ok_or_else(corrupt)?
            .rows
            .push(answered);
    }
    Ok(by_part)
}

/// A group's value as JSON text: values come as such, numbers of classes as numbers.
fn group_text(value: &Value) -> String {
    value
        .as_text()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn put(part: &Part, values: &[Value], cell: &mut [Value]) -> Result<(), Refusal> {
    let corrupt = || Refusal::corrupt("aggregate");
    if part.is_distinct {
        let place = part
            .measures
            .first()
            .and_then(|at| cell.get_mut(*at))
            .ok_or_else(corrupt)?;
        let (Value::List(distinct), Some(value)) = (place, values.first()) else {
            return Err(corrupt());
        };
        if let Some(text) = value.as_text() {
            distinct.push(parse(text.as_bytes()).map_err(|_| corrupt())?);
        }
        return Ok(());
    }
    let flat = values.iter().flat_map(|chunk| match chunk {
        Value::List(items) => items.as_slice(),
        _ => &[],
    });
    for (at, value) in part.measures.iter().zip(flat) {
        *cell.get_mut(*at).ok_or_else(corrupt)? = value.clone();
    }
    Ok(())
}

fn sort_list(value: &mut Value) {
    if let Value::List(items) = value {
        items.sort_by(Value::compare);
    }
}

/// The events of an extraction, and where to go on after them if they are a page that others follow.
pub fn events(
    extraction: &Extraction,
    rows: &Rows,
) -> Result<(Vec<Event>, Option<EventPlace>), Refusal> {
    let events: Result<Vec<Event>, Refusal> = rows.rows.iter().map(event).collect();
    let mut events = events?;
    let size = match &extraction.portion {
        Portion::Page(page) => page.size,
        _ => return Ok((events, None)),
    };
    let others_follow = rows.is_cut || events.len() > size;
    events.truncate(size);
    let last = events.last().filter(|_| others_follow).map(Event::place);
    Ok((events, last))
}

/// An event from a row `[timestamp, created_at, id, body]`.
pub fn event(row: &Value) -> Result<Event, Refusal> {
    let mut row = Row::new("event", row)?;
    let instant = |milliseconds| {
        Instant::from_milliseconds(milliseconds).ok_or_else(|| Refusal::corrupt("event"))
    };
    Ok(Event {
        timestamp: instant(row.whole()?)?,
        created_at: instant(row.whole()?)?,
        id: row.text()?.to_owned(),
        body: row.value()?.clone(),
    })
}

/// The one column of rows that hold one text each.
pub fn texts(place: &'static str, rows: &Rows) -> Result<Vec<String>, Refusal> {
    rows.rows
        .iter()
        .map(|row| Ok(Row::new(place, row)?.text()?.to_owned()))
        .collect()
}

/// How many actors came as far as each step, bucket by bucket, from rows of `[bucket, [count, …]]`.
pub fn funnel_series(
    rows: &Rows,
    buckets: usize,
    steps: usize,
) -> Result<Vec<Vec<usize>>, Refusal> {
    let mut series = vec![vec![0; steps]; buckets];
    let corrupt = || Refusal::corrupt("funnel");
    let size = |whole: i64| usize::try_from(whole).map_err(|_| corrupt());
    for row in &rows.rows {
        let mut row = Row::new("funnel", row)?;
        let counts = series.get_mut(size(row.whole()?)?).ok_or_else(corrupt)?;
        for (count, found) in counts.iter_mut().zip(row.list()?) {
            *count = size(
                found
                    .as_number()
                    .and_then(Number::whole)
                    .ok_or_else(corrupt)?,
            )?;
        }
    }
    Ok(series)
}

/// The actors of a funnel's step, ascending.
pub fn actors(rows: &Rows) -> Result<Value, Refusal> {
    let read = |text: &String| parse(text.as_bytes()).map_err(|_| Refusal::corrupt("funnel"));
    let actors: Result<Vec<Value>, Refusal> = texts("funnel", rows)?.iter().map(read).collect();
    let mut list = Value::List(actors?);
    sort_list(&mut list);
    Ok(list)
}
