//! What are the parts of an instant? On the clock of the zone that it was written in.

use crate::time::WrittenTime;
use crate::value::{Number, Value};

const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

/// Days and weeks as ISO 8601 counts them: Monday is 1, and week 1 holds the year's first Thursday.
pub(super) fn find(text: &str) -> Option<Value> {
    let time = WrittenTime::parse(text.trim())?;
    let number = |number: i64| Number::from_whole(number.into()).map(Value::Number);
    let day = usize::try_from(time.day_of_week - 1).ok();
    let day = day.and_then(|day| DAYS.get(day)).copied()?;
    let numbers = [
        ("year", time.year),
        ("month", time.month),
        ("day_of_month", time.day_of_month),
        ("day_of_week", time.day_of_week),
        ("week", time.week),
        ("hour", time.hour),
        ("minute", time.minute),
        ("second", time.second),
        ("millisecond", time.millisecond),
        ("timezone_offset", time.offset_seconds),
    ];
    let numbers = numbers
        .into_iter()
        .filter_map(|(name, value)| Some((name, number(value)?)));
    let named = std::iter::once(("day_of_week_string", Value::text(day)));
    Some(Value::object(numbers.chain(named)))
}
