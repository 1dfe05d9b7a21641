//! What does a handler have? The store, the seal, and the moment and the chance of its request.

use crate::rate::QueryRate;
use crate::seal::{Chance, Seal};
use crate::store::Store;
use keyhole_policy::time::{BundledZones, Instant};
use keyhole_policy::wire::Moment;

/// Everything of the world that handling one request needs.
pub struct Context {
    /// Where everything is kept.
    pub store: Store,
    /// What keys are sealed with; without it they are shown once.
    pub seal: Option<Seal>,
    /// How often one key may ask.
    pub query_rate: QueryRate,
    /// When the request came in.
    pub now: Instant,
    /// What is random in its answer.
    pub chance: Chance,
    /// The time-zone database.
    pub zones: BundledZones,
}

impl Context {
    /// What the request is read against.
    pub fn moment(&self) -> Moment<'_> {
        Moment {
            now: self.now,
            zones: &self.zones,
        }
    }
}
