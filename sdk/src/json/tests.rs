//! Are members read as they stand, and is what is no JSON of ours refused?

use super::*;
use keyhole_policy::name::check_property_name;

fn values(text: &str) -> Vec<(String, &str)> {
    let members = members(text, |_| Ok(())).unwrap();
    members
        .into_iter()
        .map(|member| (member.name.into_owned(), member.value))
        .collect()
}

#[test]
fn members_come_in_order_with_their_values_untouched() {
    let text = r#"{"a":1e+21,"b":{"c":[1,{"d":"]}\"\\"}]},"e":"\ud83d\udc26","":null}"#;
    let expected = [
        ("a", "1e+21"),
        ("b", r#"{"c":[1,{"d":"]}\"\\"}]}"#),
        ("e", r#""\ud83d\udc26""#),
        ("", "null"),
    ];
    assert_eq!(
        values(text),
        expected.map(|(name, value)| (name.to_owned(), value))
    );
}

#[test]
fn an_escaped_name_is_read_as_what_it_means() {
    assert_eq!(
        values(r#"{ "a\u002eb\n" : [ ] }"#),
        [("a.b\n".to_owned(), "[ ]")]
    );
}

#[test]
fn what_is_no_object_or_no_json_is_refused() {
    for text in ["", "null", "[]", "3", "\"{}\""] {
        assert_eq!(
            members(text, |_| Ok(())),
            Err(JsonProblem::NotAnObject),
            "{text}"
        );
    }
    for text in [
        "{",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1",
        "{\"a\":1,}",
        "{}x",
        "{\"a\":[1",
        "{\"a",
        "{\"\\u12\":1}",
    ] {
        assert_eq!(
            members(text, |_| Ok(())),
            Err(JsonProblem::Malformed),
            "{text}"
        );
    }
}

#[test]
fn names_are_checked_at_every_depth() {
    for text in [
        r#"{"a.b":1}"#,
        r#"{"a":[{"$b":1}]}"#,
        r#"{"a":{"b":{"":1}}}"#,
    ] {
        let problem = members(text, check_property_name);
        assert!(matches!(problem, Err(JsonProblem::Name { .. })), "{text}");
    }
}

#[test]
fn a_hundred_levels_pass_and_one_more_does_not() {
    let nested = |levels: usize| {
        format!(
            "{{\"a\":{}{}}}",
            "[".repeat(levels - 1),
            "]".repeat(levels - 1)
        )
    };
    assert!(members(&nested(100), |_| Ok(())).is_ok());
    assert_eq!(members(&nested(101), |_| Ok(())), Err(JsonProblem::TooDeep));
    assert_eq!(
        members(&nested(100_000), |_| Ok(())),
        Err(JsonProblem::TooDeep)
    );
}

#[test]
fn half_a_character_is_refused() {
    for text in [
        r#"{"a":"\ud83d"}"#,
        r#"{"a":"\udc26x"}"#,
        r#"{"a":"\ud83d\u0041"}"#,
    ] {
        assert_eq!(
            members(text, |_| Ok(())),
            Err(JsonProblem::LoneSurrogate),
            "{text}"
        );
    }
}
