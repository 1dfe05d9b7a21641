//! Would the server take this event? Checked by its own rules, before it is sent.

use crate::json;
use crate::refusal::Refusal;
use keyhole_policy::limits::EVENT_BYTES_MAX;
use keyhole_policy::name::{CollectionName, check_property_name};

/// Can this event, as JSON, be stored in this collection?
pub fn check(collection: &str, event: &str) -> Result<(), Refusal> {
    check_collection(collection)?;
    let mut keen = None;
    json::each_member(event, check_property_name, &mut |member| {
        if member.name == "keen" {
            keen = Some((member.raw_name.len(), member.value));
        }
    })
    .map_err(Refusal::Event)?;
    if keen.is_some_and(|(_, value)| !value.starts_with('{')) {
        return Err(Refusal::KeenIsNotAnObject);
    }
    // The server does not count what says when and which: it is kept apart from the event. Nor do we, nor the
    // quotes, the colon and the comma around it.
    let own = keen.map_or(0, |(name, value)| name + value.len() + 4);
    let actual = event.len().saturating_sub(own);
    if actual > EVENT_BYTES_MAX {
        return Err(Refusal::EventTooLarge { actual });
    }
    Ok(())
}

/// Can events be kept under this name, and reached by a path?
fn check_collection(collection: &str) -> Result<(), Refusal> {
    CollectionName::parse(collection).map_err(Refusal::CollectionName)?;
    if matches!(collection, "." | "..") {
        return Err(Refusal::CollectionNameIsADirectory);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(event: &str) -> &'static str {
        check("a", event).unwrap_err().name()
    }

    #[test]
    fn what_the_server_stores_passes() {
        for event in [
            "{}",
            r#"{"a":1e+21,"\u0041":"\\"}"#,
            r#"{"keen":{"timestamp":"1999-12-31","addons":[]},"a":{"keen":1}}"#,
        ] {
            assert_eq!(check("bird strikes", event), Ok(()), "{event}");
        }
    }

    #[test]
    fn refusals_have_the_servers_names() {
        assert_eq!(refusal("[]"), "InvalidEventError");
        assert_eq!(refusal("null"), "InvalidEventError");
        assert_eq!(refusal(r#"{"keen":3}"#), "NamespaceTypeError");
        assert_eq!(refusal(r#"{"a":{"b.c":1}}"#), "InvalidPropertyNameError");
        assert_eq!(refusal(r#"{"$a":1}"#), "InvalidPropertyNameError");
        let long = format!("{{\"{}\":1}}", "x".repeat(257));
        assert_eq!(refusal(&long), "InvalidPropertyNameError");
        assert_eq!(refusal(r#"{"a":"\ud800"}"#), "InvalidPropertyValueError");
        for collection in ["a$b", "..", "foo bar/é", "_a", ""] {
            let refused = check(collection, "{}").unwrap_err();
            assert_eq!(refused.name(), "InvalidCollectionNameError");
        }
    }

    #[test]
    fn an_event_may_have_900_000_bytes_and_not_one_more() {
        let filled = |bytes: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(bytes - 8));
        assert_eq!(check("a", &filled(900_000)), Ok(()));
        assert_eq!(refusal(&filled(900_001)), "InvalidEventError");
        let with_keen = |bytes| filled(bytes).replacen('{', "{\"keen\":{\"addons\":[]},", 1);
        assert_eq!(check("a", &with_keen(900_000)), Ok(()));
        assert_eq!(refusal(&with_keen(900_001)), "InvalidEventError");
    }
}
