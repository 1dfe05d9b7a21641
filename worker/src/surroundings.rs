//! What does the platform know of who calls? The address, the browser, and where the network says they are.

use keyhole_policy::enrich::{Geography, Surroundings};
use worker::Request;
use worker::js_sys::Reflect;
use worker::wasm_bindgen::JsValue;

/// What is not there, as on a machine of one's own, is not known.
pub fn surroundings(request: &Request) -> Surroundings {
    let header = |name: &str| request.headers().get(name).ok().flatten();
    let address = header("cf-connecting-ip").and_then(|address| address.trim().parse().ok());
    Surroundings {
        address,
        user_agent: header("user-agent").filter(|text| !text.is_empty()),
        geography: geography(request),
    }
}

/// `worker::Cf` panics on what it does not expect, so the object is read here.
fn geography(request: &Request) -> Geography {
    let get = |object: &JsValue, name: &str| Reflect::get(object, &JsValue::from_str(name)).ok();
    let place = get(request.inner(), "cf").filter(JsValue::is_object);
    let text = |name: &str| {
        let text = get(place.as_ref()?, name)?.as_string()?;
        (!text.is_empty()).then_some(text)
    };
    Geography {
        city: text("city"),
        region: text("region"),
        country: text("country"),
        continent: text("continent"),
        postal_code: text("postalCode"),
        coordinates: text("longitude").zip(text("latitude")),
        timezone: text("timezone"),
    }
}
