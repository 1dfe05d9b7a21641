//! What does a local clock show, and when does it first show a given time?

use super::{Instant, OffsetSeconds, Zone, Zones};

/// Farther than this from UTC no clock is.
const OFFSET_MILLISECONDS_MAX: i64 = OffsetSeconds::MAX as i64 * 1_000;

/// The clock on the wall of one zone. What it shows is milliseconds from 1970-01-01T00:00 of
/// its own.
#[derive(Clone, Copy)]
pub(super) struct LocalClock<'a> {
    pub(super) zone: &'a Zone,
    pub(super) zones: &'a dyn Zones,
}

impl LocalClock<'_> {
    pub(super) fn shows(self, at: Instant) -> i64 {
        at.milliseconds() + self.offset(at.milliseconds())
    }

    /// The first instant at which the clock shows that time or a later one: the earlier of two
    /// when the clock was put back over it, the end of the gap when it was put forward over it.
    ///
    /// A later time is therefore never shown first at an earlier instant. `None` outside the
    /// years 0001..=9999. Two changes within 36 hours would confuse it; no zone has had them.
    pub(super) fn first_showing(self, local: i64) -> Option<Instant> {
        let before = self.offset(local.checked_sub(OFFSET_MILLISECONDS_MAX)?);
        let after = self.offset(local.checked_add(OFFSET_MILLISECONDS_MAX)?);
        let by_before = local.checked_sub(before)?;
        if before == after || self.offset(by_before) == before {
            return Instant::from_milliseconds(by_before);
        }
        let by_after = local.checked_sub(after)?;
        if self.offset(by_after) == after {
            return Instant::from_milliseconds(by_after);
        }
        Instant::from_milliseconds(self.change_between(by_after, by_before, before))
    }

    /// The first instant whose offset is not `before` any more.
    fn change_between(self, mut earlier: i64, mut later: i64, before: i64) -> i64 {
        while later - earlier > 1 {
            let middle = earlier + (later - earlier) / 2;
            if self.offset(middle) == before {
                earlier = middle;
            } else {
                later = middle;
            }
        }
        later
    }

    /// Milliseconds ahead of UTC, held to 18 hours whatever the database says.
    fn offset(self, at: i64) -> i64 {
        let seconds = self
            .zone
            .offset_seconds(Instant::nearest_to(at), self.zones);
        i64::from(seconds.clamp(-OffsetSeconds::MAX, OffsetSeconds::MAX)) * 1_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::testing::{FewZones, changes, instant, names, zone};

    #[test]
    fn midnights_that_are_missing_or_doubled_have_one_first_instant() {
        let cases = [
            ("Europe/Warsaw", "2024-03-31T00:00", "2024-03-30T23:00Z"),
            ("Europe/Warsaw", "2024-03-31T02:00", "2024-03-31T01:00Z"),
            (
                "Europe/Warsaw",
                "2024-03-31T02:59:59.999",
                "2024-03-31T01:00Z",
            ),
            ("Europe/Warsaw", "2024-10-27T02:30", "2024-10-27T00:30Z"),
            ("America/Havana", "2024-03-10T00:00", "2024-03-10T05:00Z"),
            ("America/Havana", "2024-11-03T00:00", "2024-11-03T04:00Z"),
            ("America/St_Johns", "2010-11-07T00:00", "2010-11-07T02:30Z"),
            ("Pacific/Apia", "2011-12-30T00:00", "2011-12-30T10:00Z"),
            ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00Z"),
            ("Pacific/Apia", "2011-12-31T00:00", "2011-12-30T10:00Z"),
            ("-64800", "2024-01-01T00:00", "2024-01-01T18:00Z"),
        ];
        for (name, local, expected) in cases {
            let zone = zone(name);
            let clock = LocalClock {
                zone: &zone,
                zones: &FewZones,
            };
            let found = clock.first_showing(instant(local).milliseconds());
            assert_eq!(found, Some(instant(expected)), "{name} {local}");
        }
    }

    #[test]
    fn the_answer_is_the_one_that_watching_the_clock_would_give() {
        const MINUTE: i64 = 60_000;
        for name in names() {
            let zone = zone(name);
            let clock = LocalClock {
                zone: &zone,
                zones: &FewZones,
            };
            for change in changes(name) {
                let start = change.saturating_sub_milliseconds(3 * 1_440 * MINUTE);
                let mut watched = start;
                let first = clock.shows(start);
                for step in 0..6 * 1_440 {
                    let local = first + step * MINUTE;
                    while clock.shows(watched) < local {
                        watched = watched.saturating_add_milliseconds(MINUTE);
                    }
                    assert_eq!(
                        clock.first_showing(local),
                        Some(watched),
                        "{name} {watched}"
                    );
                }
            }
        }
    }

    #[test]
    fn times_that_no_calendar_has_are_never_shown() {
        for local in [i64::MIN, i64::MAX, Instant::MAX.milliseconds() + 1] {
            assert_eq!(
                LocalClock {
                    zone: &Zone::UTC,
                    zones: &FewZones
                }
                .first_showing(local),
                None
            );
        }
    }
}
