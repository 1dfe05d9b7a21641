//! What does the SDK's JavaScript ask of Rust? All that is logic; it keeps fetch, timers and chance.
//!
//! Events and queries cross as JSON text, which costs a third of crossing as JavaScript objects. The
//! queue, the pauses between attempts and the project's address are the recorder's, and exported with
//! what stands here.

pub mod event;
pub mod json;
pub mod query;
pub mod refusal;
mod spelling;

use keyhole_sdk_track::configuration::Misuse;
use refusal::Refusal;
use wasm_bindgen::prelude::*;

// Named, so that the linker keeps what it exports to JavaScript.
pub use keyhole_sdk_track::{Queue, kept_delay_ms, project_url};

impl From<Refusal> for JsValue {
    fn from(refusal: Refusal) -> JsValue {
        let error = js_sys::Error::new(&refusal.description());
        error.set_name(refusal.name());
        error.into()
    }
}

fn type_error(misuse: &Misuse) -> JsValue {
    js_sys::TypeError::new(&misuse.sentence()).into()
}

/// Throws what the server would say if it would refuse this event.
#[wasm_bindgen]
pub fn check_event(collection: &str, event: &str) -> Result<(), JsValue> {
    Ok(event::check(collection, event)?)
}

/// The address and the body of a query.
#[wasm_bindgen]
pub struct QueryRequest(query::QueryRequest);

#[wasm_bindgen]
impl QueryRequest {
    /// Builds the request from the parameters' JSON.
    #[wasm_bindgen(constructor)]
    pub fn new(
        project_url: &str,
        analysis_type: Option<String>,
        parameters: &str,
    ) -> Result<QueryRequest, JsValue> {
        match query::request(project_url, analysis_type, parameters) {
            Ok(request) => Ok(QueryRequest(request)),
            Err(misuse) => Err(type_error(&misuse)),
        }
    }

    /// Where it is posted to.
    #[wasm_bindgen(getter)]
    pub fn url(&self) -> String {
        self.0.url.clone()
    }

    /// What is posted.
    #[wasm_bindgen(getter)]
    pub fn body(&self) -> String {
        self.0.body.clone()
    }
}

/// Milliseconds to wait before a request is sent again; nothing when it shall not be.
///
/// `status` is 0 when no answer came; `random` lies between 0 and 1.
#[wasm_bindgen]
pub fn retry_delay_ms(
    attempts_made: u32,
    status: u16,
    retry_after_ms: Option<f64>,
    random: f64,
) -> Option<f64> {
    keyhole_sdk_track::retry::delay_ms(attempts_made, status, retry_after_ms, random)
}
