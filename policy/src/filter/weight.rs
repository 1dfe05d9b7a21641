//! How much of a statement does a filter take? In instructions of SQLite's virtual machine, rounded up.
//!
//! A test reads its property, its type and, where it is a
//! list, its items: what each kind takes was counted by `EXPLAIN`, and a test of the Worker's counts again.

use super::alike::Kind;
use super::{Filter, Operand, Property, Test};
use crate::value::Value;

/// How a statement spells filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// Each test by itself: the fastest to run.
    Each,
    /// Many tests of one kind that stand side by side as one test of a list's items: the shortest.
    Listed,
}

impl Filter {
    /// The instructions it takes, at most.
    pub fn weight(&self, spelling: Spelling) -> usize {
        match (self, spelling) {
            (Filter::Test(property, test), _) => test.weight(property),
            (Filter::All(filters) | Filter::Any(filters), Spelling::Each) => {
                let each = filters.iter().map(|filter| filter.weight(spelling));
                each.sum::<usize>() + 5
            }
            (Filter::All(filters) | Filter::Any(filters), Spelling::Listed) => {
                let siblings = Filter::siblings(filters);
                let others = siblings.others.iter().map(|other| other.weight(spelling));
                let lists = siblings
                    .listed
                    .iter()
                    .map(|(kind, _)| kind.weight_of_a_list());
                others.chain(lists).sum::<usize>() + 5
            }
        }
    }

    /// The bytes of all operands and property names in it, as JSON: what a statement is sent beside its text.
    pub fn operand_bytes(&self) -> usize {
        match self {
            Filter::Test(property, test) => bytes_of(property) + test.operand_bytes(),
            Filter::All(filters) | Filter::Any(filters) => {
                filters.iter().map(Filter::operand_bytes).sum()
            }
        }
    }
}

/// Quotes, a comma and what stands around a path.
const AROUND: usize = 16;

fn bytes_of(property: &Property) -> usize {
    match property {
        // A step is quoted, and some characters of it take six in JSON.
        Property::InBody(path) => {
            let steps = path.steps().iter().map(|step| step.len() + 1);
            2 * (steps.sum::<usize>().saturating_sub(1)) + AROUND
        }
        _ => AROUND,
    }
}

impl Test {
    fn weight(&self, property: &Property) -> usize {
        let is_in_body = matches!(property, Property::InBody(_));
        match self {
            Test::Equal(_) | Test::NotEqual(_) if is_in_body => 105,
            Test::Equal(_) | Test::NotEqual(_) => 65,
            Test::In(_) if is_in_body => 158,
            Test::In(_) => 102,
            Test::Contains(_) | Test::NotContains(_) if is_in_body => 135,
            Test::Contains(_) | Test::NotContains(_) => 70,
            Test::Compare(..) if is_in_body => 62,
            Test::Compare(..) => 20,
            Test::Exists(_) => 26,
            Test::Within(_) => 225,
            Test::Regex(_) => 90,
        }
    }

    fn operand_bytes(&self) -> usize {
        // Some spellings send an operand twice: as JSON text, and as what it stands for.
        let bytes = |value: &Value| match value {
            Value::Text(text) => 4 * text.len() + AROUND,
            _ => 2 * AROUND,
        };
        match self {
            Test::Equal(value)
            | Test::NotEqual(value)
            | Test::Contains(value)
            | Test::NotContains(value) => bytes(value),
            Test::In(values) => values.iter().map(bytes).sum(),
            Test::Compare(_, Operand::Text(text)) => 2 * text.len() + AROUND,
            Test::Compare(_, Operand::Number(_)) => 2 * AROUND,
            Test::Within(_) => 10 * AROUND,
            Test::Exists(_) | Test::Regex(_) => AROUND,
        }
    }
}

impl Kind {
    fn weight_of_a_list(self) -> usize {
        match self {
            Kind::OneOf => 185,
            Kind::Contains => 185,
            Kind::Compare => 195,
            Kind::Exists => 50,
            Kind::Within => 245,
        }
    }
}
