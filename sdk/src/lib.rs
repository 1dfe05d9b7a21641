//! What does the SDK's JavaScript ask of Rust? All that is logic; it keeps fetch, timers and chance.
//!
//! Events and queries cross as JSON text, which costs a third of crossing as JavaScript objects.
//! Time and chance come in as values, so every module below runs on paper.

pub mod batch;
pub mod client;
pub mod event;
pub mod json;
pub mod query;
pub mod refusal;
pub mod retry;
mod spelling;

use refusal::{Misuse, Refusal};
use wasm_bindgen::prelude::*;

impl From<Misuse> for JsValue {
    fn from(misuse: Misuse) -> JsValue {
        js_sys::TypeError::new(&misuse.to_string()).into()
    }
}

impl From<Refusal> for JsValue {
    fn from(refusal: Refusal) -> JsValue {
        let error = js_sys::Error::new(&refusal.description());
        error.set_name(refusal.name());
        error.into()
    }
}

/// The address of a project, once its configuration proves usable.
#[wasm_bindgen]
pub fn project_url(url: &str, project_id: &str, key: &str) -> Result<String, JsValue> {
    client::check_key(key)?;
    Ok(client::project_url(url, project_id)?)
}

/// Where an event of this collection is posted to.
#[wasm_bindgen]
pub fn event_url(project_url: &str, collection: &str) -> Result<String, JsValue> {
    Ok(event::url(project_url, collection)?)
}

/// The event as it is sent: checked, dated, and with a token that makes its retries harmless.
#[wasm_bindgen]
pub fn stamp_event(event: &str, now: &str, random: &[u8]) -> Result<String, JsValue> {
    let token = event::token(random)?;
    Ok(event::stamp(event, now, &token)?)
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
        Ok(QueryRequest(query::request(
            project_url,
            analysis_type,
            parameters,
        )?))
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

/// Events gathering into request bodies that the server takes.
#[wasm_bindgen]
#[derive(Default)]
pub struct Batches(batch::Batches);

#[wasm_bindgen]
impl Batches {
    /// Nothing gathered yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Batches {
        Batches::default()
    }

    /// Checks, stamps and adds one event; answers the batch that had no room left for it.
    pub fn add(
        &mut self,
        collection: &str,
        event: &str,
        now: &str,
        random: &[u8],
    ) -> Result<Option<Batch>, JsValue> {
        let token = event::token(random)?;
        let stamped = event::stamp(event, now, &token)?;
        Ok(self.0.add(collection, &stamped)?.map(Batch))
    }

    /// The last batch, unless nothing is left.
    pub fn finish(&mut self) -> Option<Batch> {
        self.0.finish().map(Batch)
    }
}

/// One request body.
#[wasm_bindgen]
pub struct Batch(batch::Batch);

#[wasm_bindgen]
impl Batch {
    /// How many events it holds: those added first, in the order they were added.
    #[wasm_bindgen(getter)]
    pub fn events(&self) -> usize {
        self.0.events
    }

    /// Its JSON. Megabytes, so it is moved out, not copied.
    pub fn into_body(self) -> String {
        self.0.body
    }
}

/// Milliseconds to wait before the next attempt; nothing when there shall be none.
///
/// `status` is 0 when no answer came; `random` lies between 0 and 1.
#[wasm_bindgen]
pub fn retry_delay_ms(
    attempts_made: u32,
    status: u16,
    retry_after_ms: Option<f64>,
    random: f64,
) -> Option<f64> {
    retry::delay_ms(attempts_made, status, retry_after_ms, random)
}
