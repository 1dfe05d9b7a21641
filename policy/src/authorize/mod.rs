//! May this caller do this, and on which rows? One maker for each `Authorized…` value.

mod dataset;
mod deletion;
mod manage;
mod query;
mod record;
mod saved_query;
mod schema;

pub use dataset::{
    AuthorizedDataset, AuthorizedDatasetLookUp, AuthorizedDatasets, dataset, look_up_dataset,
    manage_datasets,
};
pub use deletion::{AuthorizedDeletion, delete};
pub use manage::{
    AuthorizedKeyDefinition, AuthorizedKeyManagement, AuthorizedOversight, AuthorizedProjects,
    manage_keys, manage_projects, oversee,
};
pub use query::{AuthorizedQuery, list_queries, query};
pub use record::{AuthorizedEvent, AuthorizedRedirect, Recorder, recorder};
pub use saved_query::{
    AuthorizedLookUp, AuthorizedSavedQueries, AuthorizedSavedQuery, look_up_saved_query,
    manage_saved_queries, read_definition, saved_query, saved_query_by_name,
};
pub use schema::{AuthorizedSchema, describe_project, schema};
