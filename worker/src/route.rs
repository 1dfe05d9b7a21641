//! Which endpoint is asked for? The table of all of them, which the router itself walks.

use crate::refusal::Refusal;
use keyhole_policy::wire::decode_component;

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
}

impl Route {
    /// Every endpoint.
    pub const ALL: [Route; 44] = [
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
        }
    }
}

/// Finds the endpoint, and what stands in its path for `{…}`, decoded. HEAD is answered as GET.
///
/// Of templates that fit, those with the fewest `{…}` count: `/queries/saved` is no analysis, whatever the method.
pub fn find(method: &str, path: &str) -> Result<(Route, Vec<String>), Refusal> {
    let method = if method == "HEAD" { "GET" } else { method };
    let mut fitting: Vec<(Route, Vec<String>)> = Vec::new();
    for route in Route::ALL {
        let Some(parameters) = fit(route.template().1, path) else {
            continue;
        };
        let fewest = fitting.first().map_or(usize::MAX, |(_, best)| best.len());
        if parameters.len() < fewest {
            fitting.clear();
        }
        if parameters.len() <= fewest {
            fitting.push((route, parameters));
        }
    }
    let methods = fitting.iter().map(|(route, _)| route.template().0);
    let allowed = methods.collect::<Vec<&str>>().join(", ");
    let mut found = fitting.into_iter();
    match found.find(|(route, _)| route.template().0 == method) {
        Some(found) => Ok(found),
        None if allowed.is_empty() => Err(Refusal::NoSuchPath),
        None => Err(Refusal::MethodNotAllowed(allowed)),
    }
}

/// What stands for `{…}`, if the path fits. Each segment is decoded by itself: an encoded slash parts nothing.
fn fit(template: &str, path: &str) -> Option<Vec<String>> {
    let mut parameters = Vec::new();
    let mut found = path.split('/');
    for wanted in template.split('/') {
        let segment = found.next()?;
        if wanted.starts_with('{') {
            parameters.push(decode_component(segment).filter(|text| !text.is_empty())?);
        } else if wanted != segment {
            return None;
        }
    }
    found.next().is_none().then_some(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_found_by_its_own_template_and_no_other() {
        for route in Route::ALL {
            let (method, template) = route.template();
            let path = template.replace(['{', '}'], "");
            let (found, parameters) = find(method, &path).unwrap();
            assert_eq!(found, route);
            assert_eq!(parameters.len(), template.matches('{').count());
        }
    }

    #[test]
    fn what_is_no_endpoint_is_told_from_a_wrong_method() {
        for path in [
            "//",
            "",
            "/3.0/",
            "/3.0//projects/p/events",
            "/3.0/projects/p/events/",
            "/3.0/projects//events",
            "/3.0/Projects/p/events",
        ] {
            assert!(
                matches!(find("GET", path), Err(Refusal::NoSuchPath)),
                "{path}"
            );
        }
        let Err(Refusal::MethodNotAllowed(allowed)) = find("PATCH", "/3.0/projects/p/keys") else {
            panic!()
        };
        assert_eq!(allowed, "POST, GET");
    }

    #[test]
    fn a_word_of_a_path_is_never_taken_for_what_varies_beside_it() {
        for (method, path, allowed) in [
            ("POST", "/3.0/projects/p/queries/saved", "GET"),
            ("GET", "/3.0/projects/p/keys/revoke", "POST"),
            ("DELETE", "/3.0/projects/p/keys/self", "GET"),
        ] {
            let found = find(method, path);
            assert!(
                matches!(&found, Err(Refusal::MethodNotAllowed(found)) if found == allowed),
                "{path}: {found:?}"
            );
        }
    }

    #[test]
    fn an_encoded_slash_stays_inside_its_segment() {
        let (route, parameters) = find("POST", "/3.0/projects/p/events/a%2Fb%20c").unwrap();
        assert_eq!(
            (route, parameters.last().unwrap().as_str()),
            (Route::RecordEvent, "a/b c")
        );
    }
}
