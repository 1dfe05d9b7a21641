//! Which span does a timeframe mean, now?

use super::local::LocalClock;
use super::ruler::Ruler;
use super::unit::parse_counted;
use super::{Instant, Span, Unit, Zone, Zones};
use std::fmt;

/// The most units that a relative timeframe may ask for.
pub const RELATIVE_UNITS_MAX: u32 = 1_000_000;

/// A timeframe as defined, before `now` is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Timeframe {
    /// From one instant to another.
    Absolute(Span),
    /// Whole units, counted from now.
    Relative(Relative),
}

/// Whole units of the local clock or calendar, counted from now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Relative {
    /// With the running unit, or without.
    pub position: Position,
    /// How many units, from 1 to [`RELATIVE_UNITS_MAX`].
    pub count: u32,
    /// Of what.
    pub unit: Unit,
}

/// Where a relative timeframe ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Position {
    /// At the end of the running unit.
    This,
    /// At its start.
    Previous,
}

impl Relative {
    /// Reads `this_7_days`, `this_day`, `previous_3_months`, `last_2_weeks` (the same as
    /// `previous`), `today` and `yesterday`; units in the singular or the plural.
    pub fn parse(text: &str) -> Option<Relative> {
        let (position, units) = match text {
            "today" => (Position::This, "day"),
            "yesterday" => (Position::Previous, "day"),
            _ => {
                let (position, units) = text.split_once('_')?;
                (Position::parse(position)?, units)
            }
        };
        let (count, unit) = match Unit::parse(units) {
            Some(unit) => (1, unit),
            None => parse_counted(units, RELATIVE_UNITS_MAX)?,
        };
        Some(Relative {
            position,
            count,
            unit,
        })
    }

    fn resolve(self, now: Instant, clock: LocalClock<'_>) -> Option<Span> {
        let ruler = Ruler::at(now, self.unit, clock);
        let end = match self.position {
            Position::This => 1,
            Position::Previous => 0,
        };
        let start = end - i64::from(self.count);
        Span::new(ruler.start_of(start)?, ruler.start_of(end)?)
    }
}

impl Position {
    fn parse(text: &str) -> Option<Position> {
        match text {
            "this" => Some(Position::This),
            "previous" | "last" => Some(Position::Previous),
            _ => None,
        }
    }
}

impl Timeframe {
    /// The span it means at `now`. `this_…` ends with the running unit, not at `now`: what is
    /// dated ahead of the clock but within the unit belongs to it.
    ///
    /// `None` outside the years 0001..=9999.
    pub fn resolve(&self, now: Instant, zone: &Zone, zones: &dyn Zones) -> Option<Span> {
        match self {
            Timeframe::Absolute(span) => Some(*span),
            Timeframe::Relative(relative) => relative.resolve(now, LocalClock { zone, zones }),
        }
    }
}

/// The one form of all that [`Relative::parse`] reads: `this_7_days`, `previous_1_months`.
impl fmt::Display for Relative {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let position = match self.position {
            Position::This => "this",
            Position::Previous => "previous",
        };
        write!(
            formatter,
            "{position}_{}_{}s",
            self.count,
            self.unit.singular()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::testing::{FewZones, instant, span, zone};

    #[test]
    fn every_spelling_has_one_canonical_form() {
        let cases = [
            ("this_7_days", "this_7_days"),
            ("this_7_day", "this_7_days"),
            ("this_day", "this_1_days"),
            ("this_days", "this_1_days"),
            ("this_1_year", "this_1_years"),
            ("previous_3_months", "previous_3_months"),
            ("last_2_weeks", "previous_2_weeks"),
            ("last_hour", "previous_1_hours"),
            ("today", "this_1_days"),
            ("yesterday", "previous_1_days"),
            ("this_1000000_minutes", "this_1000000_minutes"),
        ];
        for (text, canonical) in cases {
            let relative = Relative::parse(text).unwrap();
            assert_eq!(relative.to_string(), canonical);
            assert_eq!(Relative::parse(canonical), Some(relative));
        }
    }

    #[test]
    fn what_is_no_timeframe_is_refused() {
        let cases = [
            "",
            "this",
            "this_",
            "this_0_days",
            "this_-1_days",
            "next_day",
            "tomorrow",
        ];
        let more = [
            "this_7",
            "this_7_fortnights",
            "this_1000001_days",
            "This_day",
            "this__day",
        ];
        for text in cases
            .into_iter()
            .chain(more)
            .chain(["this_7_days_", "previous7days"])
        {
            assert_eq!(Relative::parse(text), None, "{text}");
        }
    }

    fn check(text: &str, zone_text: &str, now: &str, expected: (&str, &str)) {
        let timeframe = Timeframe::Relative(Relative::parse(text).unwrap());
        let resolved = timeframe.resolve(instant(now), &zone(zone_text), &FewZones);
        assert_eq!(
            resolved,
            Some(span(expected.0, expected.1)),
            "{text} {zone_text}"
        );
    }

    #[test]
    fn this_ends_with_the_running_unit_and_previous_ends_before_it() {
        let now = "2024-06-05T10:20:30.400Z";
        check(
            "this_minute",
            "0",
            now,
            ("2024-06-05T10:20Z", "2024-06-05T10:21Z"),
        );
        check(
            "previous_90_minutes",
            "0",
            now,
            ("2024-06-05T08:50Z", "2024-06-05T10:20Z"),
        );
        check(
            "this_2_hours",
            "1800",
            now,
            ("2024-06-05T08:30Z", "2024-06-05T10:30Z"),
        );
        check("today", "0", now, ("2024-06-05", "2024-06-06"));
        check("yesterday", "0", now, ("2024-06-04", "2024-06-05"));
        check(
            "this_7_days",
            "-25200",
            now,
            ("2024-05-30T07:00Z", "2024-06-06T07:00Z"),
        );
        check("this_week", "0", now, ("2024-06-02", "2024-06-09"));
        check("last_2_weeks", "0", now, ("2024-05-19", "2024-06-02"));
        check("previous_6_months", "0", now, ("2023-12-01", "2024-06-01"));
        check("this_2_years", "0", now, ("2023-01-01", "2025-01-01"));
    }

    #[test]
    fn the_first_instant_of_a_unit_belongs_to_it() {
        check(
            "this_month",
            "0",
            "2024-06-01",
            ("2024-06-01", "2024-07-01"),
        );
        check(
            "this_month",
            "0",
            "2024-05-31T23:59:59.999Z",
            ("2024-05-01", "2024-06-01"),
        );
    }

    #[test]
    fn local_days_are_as_long_as_the_clocks_make_them() {
        let spring = ("2024-03-30T23:00Z", "2024-03-31T22:00Z");
        check("today", "Europe/Warsaw", "2024-03-31T12:00Z", spring);
        let autumn = ("2024-10-26T22:00Z", "2024-10-27T23:00Z");
        check("yesterday", "Europe/Warsaw", "2024-10-28T12:00Z", autumn);
        // Yesterday never was.
        let skipped = ("2011-12-30T10:00Z", "2011-12-30T10:00Z");
        check("yesterday", "Pacific/Apia", "2011-12-30T11:00Z", skipped);
    }

    #[test]
    fn an_absolute_timeframe_does_not_depend_on_now_or_zone() {
        let expected = span("2024-01-01", "2024-02-01");
        let resolved =
            Timeframe::Absolute(expected).resolve(Instant::MIN, &zone("Pacific/Apia"), &FewZones);
        assert_eq!(resolved, Some(expected));
    }

    #[test]
    fn what_would_leave_the_calendar_means_nothing() {
        let cases = [
            ("this_3000_years", "2024-06-05"),
            ("this_1000000_years", "2024-06-05"),
            ("this_1000000_days", "2024-06-05"),
            ("this_day", "9999-12-31T12:00Z"),
            ("yesterday", "0001-01-01"),
        ];
        for (text, now) in cases {
            let timeframe = Timeframe::Relative(Relative::parse(text).unwrap());
            assert_eq!(
                timeframe.resolve(instant(now), &Zone::UTC, &FewZones),
                None,
                "{text}"
            );
        }
    }
}
