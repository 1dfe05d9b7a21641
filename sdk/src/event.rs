//! How is an event sent? Checked by the server's rules, dated, and with a token of its own.

use crate::client::path_segment;
use crate::json::{self, JsonProblem, Member};
use crate::refusal::{Misuse, Refusal};
use keyhole_policy::limits::EVENT_BYTES_MAX;
use keyhole_policy::name::{CollectionName, check_property_name};

/// Random bytes in one token.
pub const TOKEN_BYTES: usize = 16;

/// Where an event of this collection is posted to.
pub fn url(project_url: &str, collection: &str) -> Result<String, Refusal> {
    check_collection(collection)?;
    Ok(format!("{project_url}/events/{}", path_segment(collection)))
}

/// Can events be kept under this name, and reached by a path?
pub fn check_collection(collection: &str) -> Result<(), Refusal> {
    CollectionName::parse(collection).map_err(Refusal::CollectionName)?;
    if matches!(collection, "." | "..") {
        return Err(Refusal::CollectionNameIsADirectory);
    }
    Ok(())
}

/// A token that no other event will have: 128 random bits as hexadecimal digits.
pub fn token(random: &[u8]) -> Result<String, Misuse> {
    if random.len() != TOKEN_BYTES {
        return Err(Misuse {
            field: "random",
            must: "be 16 bytes",
        });
    }
    let digits = random.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    Ok(digits
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect())
}

/// The event with `keen.timestamp` and `keen.uniqueness_token`, unless it brings its own token.
///
/// The server stores a token once, so an event may be sent again whenever an answer got lost.
pub fn stamp(event: &str, now: &str, token: &str) -> Result<String, Refusal> {
    let members = json::members(event, check_property_name).map_err(Refusal::Event)?;
    let own = members
        .iter()
        .find(|member| member.name == "keen")
        .map(|member| member.value);
    let keen = keen_object(own.unwrap_or("{}"), now, token)?;
    let kept = members.iter().filter(|member| member.name != "keen");
    let mut stamped = String::with_capacity(event.len() + keen.len() + 16);
    stamped.push('{');
    for member in kept {
        push_member(&mut stamped, member.raw_name, member.value);
    }
    // The server does not count what says when and which; it is kept apart from the event.
    let actual = stamped.len() + 1;
    if actual > EVENT_BYTES_MAX {
        return Err(Refusal::EventTooLarge { actual });
    }
    push_member(&mut stamped, "keen", &keen);
    stamped.push('}');
    Ok(stamped)
}

fn keen_object(own: &str, now: &str, token: &str) -> Result<String, Refusal> {
    let members = json::members(own, check_property_name).map_err(|problem| match problem {
        JsonProblem::NotAnObject => Refusal::KeenIsNotAnObject,
        other => Refusal::Event(other),
    })?;
    let has = |name: &str| {
        members
            .iter()
            .any(|member: &Member<'_>| member.name == name)
    };
    let mut keen = String::from("{");
    for member in &members {
        push_member(&mut keen, member.raw_name, member.value);
    }
    // Who brings a token may send the event again in another call. With the time of each call it
    // would be another event every time, so the server dates it: it knows the token.
    let has_token = has("uniqueness_token");
    if !has("timestamp") && !has_token {
        push_member(&mut keen, "timestamp", &format!("\"{now}\""));
    }
    if !has_token {
        push_member(&mut keen, "uniqueness_token", &format!("\"{token}\""));
    }
    keen.push('}');
    Ok(keen)
}

/// Appends `"name":value` to an open object.
pub fn push_member(object: &mut String, raw_name: &str, value: &str) {
    if !object.ends_with('{') {
        object.push(',');
    }
    object.push('"');
    object.push_str(raw_name);
    object.push_str("\":");
    object.push_str(value);
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-01-02T03:04:05.678Z";

    fn check(event: &str, stamped: &str) {
        assert_eq!(stamp(event, NOW, "t0").unwrap(), stamped);
    }

    fn refusal(event: &str) -> &'static str {
        stamp(event, NOW, "t0").unwrap_err().name()
    }

    #[test]
    fn an_event_gets_a_time_and_a_token() {
        check(
            "{}",
            r#"{"keen":{"timestamp":"2026-01-02T03:04:05.678Z","uniqueness_token":"t0"}}"#,
        );
        check(
            r#"{"a":1e+21,"\u0041":"\\"}"#,
            r#"{"a":1e+21,"\u0041":"\\","keen":{"timestamp":"2026-01-02T03:04:05.678Z","uniqueness_token":"t0"}}"#,
        );
    }

    #[test]
    fn what_the_event_brings_itself_is_kept() {
        check(
            r#"{"keen":{"timestamp":"1999-12-31"},"a":{"keen":1}}"#,
            r#"{"a":{"keen":1},"keen":{"timestamp":"1999-12-31","uniqueness_token":"t0"}}"#,
        );
        let own = r#"{"keen":{"uniqueness_token":"mine","timestamp":"1999-12-31"}}"#;
        check(own, own);
    }

    #[test]
    fn the_server_dates_an_event_that_brings_a_token_and_no_time() {
        let own = r#"{"keen":{"uniqueness_token":"mine"}}"#;
        check(own, own);
    }

    #[test]
    fn a_value_that_ends_in_a_brace_inside_a_string_is_not_taken_for_an_open_object() {
        check(
            r#"{"a":"{","b":1}"#,
            r#"{"a":"{","b":1,"keen":{"timestamp":"2026-01-02T03:04:05.678Z","uniqueness_token":"t0"}}"#,
        );
    }

    #[test]
    fn refusals_have_the_servers_names() {
        assert_eq!(refusal("[]"), "InvalidEventError");
        assert_eq!(refusal(r#"{"keen":3}"#), "NamespaceTypeError");
        assert_eq!(refusal(r#"{"a":{"b.c":1}}"#), "InvalidPropertyNameError");
        assert_eq!(refusal(r#"{"$a":1}"#), "InvalidPropertyNameError");
        assert_eq!(
            refusal(&format!("{{\"{}\":1}}", "x".repeat(257))),
            "InvalidPropertyNameError"
        );
        assert_eq!(refusal(r#"{"a":"\ud800"}"#), "InvalidPropertyValueError");
        assert_eq!(
            url("https://a", "a$b").unwrap_err().name(),
            "InvalidCollectionNameError"
        );
        assert_eq!(
            url("https://a", "..").unwrap_err().name(),
            "InvalidCollectionNameError"
        );
    }

    #[test]
    fn an_event_may_have_900_000_bytes_and_not_one_more() {
        let filled = |bytes: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(bytes - 8));
        assert!(stamp(&filled(900_000), NOW, "t0").is_ok());
        assert_eq!(refusal(&filled(900_001)), "InvalidEventError");
    }

    #[test]
    fn a_token_is_32_hexadecimal_digits() {
        let random: Vec<u8> = (0..16).map(|at| at * 17).collect();
        assert_eq!(token(&random).unwrap(), "00112233445566778899aabbccddeeff");
        assert!(token(&[0; 15]).is_err());
    }

    #[test]
    fn a_collection_is_one_segment_of_the_path() {
        assert_eq!(
            url("https://a", "foo bar/é?").unwrap_err().name(),
            "InvalidCollectionNameError"
        );
        assert_eq!(
            url("https://a", "foo bar/x?").unwrap(),
            "https://a/events/foo%20bar%2Fx%3F"
        );
    }
}
