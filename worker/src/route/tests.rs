//! Is every endpoint found by its own path, and by no other?

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
