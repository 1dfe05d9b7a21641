//! Which events are refused, and where?

use super::*;
use crate::value::parse;

fn checked(text: &str) -> Result<NewEvent, EventProblem> {
    check(parse(text.as_bytes()).unwrap())
}

#[test]
fn the_keen_properties_are_taken_apart_and_the_rest_is_kept_as_sent() {
    let sent = r#"{"b":[{"x":null}],"keen":{"timestamp":"2026-03-01T00:00:00+01:00","uniqueness_token":"t",
        "addons":[],"location":{"coordinates":[21.0,52.2]}},"__proto__":{"a":1}}"#;
    let event = checked(sent).unwrap();
    assert_eq!(
        event.timestamp.unwrap().to_string(),
        "2026-02-28T23:00:00.000Z"
    );
    assert_eq!(event.uniqueness_token.as_deref(), Some("t"));
    let body =
        r#"{"b":[{"x":null}],"keen":{"location":{"coordinates":[21,52.2]}},"__proto__":{"a":1}}"#;
    assert_eq!(event.body.to_string(), body);
}

#[test]
fn a_refused_event_says_where() {
    for (sent, pointer) in [
        ("[]", ""),
        ("3", ""),
        (r#"{"a":{"b.c":1}}"#, "/a/b.c"),
        (r#"{"a":[0,{"$b":1}]}"#, "/a/1/$b"),
        (r#"{"a/b":{"":1}}"#, "/a~1b/"),
        (r#"{"keen":3}"#, "/keen"),
        (r#"{"keen":{"id":"x"}}"#, "/keen/id"),
        (
            r#"{"keen":{"created_at":"2026-01-01"}}"#,
            "/keen/created_at",
        ),
        (r#"{"keen":{"timestamp":"yesterday"}}"#, "/keen/timestamp"),
        (r#"{"keen":{"timestamp":1700000000}}"#, "/keen/timestamp"),
        (
            r#"{"keen":{"uniqueness_token":""}}"#,
            "/keen/uniqueness_token",
        ),
        (
            r#"{"keen":{"location":{"coordinates":[200,0]}}}"#,
            "/keen/location",
        ),
        (r#"{"keen":{"addons":{}}}"#, "/keen/addons"),
    ] {
        assert_eq!(checked(sent).unwrap_err().pointer, pointer, "{sent}");
    }
}

#[test]
fn an_event_of_a_hundred_levels_passes_and_one_more_does_not() {
    let of_levels = |levels: usize| format!("{}1{}", r#"{"a":"#.repeat(levels), "}".repeat(levels));
    assert!(checked(&of_levels(100)).is_ok());
    assert_eq!(
        checked(&of_levels(101)).unwrap_err().kind,
        EventProblemKind::TooDeep { actual: 101 }
    );
}

#[test]
fn an_event_of_900_000_bytes_passes_and_one_more_does_not() {
    let of_bytes = |bytes: usize| format!(r#"{{"a":"{}"}}"#, "x".repeat(bytes - 8));
    assert!(checked(&of_bytes(900_000)).is_ok());
    let problem = checked(&of_bytes(900_001)).unwrap_err();
    assert_eq!(problem.kind, EventProblemKind::TooLarge { actual: 900_001 });
}
