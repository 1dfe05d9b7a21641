//! What does each endpoint do? One file each, one public function.

mod ask;
mod ask_extraction;
mod ask_funnel;
mod change_key;
mod change_project;
mod check_health;
mod datasets;
mod delete_events;
mod describe;
mod describe_api;
mod describe_self;
mod explain;
mod get_collection;
mod key_answer;
mod key_permit;
mod list_datasets;
mod list_queries;
mod list_timezones;
mod make_key;
mod make_project;
mod match_patterns;
mod new_string;
mod own_schema;
mod paging;
mod project_answer;
mod property_types;
mod read_audit;
mod read_keys;
mod record_event;
mod record_event_by_get;
mod record_events;
mod regenerate_key;
mod retrieve_dataset;
mod revoke_keys;
mod rotate_key;
mod run_query;
mod run_saved_query;
mod saved_answer;
mod saved_queries;
mod update_events;

pub use match_patterns::matches_of;
pub use run_saved_query::refresh;

use crate::call::Call;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::{Route, find};

/// Finds the endpoint and lets it answer.
pub async fn handle(context: &Context, call: &Call) -> Result<Reply, Refusal> {
    let (route, parameters) = find(&call.method, &call.path)?;
    let mut parameters = parameters.iter().map(String::as_str);
    let mut next = || parameters.next().unwrap_or("");
    match route {
        Route::ListVersions => Ok(describe_api::list_versions()),
        Route::ListResources => Ok(describe_api::list_resources()),
        Route::DescribeApi => Ok(describe_api::describe_api(call)),
        Route::Health => check_health::check_health(context).await,
        Route::RecordEvent => record_event::record_event(context, call, next(), next()).await,
        Route::GetCollection => get_collection::get_collection(context, call, next(), next()).await,
        Route::RecordEvents => record_events::record_events(context, call, next()).await,
        Route::ListOwnProject => describe::list_projects(context, call).await,
        Route::DescribeProject => describe::describe_project(context, call, next()).await,
        Route::ListCollections => describe::list_collections(context, call, next()).await,
        Route::DescribeProperty => {
            describe::describe_property(context, call, next(), next(), next()).await
        }
        Route::UpdateEvents => update_events::update_events(context, call, next(), next()).await,
        Route::EraseEvents => delete_events::erase_events(context, call, next()).await,
        Route::DeleteEvents => delete_events::delete_events(context, call, next(), next()).await,
        Route::DeleteProperty => {
            delete_events::delete_property(context, call, next(), next(), next()).await
        }
        Route::PostQuery => {
            let (project, analysis) = (next(), next());
            run_query::run_query(context, call, project, analysis, call.json()).await
        }
        Route::GetQuery => {
            let (project, analysis) = (next(), next());
            let body = call
                .parameters()
                .and_then(|pairs| Ok(keyhole_policy::wire::query_object(&pairs)?));
            run_query::run_query(context, call, project, analysis, body).await
        }
        Route::ListQueries => list_queries::list_queries(context, call, next()).await,
        Route::ListSavedQueries => saved_queries::list_saved_queries(context, call, next()).await,
        Route::ReadSavedQuery => {
            saved_queries::read_saved_query(context, call, next(), next()).await
        }
        Route::KeepSavedQuery => {
            saved_queries::keep_saved_query(context, call, next(), next()).await
        }
        Route::DeleteSavedQuery => {
            saved_queries::delete_saved_query(context, call, next(), next()).await
        }
        Route::RunSavedQuery => {
            run_saved_query::run_saved_query(context, call, next(), next()).await
        }
        Route::ListDatasets => list_datasets::list_datasets(context, call, next()).await,
        Route::ReadDataset => datasets::read_dataset(context, call, next(), next()).await,
        Route::MakeDataset => datasets::make_dataset(context, call, next(), next()).await,
        Route::DeleteDataset => datasets::delete_dataset(context, call, next(), next()).await,
        Route::RetrieveDataset => {
            retrieve_dataset::retrieve_dataset(context, call, next(), next()).await
        }
        Route::ListTimezones => Ok(list_timezones::list_timezones(context)),
        Route::DescribeSelf => describe_self::describe_self(context, call, next()).await,
        Route::Explain => explain::explain(context, call, next()).await,
        Route::RevokeKeys => revoke_keys::revoke_keys(context, call, next()).await,
        Route::MakeKey => make_key::make_key(context, call, next()).await,
        Route::ListKeys => read_keys::list_keys(context, call, next()).await,
        Route::ReadKey => read_keys::read_key(context, call, next(), next()).await,
        Route::ReplaceKey => change_key::replace_key(context, call, next(), next()).await,
        Route::DeleteKey => change_key::delete_key(context, call, next(), next()).await,
        Route::RevokeKey => change_key::set_active(context, call, next(), next(), false).await,
        Route::UnrevokeKey => change_key::set_active(context, call, next(), next(), true).await,
        Route::RotateKey => rotate_key::rotate_key(context, call, next(), next()).await,
        Route::ReadAudit => read_audit::read_audit(context, call, next()).await,
        Route::RegenerateKey => regenerate_key::regenerate_key(context, call, next(), next()).await,
        Route::RegenerateProjectKey => {
            regenerate_key::regenerate_project_key(context, call, next(), next(), next()).await
        }
        Route::MakeProject => make_project::make_project(context, call, next()).await,
        Route::ListProjects => make_project::list_projects(context, call, next()).await,
        Route::ReadProject => change_project::read_project(context, call, next(), next()).await,
        Route::ChangeProject => change_project::change_project(context, call, next(), next()).await,
        Route::DeactivateProject => {
            change_project::deactivate_project(context, call, next(), next()).await
        }
    }
}
