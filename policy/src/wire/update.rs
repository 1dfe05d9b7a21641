//! What does a PUT of a collection change? Its body; what it does not say is never everything by mistake.

use super::Moment;
use super::deletion::{collection, doomed};
use super::node::Node;
use super::problem::{Area, Invalid, Problem};
use crate::deletion::Doomed;
use crate::event;
use crate::filter::Filter;
use crate::limits::{UPDATE_BYTES_MAX, UPDATE_PROPERTIES_MAX};
use crate::name::PropertyPath;
use crate::update::{PropertyChange, Update};
use crate::value::Value;

const KNOWN: &[&str] = &["property_updates", "timeframe", "timezone", "filters"];
const KNOWN_OF_ONE: &[&str] = &["property_name", "property_value", "upsert_property"];

/// Reads an update of a collection's events, in a project that is clustered by this property.
pub fn event_update(
    name: &str,
    body: &Value,
    scope_property: &PropertyPath,
    moment: &Moment,
) -> Result<Update, Invalid> {
    let collection = collection(name)?;
    let node = Node::root(Area::Request, body);
    node.only_without_null("an object with property_updates", KNOWN)?;
    let listed = node.require("property_updates")?;
    let expected = "a list of updates, each {\"property_name\": …, \"property_value\": …}";
    let items = listed.items_at_most(expected, "property updates", UPDATE_PROPERTIES_MAX)?;
    let mut changes: Vec<PropertyChange> = Vec::new();
    for item in items {
        let change = change(&item, scope_property)?;
        let overlaps = |other: &PropertyChange| {
            other.path.is_within(&change.path) || change.path.is_within(&other.path)
        };
        if changes.iter().any(overlaps) {
            let node = item.require("property_name")?.as_area(Area::Property);
            return Err(
                node.conflict("This property, or one inside or around it, stands here twice.")
            );
        }
        changes.push(change);
    }
    if changes.is_empty() {
        return Err(listed.conflict("An empty list of updates changes nothing."));
    }
    let actual = listed.value().to_string().len();
    if actual > UPDATE_BYTES_MAX {
        return Err(listed.invalid(Problem::TooMany {
            what: "bytes of property updates",
            actual,
            limit: UPDATE_BYTES_MAX,
        }));
    }
    let doomed = doomed(body, Some(collection.clone()), moment)?;
    let (span, filter) = match doomed {
        None => (None, Filter::everything()),
        Some(Doomed { span, filter, .. }) => (span, filter),
    };
    Ok(Update {
        collection,
        span,
        filter,
        changes,
    })
}

fn change(node: &Node, scope_property: &PropertyPath) -> Result<PropertyChange, Invalid> {
    let expected = "an update, {\"property_name\": …, \"property_value\": …}";
    node.only(expected, KNOWN_OF_ONE)?;
    let name = node.require("property_name")?.as_area(Area::Property);
    let path = name.name(PropertyPath::parse)?;
    if path.is_reserved() {
        let reason = "What stands under `keen` says when an event happened and which it is: it stays as it was recorded.";
        return Err(name.conflict(reason));
    }
    if scope_property.is_within(&path) || path.is_within(scope_property) {
        let reason = "The project's scope property says where its events lie and whose they are: it stays as it was recorded.";
        return Err(name.conflict(reason));
    }
    let value = node
        .get_even_null("property_value")
        .ok_or_else(|| node.invalid(Problem::Missing("property_value")))?;
    let upsert = node.get("upsert_property");
    let upsert = upsert.map(|node| node.boolean()).transpose()?;
    let change = PropertyChange {
        path,
        value: value.value().clone(),
        upsert: upsert.unwrap_or(false),
    };
    event::check(change.alone()).map_err(|problem| Invalid {
        problem: Problem::Event(problem.kind),
        ..value.clone().as_area(Area::Event).conflict("")
    })?;
    Ok(change)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{Instant, NoZones};
    use crate::value::parse;

    fn read(body: &str) -> Result<Update, String> {
        let moment = Moment {
            now: Instant::parse("2026-03-15").unwrap(),
            zones: &NoZones,
        };
        let scope = PropertyPath::parse("customer.id").unwrap();
        let body = parse(body.as_bytes()).unwrap();
        event_update("c", &body, &scope, &moment).map_err(|invalid| invalid.pointer)
    }

    #[test]
    fn an_update_says_which_events_and_what_of_them() {
        let all = r#"{"property_updates":[{"property_name":"a.b","property_value":null,"upsert_property":true},{"property_name":"d","property_value":{"x":[1]}}],
            "timeframe":"this_7_days","filters":[{"property_name":"a","operator":"exists","property_value":true}]}"#;
        let update = read(all).unwrap();
        assert!(update.span.is_some() && update.filter != Filter::everything());
        let said: Vec<_> = update
            .changes
            .iter()
            .map(|change| (change.alone().to_string(), change.upsert))
            .collect();
        let expected = [(r#"{"a":{"b":null}}"#, true), (r#"{"d":{"x":[1]}}"#, false)];
        let expected = expected.map(|(text, upsert)| (text.to_owned(), upsert));
        assert_eq!(said, expected);
        let everything = read(r#"{"property_updates":[{"property_name":"a","property_value":1}]}"#);
        assert_eq!(everything.unwrap().filter, Filter::everything());
    }

    #[test]
    fn what_might_change_more_than_was_meant_is_refused_with_its_place() {
        let one = r#"{"property_name":"a","property_value":1}"#;
        for (body, pointer) in [
            ("[]".to_owned(), ""),
            ("{}".to_owned(), ""),
            (r#"{"property_updates":{}}"#.to_owned(), "/property_updates"),
            (r#"{"property_updates":[]}"#.to_owned(), "/property_updates"),
            (format!(r#"{{"property_updates":[{one}],"filter":[]}}"#), "/filter"),
            (format!(r#"{{"property_updates":[{one}],"filters":[]}}"#), "/filters"),
            (format!(r#"{{"property_updates":[{one}],"filters":null}}"#), "/filters"),
            (format!(r#"{{"property_updates":[{one}],"timeframe":"soon"}}"#), "/timeframe"),
            (format!(r#"{{"property_updates":[{one}],"timezone":3600}}"#), "/timezone"),
            (format!(r#"{{"property_updates":[{one},{one}]}}"#), "/property_updates/1/property_name"),
            (
                format!(r#"{{"property_updates":[{one},{{"property_name":"a.b","property_value":1}}]}}"#),
                "/property_updates/1/property_name",
            ),
            (r#"{"property_updates":[{"property_name":"a"}]}"#.to_owned(), "/property_updates/0"),
            (r#"{"property_updates":[{"property_value":1}]}"#.to_owned(), "/property_updates/0"),
            (
                r#"{"property_updates":[{"property_name":"a","property_value":1,"upsert":true}]}"#.to_owned(),
                "/property_updates/0/upsert",
            ),
            (
                r#"{"property_updates":[{"property_name":"a","property_value":1,"upsert_property":"yes"}]}"#.to_owned(),
                "/property_updates/0/upsert_property",
            ),
            (
                r#"{"property_updates":[{"property_name":"a","property_value":{"$x":1}}]}"#.to_owned(),
                "/property_updates/0/property_value",
            ),
        ] {
            assert_eq!(read(&body).err(), Some(pointer.to_owned()), "{body}");
        }
    }

    #[test]
    fn neither_keen_nor_the_scope_property_is_updated() {
        for (name, is_updated) in [
            ("keen", false),
            ("keen.timestamp", false),
            ("keen.id", false),
            ("keen.location.coordinates", false),
            ("customer", false),
            ("customer.id", false),
            ("customer.id.x", false),
            ("customer.name", true),
            ("keenly", true),
            ("a..b", false),
        ] {
            let body = format!(
                r#"{{"property_updates":[{{"property_name":"{name}","property_value":1,"upsert_property":true}}]}}"#
            );
            assert_eq!(read(&body).is_ok(), is_updated, "{name}");
        }
    }
}
