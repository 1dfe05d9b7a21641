//! Which events does a question or a key speak of? The filter tree: every operator, AND, OR.

mod accepts;
mod alike;
mod implies;
mod pattern;
mod place;
mod weight;

pub use alike::{Kind, Siblings};
pub use pattern::{Pattern, PatternProblem};
pub use place::{Circle, EARTH_RADIUS_MILES, Place};
pub use weight::Spelling;

use crate::name::{NameProblem, PropertyPath};
use crate::value::{Number, Value};
use std::fmt;

/// A tree of tests. An AND and an OR are nodes, so that joining two filters cannot change either.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// Every one must hold; `All([])` holds for every event.
    All(Vec<Filter>),
    /// At least one must hold; `Any([])` holds for none.
    Any(Vec<Filter>),
    /// One property, one test.
    Test(Property, Test),
}

/// What a test looks at.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Property {
    /// `keen.timestamp`: when it happened, as canonical ISO 8601 text.
    Timestamp,
    /// `keen.created_at`: when it was received, as canonical ISO 8601 text.
    CreatedAt,
    /// `keen.id`
    Id,
    /// Anything else, in the event's body.
    InBody(PropertyPath),
}

/// One operator with its operand.
///
/// Texts compared with a time property are canonical ISO 8601 in UTC (as
/// [`crate::time::Instant`] prints them): their order as text is their order in time.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// Same value and type, or a list that holds it; `null` stands for null or missing.
    Equal(Value),
    /// The negation of `Equal`; a missing property passes unless the operand is `null`.
    NotEqual(Value),
    /// Numbers by size, strings by code point; other types and missing never.
    Compare(Comparison, Operand),
    /// Whether there is the property; a stored `null` is there.
    Exists(bool),
    /// `Equal` to one of them.
    In(Vec<Value>),
    /// A string with this part (case counts), or a list with this element.
    Contains(Value),
    /// The negation of `Contains`; a missing property passes.
    NotContains(Value),
    /// A place `[longitude, latitude]` in the circle.
    Within(Circle),
    /// A string in which the pattern is found somewhere.
    Regex(Pattern),
}

/// Which side of the operand a value must stand on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `lt`
    Less,
    /// `lte`
    LessOrEqual,
    /// `gt`
    Greater,
    /// `gte`
    GreaterOrEqual,
}

/// What values are compared with by size.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// A number: only numbers compare with it.
    Number(Number),
    /// A string: only strings compare with it.
    Text(String),
}

impl Filter {
    /// The filter every event passes.
    pub fn everything() -> Filter {
        Filter::All(Vec::new())
    }

    /// At least one must hold. An OR among them is taken apart: it means the same, and stands less deep.
    pub fn any(filters: Vec<Filter>) -> Filter {
        let alternatives = filters.into_iter().flat_map(|filter| match filter {
            Filter::Any(alternatives) => alternatives,
            other => vec![other],
        });
        Filter::Any(alternatives.collect())
    }

    /// Both must hold. Siblings in a tree, not text glued to text: an OR in one has no way around the other.
    pub fn and(self, other: Filter) -> Filter {
        let mut all = self.into_conjuncts();
        for conjunct in other.into_conjuncts() {
            // Keys of one line repeat each other's filters.
            if !all.contains(&conjunct) {
                all.push(conjunct);
            }
        }
        Filter::All(all)
    }

    fn into_conjuncts(self) -> Vec<Filter> {
        match self {
            Filter::All(filters) => filters
                .into_iter()
                .flat_map(Filter::into_conjuncts)
                .collect(),
            other => vec![other],
        }
    }

    /// Every test in the tree, in reading order.
    pub fn tests(&self) -> Vec<(&Property, &Test)> {
        match self {
            Filter::Test(property, test) => vec![(property, test)],
            Filter::All(filters) | Filter::Any(filters) => {
                filters.iter().flat_map(Filter::tests).collect()
            }
        }
    }

    /// Does it hold a `within`? Keen does not group such queries.
    pub fn has_within(&self) -> bool {
        self.tests()
            .iter()
            .any(|(_, test)| matches!(test, Test::Within(_)))
    }
}

impl Property {
    /// Reads a dotted name; the three under `keen` that are not in the body are their own kinds.
    pub fn parse(text: &str) -> Result<Property, NameProblem> {
        Ok(match text {
            "keen.timestamp" => Property::Timestamp,
            "keen.created_at" => Property::CreatedAt,
            "keen.id" => Property::Id,
            _ => Property::InBody(PropertyPath::parse(text)?),
        })
    }

    /// Is its value a time?
    pub fn is_time(&self) -> bool {
        matches!(self, Property::Timestamp | Property::CreatedAt)
    }
}

impl fmt::Display for Property {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Property::Timestamp => formatter.write_str("keen.timestamp"),
            Property::CreatedAt => formatter.write_str("keen.created_at"),
            Property::Id => formatter.write_str("keen.id"),
            Property::InBody(path) => write!(formatter, "{path}"),
        }
    }
}
