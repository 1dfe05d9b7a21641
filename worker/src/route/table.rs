//! Which endpoints are there, and under which method and path?

/// An endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// List the versions of the API.
    ListVersions,
    /// Say where the resources of this version are.
    ListResources,
    /// Describe the API to programs.
    DescribeApi,
    /// Is the Worker alive, and its database?
    Health,
    /// Record one event.
    RecordEvent,
    /// Record one event by an image's address, or describe a collection.
    GetCollection,
    /// Record a batch.
    RecordEvents,
    /// List the one project of a key.
    ListOwnProject,
    /// Say what is in a project.
    DescribeProject,
    /// List the collections and their properties.
    ListCollections,
    /// Say which types a property has.
    DescribeProperty,
    /// Change events of a collection.
    UpdateEvents,
    /// Delete events of every collection.
    EraseEvents,
    /// Delete a collection, or events of it.
    DeleteEvents,
    /// Delete a property of a collection's events.
    DeleteProperty,
    /// List saved queries.
    ListSavedQueries,
    /// Read a saved query's definition.
    ReadSavedQuery,
    /// Keep a query under a name.
    KeepSavedQuery,
    /// Delete a saved query.
    DeleteSavedQuery,
    /// Ask for a saved query's result.
    RunSavedQuery,
    /// Ask, with the question in the body.
    PostQuery,
    /// Ask, with the question in the parameters.
    GetQuery,
    /// List the analyses that can be asked for.
    ListQueries,
    /// List datasets.
    ListDatasets,
    /// Read a dataset's definition.
    ReadDataset,
    /// Make a dataset.
    MakeDataset,
    /// Delete a dataset.
    DeleteDataset,
    /// Ask for what a dataset holds.
    RetrieveDataset,
    /// List the time zones.
    ListTimezones,
    /// Say what the caller's own key may do.
    DescribeSelf,
    /// Say how a request would be decided.
    Explain,
    /// Revoke every access key with an external id.
    RevokeKeys,
    /// Make an access key.
    MakeKey,
    /// List access keys.
    ListKeys,
    /// Read an access key.
    ReadKey,
    /// Replace an access key's definition.
    ReplaceKey,
    /// Delete an access key.
    DeleteKey,
    /// Revoke an access key.
    RevokeKey,
    /// Restore a revoked access key.
    UnrevokeKey,
    /// Give an access key a new string.
    RotateKey,
    /// Read what happened to keys, and which requests were refused.
    ReadAudit,
    /// Make one of a project's own keys anew, by its master key.
    RegenerateKey,
    /// Make one of a project's own keys anew, by its organization's key.
    RegenerateProjectKey,
    /// Make a project.
    MakeProject,
    /// List an organization's projects.
    ListProjects,
    /// Read a project, by its organization.
    ReadProject,
    /// Change a project.
    ChangeProject,
    /// Refuse all keys of a project.
    DeactivateProject,
}

impl Route {
    /// Every endpoint.
    pub const ALL: [Route; 48] = [
        Route::ListVersions,
        Route::ListResources,
        Route::DescribeApi,
        Route::Health,
        Route::RecordEvent,
        Route::GetCollection,
        Route::RecordEvents,
        Route::ListOwnProject,
        Route::DescribeProject,
        Route::ListCollections,
        Route::DescribeProperty,
        Route::UpdateEvents,
        Route::EraseEvents,
        Route::DeleteEvents,
        Route::DeleteProperty,
        Route::ListSavedQueries,
        Route::ReadSavedQuery,
        Route::KeepSavedQuery,
        Route::DeleteSavedQuery,
        Route::RunSavedQuery,
        Route::PostQuery,
        Route::GetQuery,
        Route::ListQueries,
        Route::ListDatasets,
        Route::ReadDataset,
        Route::MakeDataset,
        Route::DeleteDataset,
        Route::RetrieveDataset,
        Route::ListTimezones,
        Route::DescribeSelf,
        Route::Explain,
        Route::RevokeKeys,
        Route::MakeKey,
        Route::ListKeys,
        Route::ReadKey,
        Route::ReplaceKey,
        Route::DeleteKey,
        Route::RevokeKey,
        Route::UnrevokeKey,
        Route::RotateKey,
        Route::ReadAudit,
        Route::RegenerateKey,
        Route::RegenerateProjectKey,
        Route::MakeProject,
        Route::ListProjects,
        Route::ReadProject,
        Route::ChangeProject,
        Route::DeactivateProject,
    ];

    /// Its method, and its path with `{…}` for what varies.
    pub fn template(self) -> (&'static str, &'static str) {
        match self {
            Route::ListVersions => ("GET", "/"),
            Route::ListResources => ("GET", "/3.0"),
            Route::DescribeApi => ("GET", "/3.0/openapi.json"),
            Route::Health => ("GET", "/health"),
            Route::RecordEvent => ("POST", "/3.0/projects/{project}/events/{collection}"),
            Route::GetCollection => ("GET", "/3.0/projects/{project}/events/{collection}"),
            Route::RecordEvents => ("POST", "/3.0/projects/{project}/events"),
            Route::ListOwnProject => ("GET", "/3.0/projects"),
            Route::DescribeProject => ("GET", "/3.0/projects/{project}"),
            Route::ListCollections => ("GET", "/3.0/projects/{project}/events"),
            Route::DescribeProperty => (
                "GET",
                "/3.0/projects/{project}/events/{collection}/properties/{property}",
            ),
            Route::UpdateEvents => ("PUT", "/3.0/projects/{project}/events/{collection}"),
            Route::EraseEvents => ("DELETE", "/3.0/projects/{project}/events"),
            Route::DeleteEvents => ("DELETE", "/3.0/projects/{project}/events/{collection}"),
            Route::DeleteProperty => (
                "DELETE",
                "/3.0/projects/{project}/events/{collection}/properties/{property}",
            ),
            Route::ListSavedQueries => ("GET", "/3.0/projects/{project}/queries/saved"),
            Route::ReadSavedQuery => ("GET", "/3.0/projects/{project}/queries/saved/{name}"),
            Route::KeepSavedQuery => ("PUT", "/3.0/projects/{project}/queries/saved/{name}"),
            Route::DeleteSavedQuery => ("DELETE", "/3.0/projects/{project}/queries/saved/{name}"),
            Route::RunSavedQuery => ("GET", "/3.0/projects/{project}/queries/saved/{name}/result"),
            Route::PostQuery => ("POST", "/3.0/projects/{project}/queries/{analysis}"),
            Route::GetQuery => ("GET", "/3.0/projects/{project}/queries/{analysis}"),
            Route::ListQueries => ("GET", "/3.0/projects/{project}/queries"),
            Route::ListDatasets => ("GET", "/3.0/projects/{project}/datasets"),
            Route::ReadDataset => ("GET", "/3.0/projects/{project}/datasets/{name}"),
            Route::MakeDataset => ("PUT", "/3.0/projects/{project}/datasets/{name}"),
            Route::DeleteDataset => ("DELETE", "/3.0/projects/{project}/datasets/{name}"),
            Route::RetrieveDataset => ("GET", "/3.0/projects/{project}/datasets/{name}/results"),
            Route::ListTimezones => ("GET", "/timezones"),
            Route::DescribeSelf => ("GET", "/3.0/projects/{project}/keys/self"),
            Route::Explain => ("POST", "/3.0/projects/{project}/keys/explain"),
            Route::RevokeKeys => ("POST", "/3.0/projects/{project}/keys/revoke"),
            Route::MakeKey => ("POST", "/3.0/projects/{project}/keys"),
            Route::ListKeys => ("GET", "/3.0/projects/{project}/keys"),
            Route::ReadKey => ("GET", "/3.0/projects/{project}/keys/{key}"),
            Route::ReplaceKey => ("POST", "/3.0/projects/{project}/keys/{key}"),
            Route::DeleteKey => ("DELETE", "/3.0/projects/{project}/keys/{key}"),
            Route::RevokeKey => ("POST", "/3.0/projects/{project}/keys/{key}/revoke"),
            Route::UnrevokeKey => ("POST", "/3.0/projects/{project}/keys/{key}/unrevoke"),
            Route::RotateKey => ("POST", "/3.0/projects/{project}/keys/{key}/rotate"),
            Route::ReadAudit => ("GET", "/3.0/projects/{project}/audit"),
            Route::RegenerateKey => ("POST", "/3.0/projects/{project}/api_keys/{kind}/regenerate"),
            Route::RegenerateProjectKey => (
                "POST",
                "/3.0/organizations/{organization}/projects/{project}/api_keys/{kind}/regenerate",
            ),
            Route::MakeProject => ("POST", "/3.0/organizations/{organization}/projects"),
            Route::ListProjects => ("GET", "/3.0/organizations/{organization}/projects"),
            Route::ReadProject => (
                "GET",
                "/3.0/organizations/{organization}/projects/{project}",
            ),
            Route::ChangeProject => (
                "POST",
                "/3.0/organizations/{organization}/projects/{project}",
            ),
            Route::DeactivateProject => (
                "DELETE",
                "/3.0/organizations/{organization}/projects/{project}",
            ),
        }
    }
}
