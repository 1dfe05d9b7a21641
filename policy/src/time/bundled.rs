//! What does the compiled-in copy of the IANA database know?

use super::{Instant, ZoneName, Zones};
use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;

/// The IANA database as `jiff` carries it.
///
/// A zone is decoded when it is first asked for, which takes about a hundred times as long as
/// reading an offset, and kept: make one value and hand it around.
pub struct BundledZones {
    database: TimeZoneDatabase,
    /// By the database's own spelling of their names.
    opened: RefCell<BTreeMap<String, TimeZone>>,
}

impl BundledZones {
    /// With no zone decoded yet.
    pub fn new() -> BundledZones {
        BundledZones {
            database: TimeZoneDatabase::bundled(),
            opened: RefCell::default(),
        }
    }

    /// Every name it knows, aliases such as `US/Pacific` included.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.database.available().map(|name| name.to_string())
    }

    /// A zone by its name, in whatever case; then it is among the opened under its own spelling.
    fn open(&self, name: &str) -> Option<(String, TimeZone)> {
        let zone = self.database.get(name).ok()?;
        // `Etc/Unknown` is answered with a zone that has no name. It is not in the database.
        let name = zone.iana_name()?.to_owned();
        let mut opened = self.opened.borrow_mut();
        opened.insert(name.clone(), zone.clone());
        Some((name, zone))
    }
}

impl Default for BundledZones {
    fn default() -> BundledZones {
        BundledZones::new()
    }
}

impl fmt::Debug for BundledZones {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("BundledZones")
    }
}

impl Zones for BundledZones {
    /// No two names of the database differ in nothing but case.
    fn find(&self, name: &str) -> Option<String> {
        if self.opened.borrow().contains_key(name) {
            return Some(name.to_owned());
        }
        self.open(name).map(|(name, _)| name)
    }

    /// A name that only another database knew counts as UTC.
    fn offset_seconds(&self, zone: &ZoneName, at: Instant) -> i32 {
        // Of our calendar only the last hours are beyond theirs.
        let at = Timestamp::from_millisecond(at.milliseconds()).unwrap_or(Timestamp::MAX);
        if let Some(zone) = self.opened.borrow().get(zone.as_str()) {
            return zone.to_offset(at).seconds();
        }
        self.open(zone.as_str())
            .map_or(0, |(_, zone)| zone.to_offset(at).seconds())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Zone;

    #[test]
    fn names_are_found_whatever_their_case_and_spelt_as_the_database_does() {
        let zones = BundledZones::new();
        let cases = [
            ("Europe/Warsaw", Some("Europe/Warsaw")),
            ("europe/warsaw", Some("Europe/Warsaw")),
            ("US/Pacific", Some("US/Pacific")),
            ("us/eastern", Some("US/Eastern")),
            ("utc", Some("UTC")),
            ("Europe/Atlantis", None),
            ("Etc/Unknown", None),
            ("EST5EDT,M3.2.0,M11.1.0", None),
            ("", None),
        ];
        // Once from the database, once from what is opened.
        for (name, expected) in cases.into_iter().chain(cases) {
            assert_eq!(zones.find(name).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn every_name_listed_is_a_zone_at_any_time() {
        let zones = BundledZones::new();
        assert!(zones.names().count() > 400);
        for name in zones.names() {
            let zone = Zone::parse(&name, &zones).unwrap();
            assert_eq!(zone.to_string(), name);
            for at in [Instant::MIN, Instant::MAX] {
                let from_utc = zone.offset_seconds(at, &zones).abs();
                assert!(from_utc < 16 * 3_600, "{name} {at}");
            }
        }
    }

    #[test]
    fn a_zone_is_decoded_once_and_answers_as_it_did() {
        let zones = BundledZones::new();
        let zone = Zone::parse("europe/warsaw", &zones).unwrap();
        let at = ["2024-01-01", "2024-07-01", "2200-07-01"].map(|day| Instant::parse(day).unwrap());
        let offsets = |zones| at.map(|at| zone.offset_seconds(at, zones));
        assert_eq!(offsets(&zones), [3_600, 7_200, 7_200]);
        assert_eq!(zones.opened.borrow().len(), 1);
        assert_eq!(offsets(&BundledZones::new()), [3_600, 7_200, 7_200]);
    }

    #[test]
    fn a_name_of_another_database_counts_as_utc() {
        struct Atlantis;
        impl Zones for Atlantis {
            fn find(&self, name: &str) -> Option<String> {
                Some(name.to_owned())
            }
            fn offset_seconds(&self, _: &ZoneName, _: Instant) -> i32 {
                3_600
            }
        }
        let zone = Zone::parse("Europe/Atlantis", &Atlantis).unwrap();
        assert_eq!(zone.offset_seconds(Instant::MIN, &Atlantis), 3_600);
        assert_eq!(zone.offset_seconds(Instant::MIN, &BundledZones::new()), 0);
    }
}
