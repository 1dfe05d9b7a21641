//! Which zones do unit tests need? A few, each for one oddity, written out by hand.

use super::{Instant, Span, Zone, ZoneName, Zones};

/// Five places, right only around the changes listed.
pub(crate) struct FewZones;

/// A name, its offset before all changes, then each change and the offset from it on.
type Row = (&'static str, i32, &'static [(&'static str, i32)]);

const ROWS: &[Row] = &[
    // An ordinary zone: 02:00 → 03:00 in spring, 03:00 → 02:00 in autumn.
    (
        "Europe/Warsaw",
        3_600,
        &[
            ("2024-03-31T01:00Z", 7_200),
            ("2024-10-27T01:00Z", 3_600),
            ("2025-03-30T01:00Z", 7_200),
        ],
    ),
    // 00:00 → 01:00 in spring, 01:00 → 00:00 in autumn: no midnight, and two.
    (
        "America/Havana",
        -18_000,
        &[
            ("2024-03-10T05:00Z", -14_400),
            ("2024-11-03T05:00Z", -18_000),
        ],
    ),
    // 00:01 → 23:01 of the day before.
    (
        "America/St_Johns",
        -12_600,
        &[
            ("2010-03-14T03:31Z", -9_000),
            ("2010-11-07T02:31Z", -12_600),
        ],
    ),
    // Half an hour: 02:00 → 02:30 in spring, 02:00 → 01:30 in autumn.
    (
        "Australia/Lord_Howe",
        39_600,
        &[("2024-04-06T15:00Z", 37_800), ("2024-10-05T15:30Z", 39_600)],
    ),
    // 30 December 2011 never was.
    ("Pacific/Apia", -36_000, &[("2011-12-30T10:00Z", 50_400)]),
];

impl Zones for FewZones {
    fn find(&self, name: &str) -> Option<String> {
        let mut names = ROWS.iter().map(|row| row.0);
        names
            .find(|known| known.eq_ignore_ascii_case(name))
            .map(String::from)
    }

    fn offset_seconds(&self, zone: &ZoneName, at: Instant) -> i32 {
        let (_, before, changes) = ROWS.iter().find(|row| row.0 == zone.as_str()).unwrap();
        let mut past = changes.iter().filter(|change| instant(change.0) <= at);
        past.next_back().map_or(*before, |change| change.1)
    }
}

pub(super) fn names() -> impl Iterator<Item = &'static str> {
    ROWS.iter().map(|row| row.0)
}

pub(super) fn changes(name: &str) -> impl Iterator<Item = Instant> {
    let rows = ROWS.iter().filter(move |row| row.0 == name);
    rows.flat_map(|row| row.2).map(|change| instant(change.0))
}

pub(super) fn zone(text: &str) -> Zone {
    Zone::parse(text, &FewZones).unwrap()
}

pub(super) fn instant(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

pub(super) fn span(start: &str, end: &str) -> Span {
    Span::new(instant(start), instant(end)).unwrap()
}
