//! In which order do groups stand, by which columns of the answer?

use super::node::Node;
use super::problem::{Invalid, Problem};
use crate::limits;
use crate::query::{Grouping, Measures, OrderKey, Ordering};
use crate::value::Value;

/// One order, or a list of them; each an object, or a column's name.
pub(super) fn orderings(
    node: Node,
    group_by: &[Grouping],
    measures: &Measures,
) -> Result<Vec<Ordering>, Invalid> {
    if group_by.is_empty() {
        return Err(node.invalid(Problem::Conflict(
            "`order_by` orders groups: `group_by` is needed with it.",
        )));
    }
    let nodes = match node.value() {
        Value::List(_) => {
            node.items_at_most("a list", "orders", limits::GROUP_BY_PROPERTIES_MAX)?
        }
        _ => vec![node.clone()],
    };
    nodes
        .iter()
        .map(|node| ordering(node, group_by, measures))
        .collect()
}

fn ordering(node: &Node, group_by: &[Grouping], measures: &Measures) -> Result<Ordering, Invalid> {
    let (name, descending) = match node.value() {
        Value::Text(_) => (node.clone(), false),
        _ => {
            node.only("an order", &["property_name", "direction"])?;
            let descending = match node.get("direction") {
                None => false,
                Some(direction) => match direction.text()? {
                    "ASC" | "asc" => false,
                    "DESC" | "desc" => true,
                    _ => return Err(direction.out_of_range("ASC or DESC")),
                },
            };
            (node.require("property_name")?, descending)
        }
    };
    let column = name.text()?;
    let group = group_by
        .iter()
        .position(|grouping| grouping.property().to_string() == column);
    let measure = match measures {
        Measures::One(_) => (column == "result").then_some(0),
        Measures::Many(labelled) => labelled.iter().position(|(label, _)| label == column),
    };
    let by = group
        .map(OrderKey::Group)
        .or(measure.map(OrderKey::Measure));
    let by = by.ok_or_else(|| {
        name.out_of_range("one of the group_by properties, `result` or an analysis' label")
    })?;
    Ok(Ordering { by, descending })
}
