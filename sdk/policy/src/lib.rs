//! Would the server allow this? Decided by the server's own code, from what a key may know of itself.
//!
//! Descriptions, requests and explanations cross as JSON text. Time comes in as a number, and time
//! zones as an object of JavaScript's, so everything below runs on paper.

pub mod decide;
pub mod described;
pub mod hidden;
pub mod request;
#[path = "../../src/spelling.rs"]
mod spelling;
mod zones;

use described::Described;
use keyhole_policy::time::Instant;
use keyhole_policy::value::{self, Value};
use keyhole_policy::wire::{Area, Invalid, Moment, Problem};
use wasm_bindgen::prelude::*;
use zones::IntlZones;
pub use zones::PlatformZones;

/// Refuses what is no description of a key.
#[wasm_bindgen]
pub fn check_description(description: &str) -> Result<(), JsValue> {
    read_description(description).map(|_| ())
}

/// The request as the server spells it. What it means, the server says.
#[wasm_bindgen]
pub fn server_request(request: &str) -> Result<String, JsValue> {
    read_request(request).map(|request| request.to_string())
}

/// The explanation that the server would give, with `certain`.
#[wasm_bindgen]
pub fn explain(
    description: &str,
    request: &str,
    now: f64,
    zones: &PlatformZones,
) -> Result<String, JsValue> {
    let described = read_description(description)?;
    let request = read_request(request)?;
    let moment = Moment {
        now: instant(now)?,
        zones: &IntlZones(zones),
    };
    let explanation = decide::explain(&described, &request, &moment).map_err(refusal)?;
    Ok(explanation.to_string())
}

fn read_description(description: &str) -> Result<Described, JsValue> {
    let read = read(description).and_then(|value| described::read(&value));
    read.map_err(|invalid| {
        let message = format!("Keyhole: the description must be one that self() gives. {invalid}");
        js_sys::TypeError::new(&message).into()
    })
}

fn read_request(request: &str) -> Result<Value, JsValue> {
    read(request).and_then(request::spelled).map_err(refusal)
}

fn read(text: &str) -> Result<Value, Invalid> {
    value::parse(text.as_bytes()).map_err(|problem| Invalid {
        area: Area::Json,
        pointer: String::new(),
        problem: Problem::Json(problem),
    })
}

/// JavaScript's clock: milliseconds since 1970, with decimals where it has them.
fn instant(now: f64) -> Result<Instant, JsValue> {
    // What is no number is 0 as a whole number.
    let milliseconds = now as i64;
    let instant = Instant::from_milliseconds(milliseconds).filter(|_| now.is_finite());
    instant.ok_or_else(|| {
        let message = "Keyhole: now must be a time in the years 1 to 9999.";
        js_sys::TypeError::new(message).into()
    })
}

/// A request that means nothing, in the server's words.
fn refusal(invalid: Invalid) -> JsValue {
    let error = js_sys::Error::new(&invalid.to_string());
    error.set_name(invalid.error_code());
    error.into()
}
