//! What does a clock show where a text was written? The parts of an ISO 8601 text, in its own zone.

use super::calendar::{Date, MILLISECONDS_PER_DAY};
use super::{Instant, iso};

/// An instant, as shown by the clock and the calendar of the offset that it was written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrittenTime {
    /// The year.
    pub year: i64,
    /// 1..=12.
    pub month: i64,
    /// 1..=31.
    pub day_of_month: i64,
    /// 1..=7, from Monday (ISO 8601).
    pub day_of_week: i64,
    /// 1..=53 (ISO 8601).
    pub week: i64,
    /// 0..=23.
    pub hour: i64,
    /// 0..=59.
    pub minute: i64,
    /// 0..=59.
    pub second: i64,
    /// 0..=999.
    pub millisecond: i64,
    /// How far its zone is ahead of UTC.
    pub offset_seconds: i64,
}

impl WrittenTime {
    /// Reads what [`Instant::parse`] reads.
    pub fn parse(text: &str) -> Option<WrittenTime> {
        let (utc, offset) = iso::parse_with_offset(text)?;
        Instant::from_milliseconds(utc)?;
        let local = utc + offset;
        let day = local.div_euclid(MILLISECONDS_PER_DAY);
        let of_day = local.rem_euclid(MILLISECONDS_PER_DAY);
        let date = Date::of_day(day);
        // 1970-01-01 was a Thursday.
        let from_monday = (day + 3).rem_euclid(7);
        let thursday = day - from_monday + 3;
        let first_day = Date {
            year: Date::of_day(thursday).year,
            month: 1,
            day: 1,
        };
        Some(WrittenTime {
            year: date.year,
            month: date.month,
            day_of_month: date.day,
            day_of_week: from_monday + 1,
            week: (thursday - first_day.day_number()) / 7 + 1,
            hour: of_day / 3_600_000,
            minute: of_day / 60_000 % 60,
            second: of_day / 1_000 % 60,
            millisecond: of_day % 1_000,
            offset_seconds: offset / 1_000,
        })
    }
}
