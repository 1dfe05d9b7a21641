//! Where do the two databases differ, and does ours keep what the code expects of it?

use crate::with_chrono::{BEYOND, FIRST, at_second, changes, instant, ours, their_offset};
use crate::zones::{KNOWN_TO_DIFFER, KNOWN_TO_OURS_ALONE};
use chrono::{DateTime, Utc};
use chrono_tz::TZ_VARIANTS;
use jiff::tz::TimeZoneDatabase;
use jiff::{Timestamp, ToSpan};
use keyhole_policy::time::{BundledZones, Zone};
use std::collections::BTreeSet;

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
