//! What does a DELETE take away? Its path and its parameters; what it does not say is never everything by mistake.

use super::Moment;
use super::filter::standing_filters;
use super::node::Node;
use super::parameters::query_object;
use super::problem::{Area, Invalid, Problem};
use super::timeframe::{timeframe, timezone};
use crate::deletion::{Deletion, Doomed};
use crate::filter::Filter;
use crate::name::{CollectionName, PropertyPath};
use crate::value::Value;

const KNOWN: &[&str] = &["filters", "timeframe", "timezone", "api_key"];

/// A deletion, and its parameters as they were sent.
#[derive(Clone, Debug, PartialEq)]
pub struct AskedDeletion {
    /// What it means.
    pub deletion: Deletion,
    /// An object with `filters`, `timeframe` and `timezone`, as far as they were sent.
    pub sent: Value,
}

/// `DELETE …/events/C`: the whole collection, or those of its events that the parameters describe.
pub fn collection_deletion(
    name: &str,
    pairs: &[(String, String)],
    moment: &Moment,
) -> Result<AskedDeletion, Invalid> {
    let collection = collection(name)?;
    let sent = sent(pairs)?;
    let deletion = match doomed(&sent, Some(collection.clone()), moment)? {
        None => Deletion::Collection(collection),
        Some(doomed) => Deletion::Events(doomed),
    };
    Ok(AskedDeletion { deletion, sent })
}

/// `DELETE …/events`: the events of every collection that the filters describe. Without filters it would be all.
pub fn erasure(pairs: &[(String, String)], moment: &Moment) -> Result<AskedDeletion, Invalid> {
    let sent = sent(pairs)?;
    let node = Node::root(Area::Request, &sent);
    node.require("filters")?;
    match doomed(&sent, None, moment)? {
        Some(doomed) if doomed.filter != Filter::everything() => Ok(AskedDeletion {
            deletion: Deletion::Events(doomed),
            sent,
        }),
        _ => {
            let reason = "An erasure from every collection needs at least one filter.";
            Err(node.require("filters")?.conflict(reason))
        }
    }
}

/// `DELETE …/events/C/properties/X`. Where events lie depends on the scope property, and `keen` is ours.
pub fn property_deletion(
    name: &str,
    property: &str,
    pairs: &[(String, String)],
    scope_property: &PropertyPath,
) -> Result<AskedDeletion, Invalid> {
    let collection = collection(name)?;
    let refused = |problem| Invalid {
        area: Area::Property,
        pointer: "/property_name".to_owned(),
        problem,
    };
    let path = PropertyPath::parse(property).map_err(|problem| {
        let found = property.to_owned();
        refused(Problem::Name { found, problem })
    })?;
    if path.is_reserved() {
        let reason =
            "What stands under `keen` belongs to every event and is not deleted by itself.";
        return Err(refused(Problem::Conflict(reason)));
    }
    if scope_property.is_within(&path) {
        let reason = "The project's scope property says where its events lie and whose they are: it is not deleted by itself.";
        return Err(refused(Problem::Conflict(reason)));
    }
    let sent = sent(pairs)?;
    if sent != Value::Object(Vec::new()) {
        let reason = "A property is deleted from every event: no filters, no timeframe.";
        return Err(Node::root(Area::Request, &sent).conflict(reason));
    }
    Ok(AskedDeletion {
        deletion: Deletion::Property(collection, path),
        sent,
    })
}

pub(super) fn collection(name: &str) -> Result<CollectionName, Invalid> {
    CollectionName::parse(name).map_err(|problem| Invalid {
        area: Area::CollectionName,
        pointer: "/event_collection".to_owned(),
        problem: Problem::Name {
            found: name.to_owned(),
            problem,
        },
    })
}

/// The parameters as an object. One that is not known is refused: a misspelt `filters` would take everything.
fn sent(pairs: &[(String, String)]) -> Result<Value, Invalid> {
    for (name, _) in pairs {
        let name = name.split('[').next().unwrap_or(name);
        if !KNOWN.contains(&name) {
            return Err(Invalid {
                area: Area::Request,
                pointer: String::new(),
                problem: Problem::UnknownField {
                    found: name.to_owned(),
                    known: KNOWN,
                },
            });
        }
    }
    let sent = query_object(pairs)?;
    Node::root(Area::Request, &sent).only_without_null("parameters", KNOWN)?;
    Ok(sent)
}

/// What the parameters describe; `None` where there are none.
pub(super) fn doomed(
    sent: &Value,
    collection: Option<CollectionName>,
    moment: &Moment,
) -> Result<Option<Doomed>, Invalid> {
    let node = Node::root(Area::Request, sent);
    let zone = timezone(&node, moment)?;
    let span = match node.get("timeframe") {
        Some(_) => Some(timeframe(&node, &zone, moment)?),
        None => None,
    };
    let filter = node.get("filters").map(|node| standing_filters(&node));
    let filter = filter.transpose()?;
    if span.is_none() && filter == Some(Filter::everything()) {
        let reason = "An empty list of filters describes nothing: leave it out to mean the whole collection.";
        return Err(node.require("filters")?.conflict(reason));
    }
    if span.is_none() && filter.is_none() {
        let alone = node.get("timezone");
        let reason = "A timezone goes with a timeframe.";
        return alone.map_or(Ok(None), |node| Err(node.conflict(reason)));
    }
    Ok(Some(Doomed {
        collection,
        span,
        filter: filter.unwrap_or(Filter::everything()),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{Instant, NoZones};
    use crate::wire::pairs;

    fn moment() -> Moment<'static> {
        Moment {
            now: Instant::parse("2026-03-15").unwrap(),
            zones: &NoZones,
        }
    }

    fn of_collection(query: &str) -> Result<Deletion, String> {
        let asked = collection_deletion("c", &pairs(query).unwrap(), &moment());
        asked
            .map(|asked| asked.deletion)
            .map_err(|invalid| invalid.pointer)
    }

    const ONE: &str = r#"[{"property_name":"a","operator":"eq","property_value":1}]"#;

    #[test]
    fn a_collection_without_parameters_is_deleted_whole() {
        let whole = Deletion::Collection(CollectionName::parse("c").unwrap());
        for query in ["", "&&", "api_key=K&"] {
            assert_eq!(of_collection(query), Ok(whole.clone()), "{query}");
        }
    }

    #[test]
    fn parameters_describe_events_in_every_form_that_clients_send() {
        for (query, has_span) in [
            (format!("filters={ONE}"), false),
            ("timeframe=this_7_days".to_owned(), true),
            ("timeframe=%22this_7_days%22&&api_key=K&".to_owned(), true),
            (
                format!("timeframe=%22this_7_days%22&timezone=%223600%22&filters={ONE}"),
                true,
            ),
            (
                r#"timeframe={"start":"2026-01-01","end":"2026-02-01"}"#.to_owned(),
                true,
            ),
            (
                "timeframe[start]=2026-01-01&timeframe[end]=2026-02-01".to_owned(),
                true,
            ),
            ("timeframe=today&filters=[]".to_owned(), true),
        ] {
            let Ok(Deletion::Events(doomed)) = of_collection(&query) else {
                panic!("{query}")
            };
            assert_eq!(doomed.span.is_some(), has_span, "{query}");
            assert_eq!(doomed.filter == Filter::everything(), !query.contains("eq"));
        }
    }

    #[test]
    fn what_might_take_more_than_was_meant_is_refused_with_its_place() {
        for (query, pointer) in [
            ("filters=[]", "/filters"),
            ("filters=null", "/filters"),
            ("filters=", "/filters"),
            ("filter=[]", ""),
            ("timeframe=", "/timeframe"),
            ("timeframe=null", "/timeframe"),
            ("timezone=3600", "/timezone"),
            (r#"filters=[{"operator":"eq"}]"#, "/filters/0"),
            ("timeframe=today&timeframe=today", "/timeframe"),
            ("event_collection=c", ""),
        ] {
            assert_eq!(of_collection(query), Err(pointer.to_owned()), "{query}");
        }
    }

    #[test]
    fn an_erasure_needs_a_filter() {
        for (query, pointer) in [
            ("", Some("")),
            ("filters=[]", Some("/filters")),
            ("timeframe=today", Some("")),
            ("timeframe=today&filters=[]", Some("/filters")),
            (
                r#"filters=[{"property_name":"a","operator":"eq","property_value":1}]"#,
                None,
            ),
        ] {
            let asked = erasure(&pairs(query).unwrap(), &moment());
            let pointer = pointer.map(str::to_owned);
            assert_eq!(
                asked.err().map(|invalid| invalid.pointer),
                pointer,
                "{query}"
            );
        }
    }

    #[test]
    fn neither_the_scope_property_nor_keen_is_deleted() {
        let scope = PropertyPath::parse("customer.id").unwrap();
        for (property, is_deleted) in [
            ("customer.id", false),
            ("customer", false),
            ("customer.id.x", true),
            ("customer.name", true),
            ("keen", false),
            ("keen.location", false),
            ("keenly", true),
            ("a..b", false),
        ] {
            let asked = property_deletion("c", property, &[], &scope);
            assert_eq!(asked.is_ok(), is_deleted, "{property}");
        }
    }
}
