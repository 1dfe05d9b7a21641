//! Is every way of being wider found, with its field?

use super::*;
use crate::value::parse;
use crate::wire::key_definition;

fn definition(text: &str) -> KeyDefinition {
    let text = format!(r#"{{"name":"k",{text}}}"#);
    key_definition(&parse(text.as_bytes()).unwrap()).unwrap()
}

fn found(child: &str, parent: &str) -> Option<String> {
    let now = Instant::parse("2026-06-01").unwrap();
    let shown = within(&definition(child), &definition(parent), now);
    shown.err().map(|wider| wider.pointer)
}

#[test]
fn a_key_is_within_itself() {
    let full = r#""permitted":["queries","writes","schema","datasets","saved_queries","cached_queries","keys"],
        "options":{"queries":{"filters":[{"property_name":"a","operator":"eq","property_value":1}],
        "collections":{"allowed":["a*"],"blocked":["ab"]},"properties":{"except":["x.y"]},
        "timeframe":{"oldest":"P9D","newest":"2027-01-01","max_span":"P1D","mode":"deny"},"analyses":["count"]},
        "writes":{"autofill":{"a":{"b":1}},"properties":{"only":["c"]}},
        "datasets":{"operations":["read"],"allowed":{"d":{"index_by":{"p":["v"]}}},"blocked":["e"]},
        "saved_queries":{"allowed":["s"],"blocked":["t"]},"cached_queries":{"blocked":["u"]}},
        "expires_at":"2030-01-01","not_before":"2020-01-01""#;
    assert_eq!(found(full, full), None);
}

#[test]
fn every_wider_field_is_named() {
    let queries =
        |options: &str| format!(r#""permitted":["queries"],"options":{{"queries":{{{options}}}}}"#);
    for (child, parent, pointer) in [
        (
            "",
            r#""filters":[{"property_name":"a","operator":"eq","property_value":1}]"#,
            "filters",
        ),
        (
            "",
            r#""collections":{"allowed":["a"]}"#,
            "collections/allowed",
        ),
        (
            r#""collections":{"allowed":["a","b*"]}"#,
            r#""collections":{"allowed":["a*","bc*"]}"#,
            "collections/allowed/1",
        ),
        (
            r#""collections":{"allowed":["a*"]}"#,
            r#""collections":{"blocked":["ab"]}"#,
            "collections/blocked",
        ),
        ("", r#""properties":{"only":["a"]}"#, "properties/only"),
        (
            r#""properties":{"only":["a.b","b"]}"#,
            r#""properties":{"only":["a"]}"#,
            "properties/only/1",
        ),
        (
            r#""properties":{"except":["a.b.c"]}"#,
            r#""properties":{"except":["a.b"]}"#,
            "properties/except",
        ),
        (
            r#""properties":{"only":["a"]}"#,
            r#""properties":{"except":["a.b"]}"#,
            "properties/except",
        ),
        ("", r#""timeframe":{"oldest":"P9D"}"#, "timeframe"),
        (
            r#""timeframe":{"oldest":"P10D"}"#,
            r#""timeframe":{"oldest":"P9D"}"#,
            "timeframe/oldest",
        ),
        (
            r#""timeframe":{"oldest":"2026-05-31"}"#,
            r#""timeframe":{"oldest":"P9D"}"#,
            "timeframe/oldest",
        ),
        (
            r#""timeframe":{"newest":"P1D"}"#,
            r#""timeframe":{"newest":"2026-06-30"}"#,
            "timeframe/newest",
        ),
        (
            r#""timeframe":{"max_span":"P2D"}"#,
            r#""timeframe":{"max_span":"P1D"}"#,
            "timeframe/max_span",
        ),
        (
            r#""timeframe":{}"#,
            r#""timeframe":{"mode":"deny"}"#,
            "timeframe/mode",
        ),
        ("", r#""analyses":["count"]"#, "analyses"),
        (
            r#""analyses":["count","sum"]"#,
            r#""analyses":["count"]"#,
            "analyses",
        ),
    ] {
        let expected = Some(format!("/options/queries/{pointer}"));
        assert_eq!(
            found(&queries(child), &queries(parent)),
            expected,
            "{child} {parent}"
        );
    }
    for (child, parent, pointer) in [
        (
            r#""permitted":["writes","queries"]"#,
            r#""permitted":["writes"]"#,
            "/permitted",
        ),
        (
            r#""permitted":[]"#,
            r#""permitted":[],"expires_at":"2030-01-01""#,
            "/expires_at",
        ),
        (
            r#""permitted":[],"expires_at":"2031-01-01""#,
            r#""permitted":[],"expires_at":"2030-01-01""#,
            "/expires_at",
        ),
        (
            r#""permitted":[]"#,
            r#""permitted":[],"not_before":"2020-01-01""#,
            "/not_before",
        ),
        (
            r#""permitted":["schema"]"#,
            r#""permitted":["schema"],"options":{"queries":{"properties":{"except":["m"]}}}"#,
            "/options/queries/properties/except",
        ),
        (
            r#""permitted":["writes"]"#,
            r#""permitted":["writes"],"options":{"writes":{"autofill":{"a":{"b":1}}}}"#,
            "/options/writes/autofill",
        ),
        (
            r#""permitted":["writes"],"options":{"writes":{"autofill":{"a":{"b":2}}}}"#,
            r#""permitted":["writes"],"options":{"writes":{"autofill":{"a":{"b":1}}}}"#,
            "/options/writes/autofill",
        ),
        (
            r#""permitted":["datasets"]"#,
            r#""permitted":["datasets"],"options":{"datasets":{"operations":["read"]}}"#,
            "/options/datasets/operations",
        ),
        (
            r#""permitted":["datasets"],"options":{"datasets":{"allowed":{"d":{}}}}"#,
            r#""permitted":["datasets"],"options":{"datasets":{"allowed":{"d":{"index_by":{"a/b":[1]}}}}}"#,
            "/options/datasets/allowed/d/index_by/a~1b",
        ),
        (
            r#""permitted":["datasets"]"#,
            r#""permitted":["datasets"],"options":{"datasets":{"blocked":["d"]}}"#,
            "/options/datasets/blocked",
        ),
        (
            r#""permitted":["saved_queries"]"#,
            r#""permitted":["saved_queries"],"options":{"saved_queries":{"allowed":["q"]}}"#,
            "/options/saved_queries/allowed",
        ),
        (
            r#""permitted":["cached_queries"]"#,
            r#""permitted":["cached_queries"],"options":{"cached_queries":{"blocked":["q"]}}"#,
            "/options/cached_queries/blocked",
        ),
    ] {
        assert_eq!(
            found(child, parent).as_deref(),
            Some(pointer),
            "{child} {parent}"
        );
    }
}

#[test]
fn what_is_narrower_is_let_through() {
    for (child, parent) in [
        (
            r#""permitted":[]"#,
            r#""permitted":["queries"],"options":{"queries":{"analyses":["count"]}}"#,
        ),
        (
            r#""permitted":["queries"],"options":{"queries":{"properties":{"only":["a.c"]}}}"#,
            r#""permitted":["queries"],"options":{"queries":{"properties":{"except":["a.b"]}}}"#,
        ),
        (
            r#""permitted":["queries"],"options":{"queries":{"timeframe":{"oldest":"P1D"}}}"#,
            r#""permitted":["queries"],"options":{"queries":{"timeframe":{"oldest":"2026-05-01"}}}"#,
        ),
        (
            r#""permitted":["queries"],"options":{"queries":{"collections":{"allowed":["*"],"blocked":["ab*"]}}}"#,
            r#""permitted":["queries"],"options":{"queries":{"collections":{"blocked":["abc"]}}}"#,
        ),
        (
            r#""permitted":["writes"],"options":{"writes":{"autofill":{"c":{"id":"x"}}}}"#,
            r#""permitted":["writes"],"options":{"writes":{"filters":[{"property_name":"c.id","operator":"eq","property_value":"x"}]}}"#,
        ),
    ] {
        assert_eq!(found(child, parent), None, "{child} {parent}");
    }
}
