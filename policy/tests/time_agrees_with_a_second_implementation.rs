//! Do our timeframes and bucket edges agree with `chrono` and `chrono-tz`, which have their own
//! calendar and their own copy of the time-zone database?
//!
//! 42 zones, the years 2007 to 2037, every unit: every edge of days and longer units and of hours,
//! and of minutes those of a sample of months, another in each run, and of every month in which
//! clocks change. `KEYHOLE_SEED` takes the same sample again, `KEYHOLE_MONTHS=all` takes all months.

#![cfg(feature = "zones")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test, its helpers included, fails by panicking"
)]

#[path = "second_time/calendar_units.rs"]
mod calendar_units;
#[path = "second_time/databases.rs"]
mod databases;
#[path = "second_time/minutes_and_hours.rs"]
mod minutes_and_hours;
#[path = "second_time/timeframes.rs"]
mod timeframes;
#[path = "second_time/with_chrono.rs"]
mod with_chrono;
#[path = "second_time/zones.rs"]
mod zones;
