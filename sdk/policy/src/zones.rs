//! Whose clock is it? What the platform's `Intl` knows, handed in as an object.

use keyhole_policy::time::{Instant, ZoneName, Zones};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Two functions, neither of which throws.
    pub type PlatformZones;

    #[wasm_bindgen(method)]
    fn find(this: &PlatformZones, name: &str) -> Option<String>;

    #[wasm_bindgen(method, js_name = offsetSeconds)]
    fn offset_seconds(this: &PlatformZones, zone: &str, milliseconds: f64) -> i32;
}

/// The platform's database.
pub struct IntlZones<'a>(pub &'a PlatformZones);

impl Zones for IntlZones<'_> {
    fn find(&self, name: &str) -> Option<String> {
        self.0.find(name)
    }

    fn offset_seconds(&self, zone: &ZoneName, at: Instant) -> i32 {
        // Exact: the calendar ends long before 2^53.
        self.0
            .offset_seconds(zone.as_str(), at.milliseconds() as f64)
    }
}
