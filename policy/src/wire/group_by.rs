//! How are events put into groups? By properties, classes and ranges.

use super::node::Node;
use super::problem::{Invalid, Problem};
use crate::filter::Property;
use crate::limits;
use crate::query::{Classes, ClassesProblem, Grouping, Range};
use crate::value::{Number, Value};

/// One grouping, or a list of them.
pub(super) fn groupings(node: Node) -> Result<Vec<Grouping>, Invalid> {
    let nodes = match node.value() {
        Value::List(_) => node.items_at_most(
            "a list",
            "properties to group by",
            limits::GROUP_BY_PROPERTIES_MAX,
        )?,
        _ => vec![node.clone()],
    };
    let mut groupings: Vec<Grouping> = Vec::new();
    for item in nodes {
        let grouping = grouping(&item)?;
        if groupings
            .iter()
            .any(|other| other.property() == grouping.property())
        {
            return Err(item.invalid(Problem::Twice(grouping.property().to_string())));
        }
        groupings.push(grouping);
    }
    Ok(groupings)
}

fn grouping(node: &Node) -> Result<Grouping, Invalid> {
    if let Value::Text(_) = node.value() {
        return node.name(Property::parse).map(Grouping::Property);
    }
    node.only(
        "a property's name, or an object with property_name and buckets or ranges",
        &["property_name", "buckets", "ranges"],
    )?;
    let property = node.require("property_name")?.name(Property::parse)?;
    match (node.get("buckets"), node.get("ranges")) {
        (None, None) => Ok(Grouping::Property(property)),
        (Some(_), Some(_)) => Err(node.invalid(Problem::Conflict(
            "Either `buckets` or `ranges` is expected, not both.",
        ))),
        (Some(classes), None) => {
            classes.only("classes of equal width", &["size", "offset"])?;
            let classes = equal_classes(&classes)?;
            Ok(Grouping::Classes { property, classes })
        }
        (None, Some(ranges)) => {
            let items =
                ranges.items_at_most("a list of ranges", "ranges", limits::GROUP_BY_RANGES_MAX)?;
            let ranges: Result<_, _> = items.iter().map(range).collect();
            Ok(Grouping::Ranges {
                property,
                ranges: ranges?,
            })
        }
    }
}

fn equal_classes(node: &Node) -> Result<Classes, Invalid> {
    let size = node.require("size")?;
    let offset = node.get("offset");
    let begins = offset.as_ref().map_or(Ok(Number::ZERO), Node::number)?;
    Classes::new(size.number()?, begins).map_err(|problem| match problem {
        ClassesProblem::SizeNotPositive => size.out_of_range("a number above 0"),
        ClassesProblem::SizeTooFine => size.out_of_range(
            "a number of at most 9 digits, zeros at either end not counted, none of them more than \
             22 places from the point",
        ),
        ClassesProblem::OffsetTooFine => offset.as_ref().unwrap_or(node).out_of_range(
            "a number whose last digit stands at most 8 places behind the first of `size`, and 22 \
             behind the point",
        ),
    })
}

fn range(node: &Node) -> Result<Range, Invalid> {
    node.only("a range", &["from", "to"])?;
    let from = node.get("from").map(|from| from.number()).transpose()?;
    let to = node.get("to").map(|to| to.number()).transpose()?;
    match (from, to) {
        (None, None) => Err(node.invalid(Problem::Conflict("A range has `from`, `to` or both."))),
        (Some(from), Some(to)) if to <= from => {
            Err(node.invalid(Problem::Conflict("A range's `to` is above its `from`.")))
        }
        _ => Ok(Range { from, to }),
    }
}
