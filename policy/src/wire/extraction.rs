//! Which events are asked for, how many at a time, and as what?

use super::Moment;
use super::node::Node;
use super::problem::{Area, Invalid, Problem};
use super::query::selection;
use super::timeframe::timezone;
use crate::filter::Property;
use crate::limits;
use crate::query::{Extraction, Page, Portion};
use crate::value::Value;

/// As what an answer is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentType {
    /// `application/json`
    Json,
    /// `text/csv`
    Csv,
}

pub(super) fn extraction(node: &Node, moment: &Moment) -> Result<Extraction, Invalid> {
    let zone = timezone(node, moment)?;
    let selection = selection(node, &zone, moment)?;
    refuse_mail(node)?;
    let properties = node
        .get("property_names")
        .map(|node| property_names(node.as_area(Area::Extraction)));
    Ok(Extraction {
        selection,
        portion: portion(node)?,
        properties: properties.transpose()?,
    })
}

/// `latest`, or `page_size`, or neither.
fn portion(node: &Node) -> Result<Portion, Invalid> {
    let count = |name: &str, expected: &'static str, limit: usize| {
        let node = node.get(name).map(|node| node.as_area(Area::Extraction));
        node.map(|node| node.count_at_most(expected, limit))
            .transpose()
    };
    let latest = count(
        "latest",
        "a whole number from 1 to 100,000",
        limits::EXTRACTION_EVENTS_MAX,
    )?;
    let page_size = count(
        "page_size",
        "a whole number from 1 to 10,000",
        limits::PAGE_EVENTS_MAX,
    )?;
    let conflict = |name: &str, reason: &'static str| {
        let node = node.get(name).unwrap_or(node.clone());
        Err(node
            .as_area(Area::Extraction)
            .invalid(Problem::Conflict(reason)))
    };
    match (latest, page_size) {
        (Some(_), Some(_)) => conflict(
            "page_size",
            "Pages go from the oldest event on: `latest` cannot be used together with `page_size`.",
        ),
        (None, Some(size)) => Ok(Portion::Page(Page { size, after: None })),
        _ if node.get("cursor").is_some() => conflict(
            "cursor",
            "`cursor` goes on with a question that has a `page_size`: send the same one again.",
        ),
        (Some(latest), None) => Ok(Portion::Latest(latest)),
        (None, None) => Ok(Portion::Everything),
    }
}

/// Where the page before ended, as it was answered: only who sealed it can read it.
pub(super) fn cursor(node: &Node) -> Result<Option<String>, Invalid> {
    let cursor = node
        .get("cursor")
        .map(|node| node.as_area(Area::Extraction));
    let text = cursor.map(|node| node.text().map(str::to_owned));
    text.transpose()
}

/// `content_type`: what an extraction is answered as, if its body says.
pub(super) fn content_type(node: &Node) -> Result<Option<ContentType>, Invalid> {
    let Some(node) = node.get("content_type") else {
        return Ok(None);
    };
    let node = node.as_area(Area::Extraction);
    match node.text()? {
        "application/json" => Ok(Some(ContentType::Json)),
        "text/csv" => Ok(Some(ContentType::Csv)),
        _ => Err(node.out_of_range("\"application/json\" or \"text/csv\"")),
    }
}

/// Keen mails large extractions. Whoever waits for a mail must hear that none will come.
fn refuse_mail(node: &Node) -> Result<(), Invalid> {
    let mail = node.get("email").or(node.get("email_address"));
    let reason =
        "No mail is sent here: ask without it, and read many events page by page with `page_size`.";
    mail.map_or(Ok(()), |node| {
        let node = node.as_area(Area::Extraction);
        Err(node.invalid(Problem::Conflict(reason)))
    })
}

/// One name, or a list of them.
fn property_names(node: Node) -> Result<Vec<Property>, Invalid> {
    match node.value() {
        Value::Text(_) => Ok(vec![node.name(Property::parse)?]),
        _ => {
            let items = node.items_at_most(
                "a property's name or a list of them",
                "properties",
                limits::KEY_LIST_NAMES_MAX,
            )?;
            items
                .iter()
                .map(|item| item.name(Property::parse))
                .collect()
        }
    }
}
