//! Where does each minute, hour, day, week, month or year begin, in a zone?

use super::calendar::{CalendarUnit, MILLISECONDS_PER_DAY};
use super::local::LocalClock;
use super::unit::Pace;
use super::{Instant, Unit};

/// The units of one kind, numbered from the one that holds a given instant, which is 0.
///
/// Minutes and hours are elapsed time counted from there, so that an hour which the clock shows
/// twice is two hours. Days and longer follow the local calendar.
pub(super) struct Ruler<'a> {
    marks: Marks,
    clock: LocalClock<'a>,
}

enum Marks {
    Elapsed { origin: i64, length: i64 },
    Calendar { origin: i64, unit: CalendarUnit },
}

impl<'a> Ruler<'a> {
    /// A ruler laid so that unit 0 holds `at`.
    pub(super) fn at(at: Instant, unit: Unit, clock: LocalClock<'a>) -> Ruler<'a> {
        let marks = match unit.pace() {
            Pace::Elapsed(length) => {
                let origin = at.milliseconds() - clock.shows(at).rem_euclid(length);
                Marks::Elapsed { origin, length }
            }
            Pace::Calendar(unit) => {
                let origin = calendar_number(at, unit, clock);
                Marks::Calendar { origin, unit }
            }
        };
        Ruler { marks, clock }
    }

    /// The first instant of that unit; `None` outside the years 0001..=9999.
    ///
    /// Of two units, the later one never begins earlier. They begin together when the zone
    /// skipped the first of them whole.
    pub(super) fn start_of(&self, number: i64) -> Option<Instant> {
        match self.marks {
            Marks::Elapsed { origin, length } => {
                let milliseconds = number.checked_mul(length)?.checked_add(origin)?;
                Instant::from_milliseconds(milliseconds)
            }
            Marks::Calendar { origin, unit } => {
                calendar_start(number.checked_add(origin)?, unit, self.clock)
            }
        }
    }

    /// The number of the last unit that has begun by then.
    pub(super) fn number_at(&self, at: Instant) -> i64 {
        match self.marks {
            Marks::Elapsed { origin, length } => (at.milliseconds() - origin).div_euclid(length),
            Marks::Calendar { origin, unit } => calendar_number(at, unit, self.clock) - origin,
        }
    }
}

fn calendar_start(number: i64, unit: CalendarUnit, clock: LocalClock<'_>) -> Option<Instant> {
    let midnight = unit.first_day(number)?.checked_mul(MILLISECONDS_PER_DAY)?;
    clock.first_showing(midnight)
}

fn calendar_number(at: Instant, unit: CalendarUnit, clock: LocalClock<'_>) -> i64 {
    let shown = unit.number_of(clock.shows(at).div_euclid(MILLISECONDS_PER_DAY));
    // A clock put back over midnight shows yesterday again, but today has begun.
    match calendar_start(shown + 1, unit, clock) {
        Some(next) if next <= at => shown + 1,
        _ => shown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::testing::{FewZones, changes, instant, names, zone};

    fn check(zone_text: &str, unit: Unit, at: &str, number: i64, expected: &str) {
        let zone = zone(zone_text);
        let clock = LocalClock {
            zone: &zone,
            zones: &FewZones,
        };
        let found = Ruler::at(instant(at), unit, clock).start_of(number);
        assert_eq!(
            found,
            Some(instant(expected)),
            "{zone_text} {unit:?} {at} {number}"
        );
    }

    #[test]
    fn units_begin_where_the_local_clock_and_calendar_say() {
        check(
            "0",
            Unit::Minute,
            "2024-02-29T12:34:56.789Z",
            0,
            "2024-02-29T12:34Z",
        );
        check(
            "5400",
            Unit::Hour,
            "2024-02-29T12:34Z",
            0,
            "2024-02-29T12:30Z",
        );
        check(
            "5400",
            Unit::Day,
            "2024-02-29T22:29Z",
            0,
            "2024-02-28T22:30Z",
        );
        check(
            "5400",
            Unit::Day,
            "2024-02-29T22:30Z",
            0,
            "2024-02-29T22:30Z",
        );
        check("0", Unit::Week, "2024-02-29T12:34Z", 0, "2024-02-25T00:00Z");
        check(
            "0",
            Unit::Month,
            "2024-02-29T12:34Z",
            -14,
            "2022-12-01T00:00Z",
        );
        check("0", Unit::Year, "2024-02-29T12:34Z", 1, "2025-01-01T00:00Z");
        check(
            "Europe/Warsaw",
            Unit::Month,
            "2024-03-31T12:00Z",
            1,
            "2024-03-31T22:00Z",
        );
    }

    #[test]
    fn an_hour_that_the_clock_shows_twice_is_two_hours() {
        check(
            "Europe/Warsaw",
            Unit::Hour,
            "2024-10-27T00:59Z",
            0,
            "2024-10-27T00:00Z",
        );
        check(
            "Europe/Warsaw",
            Unit::Hour,
            "2024-10-27T00:59Z",
            1,
            "2024-10-27T01:00Z",
        );
        check(
            "Europe/Warsaw",
            Unit::Hour,
            "2024-10-27T00:59Z",
            2,
            "2024-10-27T02:00Z",
        );
    }

    #[test]
    fn an_hour_begins_by_the_clock_in_force_inside_it() {
        check(
            "Australia/Lord_Howe",
            Unit::Hour,
            "2024-04-06T14:45Z",
            0,
            "2024-04-06T14:00Z",
        );
        check(
            "Australia/Lord_Howe",
            Unit::Hour,
            "2024-04-06T15:45Z",
            0,
            "2024-04-06T15:30Z",
        );
    }

    #[test]
    fn a_day_that_has_begun_has_begun_even_when_the_clock_is_put_back_over_midnight() {
        // 00:00:30, then 23:01:30 of the day before, which is later.
        check(
            "America/St_Johns",
            Unit::Day,
            "2010-11-07T02:30:30Z",
            0,
            "2010-11-07T02:30Z",
        );
        check(
            "America/St_Johns",
            Unit::Day,
            "2010-11-07T02:31:30Z",
            0,
            "2010-11-07T02:30Z",
        );
    }

    #[test]
    fn a_day_that_never_was_begins_with_the_next() {
        check(
            "Pacific/Apia",
            Unit::Day,
            "2011-12-30T09:59Z",
            0,
            "2011-12-29T10:00Z",
        );
        check(
            "Pacific/Apia",
            Unit::Day,
            "2011-12-30T09:59Z",
            1,
            "2011-12-30T10:00Z",
        );
        check(
            "Pacific/Apia",
            Unit::Day,
            "2011-12-30T09:59Z",
            2,
            "2011-12-30T10:00Z",
        );
        check(
            "Pacific/Apia",
            Unit::Day,
            "2011-12-30T09:59Z",
            3,
            "2011-12-31T10:00Z",
        );
        check(
            "Pacific/Apia",
            Unit::Day,
            "2011-12-30T10:00Z",
            0,
            "2011-12-30T10:00Z",
        );
    }

    #[test]
    fn every_instant_is_inside_the_unit_whose_number_it_gets() {
        for name in names() {
            let zone = zone(name);
            let clock = LocalClock {
                zone: &zone,
                zones: &FewZones,
            };
            for (change, unit) in changes(name).flat_map(|it| Unit::ALL.map(|unit| (it, unit))) {
                for minutes in (-3_000..3_000).step_by(7) {
                    let at = change.saturating_add_milliseconds(minutes * 60_000);
                    let ruler = Ruler::at(at, unit, clock);
                    assert_eq!(ruler.number_at(at), 0, "{name} {unit:?} {at}");
                    assert!(ruler.start_of(0).unwrap() <= at, "{name} {unit:?} {at}");
                    assert!(ruler.start_of(1).unwrap() > at, "{name} {unit:?} {at}");
                }
            }
        }
    }

    #[test]
    fn beyond_the_calendar_no_unit_begins() {
        let clock = LocalClock {
            zone: &crate::time::Zone::UTC,
            zones: &FewZones,
        };
        for unit in Unit::ALL {
            let ruler = Ruler::at(Instant::MAX, unit, clock);
            for number in [1, i64::MAX, i64::MIN, -i64::from(u32::MAX) * 10_000] {
                assert_eq!(ruler.start_of(number), None, "{unit:?} {number}");
            }
        }
    }
}
