//! What exactly stands on the wire? JSON in, checked and understood; every refusal with its place.

mod analysis;
pub mod batch;
mod beacon;
mod dataset;
mod deletion;
mod denied;
mod explain;
mod extraction;
mod filter;
mod funnel;
mod group_by;
mod key;
mod node;
mod order_by;
mod parameters;
mod print_filter;
mod problem;
mod project;
mod query;
mod retrieval;
mod saved_query;
mod self_description;
mod sentence;
mod timeframe;
mod update;

pub use beacon::{Beacon, beacon};
pub use dataset::{NewDataset, dataset, kept_dataset, print_dataset_question};
pub use deletion::{AskedDeletion, collection_deletion, erasure, property_deletion};
pub use explain::{ExplainedRequest, explained_request, print_explanation};
pub use extraction::ContentType;
pub use filter::filters;
pub use key::{key_definition, print_key_definition};
pub use node::Node;
pub use parameters::{decode_component, encode_component, pairs, query_object};
pub use print_filter::print_filters;
pub use problem::{Area, Invalid, Problem};
pub use project::{NewProject, ProjectChange, new_project, project_change};
pub use query::{Asked, query};
pub use retrieval::{Retrieval, retrieval};
pub use saved_query::{NewSavedQuery, print_saved_question, saved_query, saved_question};
pub use self_description::{described_caller, self_description};
pub use update::event_update;

use crate::time::{Instant, Zones};

/// What a request is read against: the time it came in, and the time-zone database.
#[derive(Clone, Copy)]
pub struct Moment<'a> {
    /// When the request came in.
    pub now: Instant,
    /// Which zones there are.
    pub zones: &'a dyn Zones,
}
