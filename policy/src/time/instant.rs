//! Which moment is it?

use super::calendar::{Date, MILLISECONDS_PER_DAY};
use super::iso;
use std::fmt;

/// Milliseconds since 1970-01-01T00:00Z, within the years 0001..=9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Instant(i64);

impl Instant {
    /// 0001-01-01T00:00:00.000Z.
    pub const MIN: Instant = Instant(-62_135_596_800_000);
    /// 9999-12-31T23:59:59.999Z.
    pub const MAX: Instant = Instant(253_402_300_799_999);

    /// `None` outside the years 0001..=9999.
    pub fn from_milliseconds(milliseconds: i64) -> Option<Instant> {
        let instant = Instant(milliseconds);
        (Instant::MIN..=Instant::MAX)
            .contains(&instant)
            .then_some(instant)
    }

    /// Milliseconds since 1970-01-01T00:00Z.
    pub fn milliseconds(self) -> i64 {
        self.0
    }

    /// Reads ISO 8601: a date, or a date and a time, to any number of decimals (beyond the
    /// third they are dropped). The zone is `Z`, `±hh:mm`, `±hhmm` or `±hh`; none means UTC.
    pub fn parse(text: &str) -> Option<Instant> {
        Instant::from_milliseconds(iso::parse(text)?)
    }

    /// That much later, or [`Instant::MAX`] when the calendar ends before.
    pub fn saturating_add_milliseconds(self, milliseconds: i64) -> Instant {
        Instant::nearest_to(self.0.saturating_add(milliseconds))
    }

    /// That much earlier, or [`Instant::MIN`] when the calendar begins after.
    pub fn saturating_sub_milliseconds(self, milliseconds: i64) -> Instant {
        Instant::nearest_to(self.0.saturating_sub(milliseconds))
    }

    /// The instant at that many milliseconds, or the end of the calendar that lies closer.
    pub(super) fn nearest_to(milliseconds: i64) -> Instant {
        Instant(milliseconds).max(Instant::MIN).min(Instant::MAX)
    }
}

/// `YYYY-MM-DDTHH:MM:SS.mmmZ`.
impl fmt::Display for Instant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Date { year, month, day } = Date::of_day(self.0.div_euclid(MILLISECONDS_PER_DAY));
        let of_day = self.0.rem_euclid(MILLISECONDS_PER_DAY);
        let (hours, minutes) = (of_day / 3_600_000, of_day / 60_000 % 60);
        let (seconds, milliseconds) = (of_day / 1_000 % 60, of_day % 1_000);
        write!(
            formatter,
            "{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{milliseconds:03}Z"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read_back_to_the_millisecond() {
        let cases = [
            (Instant::MIN.0, "0001-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_709_251_199_999, "2024-02-29T23:59:59.999Z"),
            (Instant::MAX.0, "9999-12-31T23:59:59.999Z"),
        ];
        for (milliseconds, text) in cases {
            let instant = Instant::from_milliseconds(milliseconds).unwrap();
            assert_eq!(instant.to_string(), text);
            assert_eq!(Instant::parse(text), Some(instant));
        }
    }

    #[test]
    fn the_calendar_ends_where_it_says() {
        assert_eq!(Instant::from_milliseconds(Instant::MIN.0 - 1), None);
        assert_eq!(Instant::from_milliseconds(Instant::MAX.0 + 1), None);
        assert_eq!(Instant::MAX.saturating_add_milliseconds(1), Instant::MAX);
        assert_eq!(
            Instant::MIN.saturating_add_milliseconds(i64::MAX),
            Instant::MAX
        );
        assert_eq!(
            Instant::MIN.saturating_sub_milliseconds(i64::MAX),
            Instant::MIN
        );
        assert_eq!(
            Instant::MAX.saturating_sub_milliseconds(i64::MIN),
            Instant::MAX
        );
    }
}
