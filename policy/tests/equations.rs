//! Do the equations hold that a key's owner relies on? Each is tried on thousands of generated cases.
//!
//! `KEYHOLE_SEED` tries the same cases again, `KEYHOLE_CASES` more of them.

#![cfg(not(target_arch = "wasm32"))]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test, its helpers included, fails by panicking"
)]

#[path = "equations/change.rs"]
mod change;
#[path = "equations/definitions.rs"]
mod definitions;
#[path = "equations/dice.rs"]
mod dice;
#[path = "equations/generate.rs"]
mod generate;
#[path = "equations/lines.rs"]
mod lines;
#[path = "equations/narrowing.rs"]
mod narrowing;
#[path = "equations/telling.rs"]
mod telling;
#[path = "equations/trial.rs"]
mod trial;
#[path = "equations/within.rs"]
mod within;
#[path = "equations/world.rs"]
mod world;
