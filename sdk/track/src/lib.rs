//! What does the recorder ask of Rust? All that is logic; JavaScript keeps fetch, timers and chance.
//!
//! Events cross as JSON text and are not read: whether one is fit to be stored, the server says of each.
//! Time and chance come in as values, so every module below runs on paper.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod configuration;
pub mod queue;
pub mod retry;
pub mod text;

use alloc::string::String;
use wasm_bindgen::prelude::*;

#[cfg(all(target_family = "wasm", not(target_feature = "atomics")))]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// Nothing of ours panics; what does all the same stops the wasm, and JavaScript sees a `RuntimeError`.
#[cfg(all(target_family = "wasm", not(feature = "std")))]
#[panic_handler]
fn stop(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

/// The address of a project; if its configuration cannot be used, a sentence about that after a `!`.
#[wasm_bindgen]
pub fn project_url(url: &str, project_id: &str, key: &str) -> String {
    configuration::project_url(url, project_id, key)
        .unwrap_or_else(|misuse| text::joined(&["!", &misuse.sentence()]))
}

/// Events that wait to be sent, as the server takes them.
#[wasm_bindgen]
pub struct Queue(queue::Queue);

#[wasm_bindgen]
impl Queue {
    /// Nothing waits yet. A list holds at most so many bytes and events. `seed` is what no other queue's tokens
    /// begin with: at most 56 characters.
    #[wasm_bindgen(constructor)]
    pub fn new(seed: &str, bytes_max: usize, events_max: usize) -> Queue {
        let bounds = queue::Bounds {
            bytes_max,
            events_max,
        };
        Queue(queue::Queue::new(seed, bounds))
    }

    /// Dates an event, gives it a token that makes its retries harmless, and puts it at the end of its
    /// collection's list. `keen` is what its own object `keen` holds between the braces, and `missing` what it
    /// does not hold: 1 for a time, 2 for a token, 3 for both.
    ///
    /// The list that had no room left for it, if there is one: then it is time to send that.
    pub fn add(
        &mut self,
        collection: &str,
        event: &str,
        keen: &str,
        missing: u8,
        now_ms: f64,
    ) -> Option<String> {
        let stamp = queue::Stamp {
            keen,
            needs_time: missing & 1 != 0,
            needs_token: missing & 2 != 0,
            now_ms,
        };
        let full = self.0.add(collection, event, &stamp);
        full.map(queue::List::into_text)
    }

    /// Some list, until nothing waits: how many events, how many bytes, the collection, and after the line's end
    /// their JSON with commas between them.
    pub fn take(&mut self) -> Option<String> {
        self.0.take().map(queue::List::into_text)
    }
}

/// Milliseconds to wait before what is kept is sent again; nothing when the same would be refused again.
///
/// `status` is 0 when no answer came; `random` lies between 0 and 1.
#[wasm_bindgen]
pub fn kept_delay_ms(
    attempts_made: u32,
    status: u16,
    retry_after_ms: Option<f64>,
    random: f64,
) -> Option<f64> {
    retry::kept_delay_ms(attempts_made, status, retry_after_ms, random)
}
