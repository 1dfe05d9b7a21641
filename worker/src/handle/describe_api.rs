//! What is here, for programs that have never seen it?

use crate::call::Call;
use crate::reply::{Body, Reply};
use crate::sql::hexadecimal;
use keyhole_policy::value::Value;
use sha2::{Digest, Sha256};

/// The description of the API, as `build.rs` puts it together.
const DOCUMENT: &str = include_str!(concat!(env!("OUT_DIR"), "/openapi.json"));

/// `GET /`: Keen's list of versions.
pub fn list_versions() -> Reply {
    Reply::ok(Value::List(vec![Value::object([
        ("is_public", Value::Bool(true)),
        ("url", Value::text("/3.0")),
        ("version", Value::text("3.0")),
    ])]))
}

/// `GET /3.0`: where projects and the description are.
pub fn list_resources() -> Reply {
    Reply::ok(Value::object([
        ("projects_resource_url", Value::text("/3.0/projects")),
        ("description_url", Value::text("/3.0/openapi.json")),
    ]))
}

/// `GET /3.0/openapi.json`: an OpenAPI 3.1 document, the same for everyone; 304 to who has it.
pub fn describe_api(call: &Call) -> Reply {
    let etag = format!("\"{}\"", hexadecimal(&Sha256::digest(DOCUMENT)));
    let mut reply = if call.has_version(&etag) {
        Reply::not_modified()
    } else {
        Reply {
            status: 200,
            body: Body::FixedJson(DOCUMENT),
            headers: Vec::new(),
        }
    };
    let cacheable = "public, max-age=3600".to_owned();
    reply.headers.push(("cache-control", cacheable));
    reply.with_etag(etag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::Route;
    use keyhole_policy::value::parse;
    use std::collections::BTreeMap;

    /// `recordEvent` of `RecordEvent`.
    fn operation_id(route: Route) -> String {
        let name = format!("{route:?}");
        let (first, rest) = name.split_at(1);
        first.to_lowercase() + rest
    }

    fn properties<'a>(value: &'a Value, name: &str) -> &'a [(String, Value)] {
        match value.get(name) {
            Some(Value::Object(properties)) => properties,
            _ => panic!("the document has no {name}"),
        }
    }

    #[test]
    fn the_document_describes_every_route_under_its_name_and_nothing_else() {
        let document = parse(DOCUMENT.as_bytes()).unwrap();
        let mut described = BTreeMap::new();
        for (path, item) in properties(&document, "paths") {
            for method in ["get", "post", "put", "delete", "patch", "head", "options"] {
                if let Some(operation) = item.get(method) {
                    let id = operation.get("operationId").and_then(Value::as_text);
                    let request = format!("{} {path}", method.to_uppercase());
                    described.insert(request, id.unwrap_or("nothing").to_owned());
                }
            }
        }
        let mut complaints = Vec::new();
        for route in Route::ALL {
            let (method, path) = route.template();
            let request = format!("{method} {path}");
            let wanted = operation_id(route);
            match described.remove(&request) {
                None => complaints.push(format!(
                    "{request} (Route::{route:?}) has no description: add it to a file in worker/openapi/ as operationId {wanted}"
                )),
                Some(found) if found != wanted => {
                    complaints.push(format!("{request} is called {found} instead of {wanted}"));
                }
                Some(_) => {}
            }
        }
        let routeless = described.keys();
        complaints.extend(
            routeless.map(|request| format!("{request} is described, and no route has it")),
        );
        assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
    }

    #[test]
    fn every_reference_leads_somewhere_and_every_component_is_used() {
        let document: serde_json::Value = serde_json::from_str(DOCUMENT).unwrap();
        let mut used = Vec::new();
        references(&document, &mut used);
        for pointer in &used {
            assert!(
                document.pointer(pointer).is_some(),
                "#{pointer} leads nowhere"
            );
        }
        for kind in ["schemas", "parameters", "responses", "headers"] {
            for name in document["components"][kind].as_object().unwrap().keys() {
                let pointer = format!("/components/{kind}/{name}");
                assert!(used.contains(&pointer), "nothing refers to {pointer}");
            }
        }
    }

    fn references(value: &serde_json::Value, found: &mut Vec<String>) {
        match value {
            serde_json::Value::Object(properties) => {
                if let Some(reference) = properties.get("$ref").and_then(|text| text.as_str()) {
                    found.push(reference.trim_start_matches('#').to_owned());
                }
                properties
                    .values()
                    .for_each(|value| references(value, found));
            }
            serde_json::Value::Array(items) => {
                items.iter().for_each(|item| references(item, found))
            }
            _ => {}
        }
    }
}
