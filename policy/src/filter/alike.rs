//! Which filters that stand side by side ask alike, so that one list of operands can ask them all?

use super::{Filter, Property, Test};
use crate::name::PropertyPath;

/// From so many on a list is shorter than each test by itself.
const LISTED_FROM: usize = 3;

/// Filters that stand side by side in one AND or OR.
#[derive(Debug, Default)]
pub struct Siblings<'a> {
    /// Tests of properties in the body, of one kind each: asked from one list.
    pub listed: Vec<(Kind, Vec<(&'a PropertyPath, &'a Test)>)>,
    /// All others, in order.
    pub others: Vec<&'a Filter>,
}

/// Tests that are asked with the same words but for their operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `eq`, `ne`, `in`: is the value, or an item of it, one of these?
    OneOf,
    /// `contains`, `not_contains`
    Contains,
    /// `lt`, `lte`, `gt`, `gte`
    Compare,
    /// `exists`
    Exists,
    /// `within`
    Within,
}

impl Kind {
    const ALL: [Kind; 5] = [
        Kind::OneOf,
        Kind::Contains,
        Kind::Compare,
        Kind::Exists,
        Kind::Within,
    ];

    /// The kind of a test; a `regex` has none, since its operands are found by a statement of its own.
    pub fn of(test: &Test) -> Option<Kind> {
        match test {
            Test::Equal(_) | Test::NotEqual(_) | Test::In(_) => Some(Kind::OneOf),
            Test::Contains(_) | Test::NotContains(_) => Some(Kind::Contains),
            Test::Compare(..) => Some(Kind::Compare),
            Test::Exists(_) => Some(Kind::Exists),
            Test::Within(_) => Some(Kind::Within),
            Test::Regex(_) => None,
        }
    }
}

impl Filter {
    /// Takes siblings apart: kinds of which there are many, and all the rest.
    pub fn siblings(filters: &[Filter]) -> Siblings<'_> {
        let listable = |filter: &Filter| match filter {
            Filter::Test(Property::InBody(_), test) => Kind::of(test),
            _ => None,
        };
        let is_many = |kind: Kind| {
            let alike = filters
                .iter()
                .filter(|filter| listable(filter) == Some(kind));
            alike.count() >= LISTED_FROM
        };
        let many: Vec<Kind> = Kind::ALL
            .into_iter()
            .filter(|kind| is_many(*kind))
            .collect();
        let mut siblings = Siblings::default();
        for kind in &many {
            let tests = filters.iter().filter_map(|filter| match filter {
                Filter::Test(Property::InBody(path), test) if Kind::of(test) == Some(*kind) => {
                    Some((path, test))
                }
                _ => None,
            });
            siblings.listed.push((*kind, tests.collect()));
        }
        let is_other =
            |filter: &&Filter| !listable(filter).is_some_and(|kind| many.contains(&kind));
        siblings.others = filters.iter().filter(is_other).collect();
        siblings
    }
}
