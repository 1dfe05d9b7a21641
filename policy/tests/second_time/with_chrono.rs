//! What does `chrono` make of a zone, and how is it compared with ours?

use crate::zones::{KNOWN_TO_DIFFER, ZONES};
use chrono::{DateTime, Datelike, Days, MappedLocalTime, Months, NaiveDate, NaiveTime, Offset};
use chrono::{TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::{GapInfo, Tz};
use keyhole_policy::time::{Buckets, BundledZones, Instant, Interval, Span, Unit, Zone};
use std::ops::Range;

pub const FIRST: &str = "2007-01-01T00:00:00Z";
pub const BEYOND: &str = "2038-01-01T00:00:00Z";

/// One zone, as both know it.
pub struct Both {
    pub name: &'static str,
    pub zones: BundledZones,
    pub ours: Zone,
    pub theirs: Tz,
    pub first: DateTime<Utc>,
    pub beyond: DateTime<Utc>,
    /// From here on they disagree, if they do.
    pub differs: DateTime<Utc>,
}

impl Both {
    pub fn new(name: &'static str) -> Both {
        let known = KNOWN_TO_DIFFER.iter().find(|known| known.0 == name);
        let differs = known.map_or(DateTime::<Utc>::MAX_UTC, |known| instant(known.1));
        let zones = BundledZones::new();
        Both {
            name,
            ours: Zone::parse(name, &zones).unwrap(),
            zones,
            theirs: name.parse().unwrap(),
            first: instant(FIRST),
            beyond: differs.min(instant(BEYOND)),
            differs,
        }
    }

    /// The seconds at which `chrono` says that clocks change.
    pub fn changes(&self) -> Vec<i64> {
        let seconds = self.first.timestamp()..self.beyond.timestamp();
        changes(seconds, |second| their_offset(self.theirs, second))
    }

    /// Instants from three hours before each change to three hours after it.
    pub fn around_changes(&self) -> impl Iterator<Item = DateTime<Utc>> {
        let changes = self.changes();
        let minutes = (-180..=180_i64).step_by(11);
        let around = changes.into_iter().flat_map(move |change| {
            let minutes = minutes.clone().map(TimeDelta::minutes);
            minutes.map(move |by| at_second(change) + by)
        });
        around.filter(|at| *at < self.beyond)
    }

    pub fn check_edges(&self, interval: &str, start: DateTime<Utc>, end: DateTime<Utc>) {
        let interval = Interval::parse(interval).unwrap();
        let span = Span::new(ours(start), ours(end)).unwrap();
        let buckets = Buckets::new(interval, span, &self.ours, &self.zones, 20_000).unwrap();
        let edges = self.comparable(buckets.edges().iter().copied());
        let expected = self.comparable(self.edges(interval, start, end).into_iter().map(ours));
        if edges != expected {
            let differing = edges
                .iter()
                .zip(&expected)
                .find(|(edge, expected)| edge != expected);
            panic!(
                "{} {interval} {start} {end}: first {differing:?}",
                self.name
            );
        }
    }

    fn comparable(&self, edges: impl Iterator<Item = Instant>) -> Vec<Instant> {
        let differs = self.differs.timestamp_millis();
        edges.filter(|edge| edge.milliseconds() < differs).collect()
    }

    /// What `chrono` makes of it: dates are stepped by its calendar, instants found by its zones.
    fn edges(
        &self,
        interval: Interval,
        start: DateTime<Utc>,
        end: DateTime<Utc>,
    ) -> Vec<DateTime<Utc>> {
        let mut edges: Vec<DateTime<Utc>> = Vec::new();
        for step in 0.. {
            let edge = self.start_of(start, interval.unit(), step * i64::from(interval.count()));
            if edges.last() != Some(&edge) {
                edges.push(edge);
            }
            if edge >= end {
                break;
            }
        }
        edges
    }

    /// Where the unit begins that is so many units after the one holding `at`.
    pub fn start_of(&self, at: DateTime<Utc>, unit: Unit, steps: i64) -> DateTime<Utc> {
        let local = at.with_timezone(&self.theirs).naive_local();
        let nanoseconds = TimeDelta::nanoseconds(local.nanosecond().into());
        let into_minute = TimeDelta::seconds(local.second().into()) + nanoseconds;
        let date = local.date();
        let (first, step): (NaiveDate, fn(NaiveDate, i64) -> NaiveDate) = match unit {
            Unit::Minute => return at - into_minute + TimeDelta::minutes(steps),
            Unit::Hour => {
                let into_hour = into_minute + TimeDelta::minutes(local.minute().into());
                return at - into_hour + TimeDelta::hours(steps);
            }
            Unit::Day => (date, |date, days| date + TimeDelta::days(days)),
            Unit::Week => {
                let from_sunday = date.weekday().num_days_from_sunday();
                let sunday = date - Days::new(from_sunday.into());
                (sunday, |date, weeks| date + TimeDelta::weeks(weeks))
            }
            Unit::Month => (date.with_day(1).unwrap(), after_months),
            Unit::Year => (date.with_ordinal(1).unwrap(), |date, years| {
                after_months(date, 12 * years)
            }),
        };
        // A clock put back over midnight shows the day before again; the new day has begun.
        let begun = i64::from(self.first_instant_of(step(first, 1)) <= at);
        self.first_instant_of(step(first, steps + begun))
    }

    fn first_instant_of(&self, date: NaiveDate) -> DateTime<Utc> {
        let midnight = date.and_time(NaiveTime::MIN);
        let first = match self.theirs.from_local_datetime(&midnight) {
            MappedLocalTime::Single(only) => only,
            MappedLocalTime::Ambiguous(earlier, _) => earlier,
            MappedLocalTime::None => GapInfo::new(&midnight, &self.theirs).unwrap().end.unwrap(),
        };
        first.to_utc()
    }
}

fn after_months(date: NaiveDate, months: i64) -> NaiveDate {
    let count = Months::new(months.unsigned_abs().try_into().unwrap());
    if months < 0 {
        date - count
    } else {
        date + count
    }
}

pub fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub fn at_second(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).unwrap()
}

pub fn ours(at: DateTime<Utc>) -> Instant {
    Instant::from_milliseconds(at.timestamp_millis()).unwrap()
}

pub fn their_offset(zone: Tz, second: i64) -> i32 {
    let at = at_second(second).naive_utc();
    zone.offset_from_utc_datetime(&at).fix().local_minus_utc()
}

/// The seconds at which an offset becomes another, if it keeps each for a day.
pub fn changes(seconds: Range<i64>, offset: impl Fn(i64) -> i32) -> Vec<i64> {
    let mut changes = Vec::new();
    let mut before = offset(seconds.start);
    for next in seconds.step_by(86_400).skip(1) {
        let after = offset(next);
        if after != before {
            let (mut earlier, mut later) = (next - 86_400, next);
            while later - earlier > 1 {
                let middle = earlier + (later - earlier) / 2;
                if offset(middle) == before {
                    earlier = middle;
                } else {
                    later = middle;
                }
            }
            changes.push(later);
        }
        before = after;
    }
    changes
}

/// All zones, one after the other.
pub fn every_zone() -> impl Iterator<Item = Both> {
    ZONES.into_iter().map(Both::new)
}
