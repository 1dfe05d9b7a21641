//! In which order do groups stand?

use super::Cell;
use crate::query::{Aggregate, OrderKey};
use crate::value::Value;
use std::cmp::Ordering;

/// Sorts cells as was asked; those that are equal in it ascend by group.
pub(super) fn order(aggregate: &Aggregate, cells: &mut [Cell]) {
    let of = |cell: &Cell, key: OrderKey| match key {
        OrderKey::Group(at) => cell.group.get(at).cloned(),
        OrderKey::Measure(at) => cell.values.get(at).cloned(),
    };
    cells.sort_by(|left, right| {
        for ordering in &aggregate.order_by {
            let (left, right) = (of(left, ordering.by), of(right, ordering.by));
            let compared = compare(left.as_ref(), right.as_ref());
            let compared = if ordering.descending {
                compared.reverse()
            } else {
                compared
            };
            if compared.is_ne() {
                return compared;
            }
        }
        compare_groups(&left.group, &right.group)
    });
}

fn compare(left: Option<&Value>, right: Option<&Value>) -> Ordering {
    match (left, right) {
        (Some(left), Some(right)) => left.compare(right),
        _ => Ordering::Equal,
    }
}

/// By the first value, then by the second, and so on.
pub(super) fn compare_groups(left: &[Value], right: &[Value]) -> Ordering {
    let orders = left
        .iter()
        .zip(right)
        .map(|(left, right)| left.compare(right));
    orders.fold(Ordering::Equal, Ordering::then)
}
