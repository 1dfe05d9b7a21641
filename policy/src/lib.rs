//! What does a request mean, and what does a key allow?
//!
//! Pure: no clock, no randomness, no environment, no I/O. Time and chance come in as values.
//! Data flows one way: as sent ([`wire`]) → as meant (the domain types) → as allowed
//! ([`authorize`]). The last kind has private fields and one maker each, so that what was not
//! allowed cannot be handed to a store:
//!
//! ```compile_fail
//! use keyhole_policy::authorize::AuthorizedQuery;
//! let forged = AuthorizedQuery { project: todo!(), query: todo!(), visible: todo!() };
//! ```
//!
//! A module imports only from those above it in this list, but for two pairs that know each other:
//! a filter accepts events and an event answers what a filter asks of it; a key refuses with a
//! denial and a denial names the key's permission.

#![warn(missing_docs)]

pub mod limits;
pub mod name;
pub mod value;

pub mod time;

pub mod filter;

pub mod enrich;

pub mod event;
pub mod shape;

pub mod deletion;
pub mod query;

pub mod dataset;

pub mod key;
pub mod secret;

pub mod denial;

pub mod authorize;

pub mod explain;

pub mod result;

pub mod csv;
pub mod evaluate;

pub mod wire;
