//! Minutes, hours, days: in what does a query count time?

use super::calendar::CalendarUnit;

/// A unit of the local clock or the local calendar.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Unit {
    /// 60 seconds.
    Minute,
    /// 60 minutes, also when the clocks change in it.
    Hour,
    /// From one local midnight to the next.
    Day,
    /// Seven local days, from Sunday.
    Week,
    /// From the first of a local month to the first of the next.
    Month,
    /// From one local 1 January to the next.
    Year,
}

/// How a unit is stepped.
pub(super) enum Pace {
    /// That many milliseconds, whatever the clocks do.
    Elapsed(i64),
    /// From one local date to another, however long that takes.
    Calendar(CalendarUnit),
}

impl Unit {
    /// All of them, the shortest first.
    pub const ALL: [Unit; 6] = [
        Unit::Minute,
        Unit::Hour,
        Unit::Day,
        Unit::Week,
        Unit::Month,
        Unit::Year,
    ];

    /// Reads `day` and `days` alike.
    pub fn parse(text: &str) -> Option<Unit> {
        let singular = text.strip_suffix('s').unwrap_or(text);
        Unit::ALL
            .into_iter()
            .find(|unit| unit.singular() == singular)
    }

    /// `day`.
    pub fn singular(self) -> &'static str {
        match self {
            Unit::Minute => "minute",
            Unit::Hour => "hour",
            Unit::Day => "day",
            Unit::Week => "week",
            Unit::Month => "month",
            Unit::Year => "year",
        }
    }

    pub(super) fn pace(self) -> Pace {
        match self {
            Unit::Minute => Pace::Elapsed(60_000),
            Unit::Hour => Pace::Elapsed(3_600_000),
            Unit::Day => Pace::Calendar(CalendarUnit::Day),
            Unit::Week => Pace::Calendar(CalendarUnit::Week),
            Unit::Month => Pace::Calendar(CalendarUnit::Month),
            Unit::Year => Pace::Calendar(CalendarUnit::Year),
        }
    }
}

/// Reads `7_days`: how many, from 1 to `most`, and of what.
pub(super) fn parse_counted(text: &str, most: u32) -> Option<(u32, Unit)> {
    let (count, unit) = text.split_once('_')?;
    // `parse` alone would also take a plus sign.
    if !count.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let count = count
        .parse()
        .ok()
        .filter(|count| (1..=most).contains(count))?;
    Some((count, Unit::parse(unit)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_plain_digits_within_bounds_and_a_unit_follows() {
        assert_eq!(parse_counted("1_day", 10), Some((1, Unit::Day)));
        assert_eq!(parse_counted("10_weeks", 10), Some((10, Unit::Week)));
        let refused = [
            "0_days", "11_days", "+1_days", "-1_days", "1.0_days", " 1_days", "_days",
        ];
        for text in
            refused
                .into_iter()
                .chain(["1days", "1_", "1_dayss", "1_Days", "99999999999_days"])
        {
            assert_eq!(parse_counted(text, 10), None, "{text}");
        }
    }
}
