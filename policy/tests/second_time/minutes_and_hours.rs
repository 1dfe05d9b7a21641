//! Do minutes and hours begin at the same instant?
//!
//! They are elapsed time, counted from the one that holds a span's start: so each month is a span
//! of its own, and wherever the clock has been moved by whole units it must show a whole unit at
//! every edge.

use crate::with_chrono::{Both, at_second, every_zone, ours, their_offset};
use chrono::{DateTime, Datelike, Months, TimeDelta, Utc};
use keyhole_policy::time::{Buckets, Interval, Span, Unit};
use std::collections::BTreeSet;
use std::io::Write;

/// Months of 31 years.
const MONTHS: u64 = 372;
/// Months of each zone of which every minute is compared, besides those in which clocks change.
const SAMPLED: u64 = 12;
/// They lie so far apart: two to three years, and each month of the year comes up.
const APART: u64 = 31;

#[derive(Default)]
struct Compared {
    edges: u64,
    /// Zones of which some edge is not where `chrono`'s clock shows a whole unit.
    not_whole: BTreeSet<&'static str>,
}

/// Zones whose clocks were moved by part of an hour: until the month is over, its hours begin as before.
const MOVED_BY_HALF_HOURS: [&str; 4] = [
    "America/Caracas",
    "Asia/Pyongyang",
    "Australia/Lord_Howe",
    "Pacific/Norfolk",
];

#[test]
fn every_hour_of_three_decades_begins_at_the_same_instant() {
    let mut compared = Compared::default();
    let mut hours = 0;
    for zone in every_zone() {
        for (start, end) in months(&zone) {
            compare(&zone, "hourly", start, end, &mut compared);
            for interval in ["every_5_hours", "every_24_hours"] {
                let just_inside = start + TimeDelta::seconds(2_477);
                compare(&zone, interval, just_inside, end, &mut Compared::default());
            }
            hours += each_hour_alone(&zone, start, end);
        }
    }
    say(&format!(
        "{} hour edges, {hours} hours alone",
        compared.edges
    ));
    assert!(compared.edges > 10_600_000, "{}", compared.edges);
    assert_eq!(Vec::from_iter(compared.not_whole), MOVED_BY_HALF_HOURS);
    assert!(hours > 10_600_000, "{hours}");
}

#[test]
fn every_minute_of_many_months_begins_at_the_same_instant() {
    let all = std::env::var("KEYHOLE_MONTHS").is_ok_and(|months| months == "all");
    let seed = std::env::var("KEYHOLE_SEED").ok();
    let seed = seed.and_then(|seed| seed.parse().ok());
    let now = || std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64;
    let seed: u64 = seed.unwrap_or_else(now);
    say(&format!("KEYHOLE_SEED={seed}"));
    let mut compared = Compared::default();
    for (at, zone) in every_zone().enumerate() {
        let first = (seed % MONTHS) + at as u64;
        let sampled: Vec<u64> = (0..SAMPLED)
            .map(|by| (first + by * APART) % MONTHS)
            .collect();
        let changes = zone.changes();
        for (number, (start, end)) in months(&zone).enumerate() {
            let inside = |change: &i64| (start.timestamp()..=end.timestamp()).contains(change);
            if !all && !sampled.contains(&(number as u64)) && !changes.iter().any(inside) {
                continue;
            }
            compare(&zone, "minutely", start, end, &mut compared);
            for interval in ["every_7_minutes", "every_90_minutes"] {
                let just_inside = start + TimeDelta::milliseconds(31_007);
                compare(&zone, interval, just_inside, end, &mut Compared::default());
            }
        }
    }
    say(&format!("{} minute edges", compared.edges));
    let least = if all { 650_000_000 } else { 50_000_000 };
    assert!(compared.edges > least, "{}", compared.edges);
    assert!(compared.not_whole.is_empty());
}

/// The months of the years compared, in UTC, up to where the databases part.
fn months(zone: &Both) -> impl Iterator<Item = (DateTime<Utc>, DateTime<Utc>)> {
    let (first, beyond) = (zone.first, zone.beyond);
    assert_eq!((first.day(), first.timestamp() % 86_400), (1, 0));
    let starts = (0..).map(move |month| first + Months::new(month));
    let spans = starts.map(move |start| (start, (start + Months::new(1)).min(beyond)));
    spans.take_while(move |(start, _)| *start < beyond)
}

/// Compares every edge over a span, and looks at `chrono`'s clock at every one.
fn compare(
    zone: &Both,
    interval: &str,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    compared: &mut Compared,
) {
    if start >= end {
        return;
    }
    let interval = Interval::parse(interval).unwrap();
    let unit = match interval.unit() {
        Unit::Minute => 60,
        _ => 3_600,
    };
    let first = zone.start_of(start, interval.unit(), 0).timestamp();
    let width = unit * i64::from(interval.count());
    let span = Span::new(ours(start), ours(end)).unwrap();
    let buckets = Buckets::new(interval, span, &zone.ours, &zone.zones, 50_000).unwrap();
    let edges = buckets.edges();
    let length = end.timestamp_millis() - first * 1_000;
    let count = (length + width * 1_000 - 1) / (width * 1_000) + 1;
    let place = || format!("{} {interval} {start} {end}", zone.name);
    assert_eq!(edges.len() as i64, count, "{}", place());
    let offset = i64::from(their_offset(zone.theirs, first));
    for (expected, edge) in (first..).step_by(width as usize).zip(edges) {
        assert_eq!(edge.milliseconds(), expected * 1_000, "{}", place());
        let shown = i64::from(their_offset(zone.theirs, expected));
        let moved_by_units = (shown - offset) % unit == 0;
        let is_whole = (expected + shown) % unit == 0;
        assert!(is_whole || !moved_by_units, "{} {edge}", place());
        if !is_whole {
            compared.not_whole.insert(zone.name);
        }
        compared.edges += 1;
    }
}

/// Compares where each hour of a span begins if nothing but an instant inside is asked for.
fn each_hour_alone(zone: &Both, start: DateTime<Utc>, end: DateTime<Utc>) -> u64 {
    let hourly = Interval::parse("hourly").unwrap();
    let mut compared = 0;
    // Each time at another place of the hour: 61 is coprime to its seconds.
    for second in (start.timestamp()..end.timestamp()).step_by(3_600) {
        let at = at_second(second + (second / 3_600 * 61) % 3_600);
        let span = Span::new(ours(at), ours(at + TimeDelta::milliseconds(1))).unwrap();
        let buckets = Buckets::new(hourly, span, &zone.ours, &zone.zones, 1).unwrap();
        let shown = i64::from(their_offset(zone.theirs, at.timestamp()));
        let into_hour = (at.timestamp() + shown).rem_euclid(3_600);
        let begins = (at.timestamp() - into_hour) * 1_000;
        let edges = buckets.edges().iter().map(|edge| edge.milliseconds());
        assert!(edges.eq([begins, begins + 3_600_000]), "{} {at}", zone.name);
        compared += 1;
    }
    compared
}

/// Past the test runner, which keeps what a passing test prints to itself.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
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
