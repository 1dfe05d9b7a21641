//! How wide is each bucket?

use super::Unit;
use super::unit::parse_counted;
use std::fmt;

/// The most units that one bucket may be wide.
pub const INTERVAL_UNITS_MAX: u32 = 10_000;

/// So many units per bucket.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Interval {
    count: u32,
    unit: Unit,
}

impl Interval {
    /// `None` unless the count is in 1..=[`INTERVAL_UNITS_MAX`].
    pub fn new(count: u32, unit: Unit) -> Option<Interval> {
        (1..=INTERVAL_UNITS_MAX)
            .contains(&count)
            .then_some(Interval { count, unit })
    }

    /// Reads `minutely`, `hourly`, `daily`, `weekly`, `monthly`, `yearly` and `every_3_days`.
    pub fn parse(text: &str) -> Option<Interval> {
        if let Some(units) = text.strip_prefix("every_") {
            let (count, unit) = parse_counted(units, INTERVAL_UNITS_MAX)?;
            return Interval::new(count, unit);
        }
        let unit = Unit::ALL
            .into_iter()
            .find(|unit| name_of_one(*unit) == text)?;
        Interval::new(1, unit)
    }

    /// How many units wide.
    pub fn count(self) -> u32 {
        self.count
    }

    /// Of what.
    pub fn unit(self) -> Unit {
        self.unit
    }
}

fn name_of_one(unit: Unit) -> &'static str {
    match unit {
        Unit::Minute => "minutely",
        Unit::Hour => "hourly",
        Unit::Day => "daily",
        Unit::Week => "weekly",
        Unit::Month => "monthly",
        Unit::Year => "yearly",
    }
}

/// The one form of all that [`Interval::parse`] reads: `daily`, `every_3_days`.
impl fmt::Display for Interval {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.count {
            1 => formatter.write_str(name_of_one(self.unit)),
            count => write!(formatter, "every_{count}_{}s", self.unit.singular()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_has_one_canonical_form() {
        let cases = [
            ("minutely", "minutely"),
            ("hourly", "hourly"),
            ("daily", "daily"),
            ("weekly", "weekly"),
            ("monthly", "monthly"),
            ("yearly", "yearly"),
            ("every_1_days", "daily"),
            ("every_1_day", "daily"),
            ("every_15_minutes", "every_15_minutes"),
            ("every_10000_year", "every_10000_years"),
        ];
        for (text, canonical) in cases {
            let interval = Interval::parse(text).unwrap();
            assert_eq!(interval.to_string(), canonical);
            assert_eq!(Interval::parse(canonical), Some(interval));
        }
    }

    #[test]
    fn what_is_no_interval_is_refused() {
        let cases = [
            "",
            "day",
            "secondly",
            "Daily",
            "every_day",
            "every_0_days",
            "every_10001_days",
        ];
        for text in cases
            .into_iter()
            .chain(["every__days", "every_2_daily", "every_2_days_"])
        {
            assert_eq!(Interval::parse(text), None, "{text}");
        }
        assert_eq!(Interval::new(0, Unit::Day), None);
    }
}
