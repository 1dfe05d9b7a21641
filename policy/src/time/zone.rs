//! Whose clock? A fixed offset, or a place whose rules a database knows.

use super::Instant;
use std::fmt;

/// Seconds that local time is ahead of UTC: from −64,800 to 64,800, which is 18 hours.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct OffsetSeconds(i32);

impl OffsetSeconds {
    /// The farthest from UTC that a clock can be.
    pub const MAX: i32 = 64_800;

    /// `None` beyond 18 hours.
    pub fn new(seconds: i64) -> Option<OffsetSeconds> {
        let seconds = i32::try_from(seconds).ok()?;
        (-OffsetSeconds::MAX..=OffsetSeconds::MAX)
            .contains(&seconds)
            .then_some(OffsetSeconds(seconds))
    }

    /// The seconds themselves.
    pub fn seconds(self) -> i32 {
        self.0
    }
}

/// A name that a database knew, as the database spells it. Only [`Zone::parse`] makes one.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ZoneName(String);

impl ZoneName {
    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A fixed offset or a name of the IANA database.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Zone {
    /// The same all year round.
    Offset(OffsetSeconds),
    /// A place, with its daylight-saving rules and its history.
    Named(ZoneName),
}

/// The time-zone database, as a value handed in.
pub trait Zones {
    /// The database's own spelling of a name it knows: first as written, then whatever the
    /// case of its ASCII letters.
    fn find(&self, name: &str) -> Option<String>;

    /// Seconds that local time in `zone` is ahead of UTC at that instant.
    fn offset_seconds(&self, zone: &ZoneName, at: Instant) -> i32;
}

/// A database that knows no names: every zone is a fixed offset.
#[derive(Clone, Copy, Default, Debug)]
pub struct NoZones;

impl Zones for NoZones {
    fn find(&self, _name: &str) -> Option<String> {
        None
    }

    /// A name that only another database knew counts as UTC.
    fn offset_seconds(&self, _zone: &ZoneName, _at: Instant) -> i32 {
        0
    }
}

impl Zone {
    /// No offset at all.
    pub const UTC: Zone = Zone::Offset(OffsetSeconds(0));

    /// Reads a name that the database knows, or a number of seconds: `Europe/Warsaw`, `utc`,
    /// `3600`, `-25200`.
    pub fn parse(text: &str, zones: &dyn Zones) -> Option<Zone> {
        if let Ok(seconds) = text.parse() {
            return Zone::from_offset_seconds(seconds);
        }
        zones.find(text).map(ZoneName).map(Zone::Named)
    }

    /// `None` beyond 18 hours.
    pub fn from_offset_seconds(seconds: i64) -> Option<Zone> {
        OffsetSeconds::new(seconds).map(Zone::Offset)
    }

    /// Seconds that local time is ahead of UTC at that instant.
    pub fn offset_seconds(&self, at: Instant, zones: &dyn Zones) -> i32 {
        match self {
            Zone::Offset(offset) => offset.seconds(),
            Zone::Named(name) => zones.offset_seconds(name, at),
        }
    }
}

/// The name, or the number of seconds.
impl fmt::Display for Zone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Zone::Offset(offset) => write!(formatter, "{}", offset.seconds()),
            Zone::Named(name) => formatter.write_str(name.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::testing::FewZones;

    #[test]
    fn a_zone_is_a_number_of_seconds_or_a_known_name() {
        let cases = [
            ("3600", Some("3600")),
            ("-25200", Some("-25200")),
            ("+3600", Some("3600")),
            ("0", Some("0")),
            ("64800", Some("64800")),
            ("-64801", None),
            ("99999999999999999999", None),
            ("Europe/Warsaw", Some("Europe/Warsaw")),
            ("europe/WARSAW", Some("Europe/Warsaw")),
            ("Europe/Atlantis", None),
            ("+01:00", None),
            ("", None),
        ];
        for (text, expected) in cases {
            let zone = Zone::parse(text, &FewZones).map(|zone| zone.to_string());
            assert_eq!(zone.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn without_a_database_there_are_only_offsets() {
        let one_hour = Zone::from_offset_seconds(3_600);
        assert_eq!(Zone::parse("3600", &NoZones), one_hour);
        assert_eq!(Zone::parse("UTC", &NoZones), None);
        let warsaw = Zone::parse("Europe/Warsaw", &FewZones).unwrap();
        assert_eq!(warsaw.offset_seconds(Instant::MAX, &NoZones), 0);
    }

    #[test]
    fn a_number_of_seconds_is_the_same_in_summer_and_a_name_is_not() {
        let offsets = |zone: &str| {
            let zone = Zone::parse(zone, &FewZones).unwrap();
            ["2024-01-01", "2024-07-01"]
                .map(|day| zone.offset_seconds(Instant::parse(day).unwrap(), &FewZones))
        };
        assert_eq!(offsets("3600"), [3_600, 3_600]);
        assert_eq!(offsets("Europe/Warsaw"), [3_600, 7_200]);
    }
}
