//! When is it, on whose calendar, and where does each bucket begin?
//!
//! Instants are UTC. A zone matters in two places only: what a relative timeframe means
//! ([`Timeframe::resolve`]) and where buckets begin ([`Buckets::new`]). `now` and the time-zone
//! database come in as values.

mod buckets;
#[cfg(feature = "zones")]
mod bundled;
mod calendar;
mod instant;
mod interval;
mod iso;
mod local;
mod ruler;
mod span;
#[cfg(test)]
pub(crate) mod testing;
mod timeframe;
mod unit;
mod written;
mod zone;

pub use buckets::{Buckets, TooManyBuckets};
#[cfg(feature = "zones")]
pub use bundled::BundledZones;
pub use instant::Instant;
pub use interval::{INTERVAL_UNITS_MAX, Interval};
pub use span::Span;
pub use timeframe::{Position, RELATIVE_UNITS_MAX, Relative, Timeframe};
pub use unit::Unit;
pub use written::WrittenTime;
pub use zone::{NoZones, OffsetSeconds, Zone, ZoneName, Zones};
