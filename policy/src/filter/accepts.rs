//! Does an event pass a filter? The meaning every store must agree with, in plain code.

use super::{Comparison, Filter, Operand, Test};
use crate::event::Event;
use crate::value::Value;

impl Filter {
    /// Does the event pass?
    pub fn accepts(&self, event: &Event) -> bool {
        match self {
            Filter::All(filters) => filters.iter().all(|filter| filter.accepts(event)),
            Filter::Any(filters) => filters.iter().any(|filter| filter.accepts(event)),
            Filter::Test(property, test) => test.accepts(event.property(property).as_ref()),
        }
    }

    /// The same where `eq` and `in` pass no list: for what an event may be recorded as.
    ///
    /// To a question a list is equal to each of its items. Were it so to a key that records, an event of
    /// `["acme", "bolt"]` would pass as Acme's, and be Bolt's too.
    pub fn accepts_as_one(&self, event: &Event) -> bool {
        match self {
            Filter::All(filters) => filters.iter().all(|filter| filter.accepts_as_one(event)),
            Filter::Any(filters) => filters.iter().any(|filter| filter.accepts_as_one(event)),
            Filter::Test(property, test) => {
                let found = event.property(property);
                let is_equality = matches!(test, Test::Equal(_) | Test::In(_));
                let is_list = matches!(found, Some(Value::List(_)));
                !(is_equality && is_list) && test.accepts(found.as_ref())
            }
        }
    }

    /// How many steps its patterns take at most on an event.
    pub fn steps(&self, event: &Event) -> usize {
        let steps = self.tests().into_iter().map(|(property, test)| {
            let Test::Regex(pattern) = test else {
                return 0;
            };
            let found = event.property(property);
            let text = found.as_ref().and_then(Value::as_text);
            text.map_or(0, |text| pattern.steps(text))
        });
        steps.fold(0, usize::saturating_add)
    }
}

impl Test {
    /// Does a property with this value (`None`: without one) pass?
    pub fn accepts(&self, found: Option<&Value>) -> bool {
        match self {
            Test::Equal(operand) => equal(found, operand),
            Test::NotEqual(operand) => !equal(found, operand),
            Test::Compare(comparison, operand) => compare(found, *comparison, operand),
            Test::Exists(wanted) => found.is_some() == *wanted,
            Test::In(operands) => operands.iter().any(|operand| equal(found, operand)),
            Test::Contains(operand) => contains(found, operand),
            Test::NotContains(operand) => !contains(found, operand),
            Test::Within(circle) => found.is_some_and(|value| circle.contains(value)),
            Test::Regex(pattern) => found
                .and_then(Value::as_text)
                .is_some_and(|text| pattern.is_found_in(text)),
        }
    }
}

fn equal(found: Option<&Value>, operand: &Value) -> bool {
    match found {
        None => *operand == Value::Null,
        Some(value) if value == operand => true,
        Some(Value::List(items)) => items.contains(operand),
        Some(_) => false,
    }
}

fn compare(found: Option<&Value>, comparison: Comparison, operand: &Operand) -> bool {
    let order = match (found, operand) {
        (Some(Value::Number(number)), Operand::Number(operand)) => number.cmp(operand),
        (Some(Value::Text(text)), Operand::Text(operand)) => text.cmp(operand),
        _ => return false,
    };
    match comparison {
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::Greater => order.is_gt(),
        Comparison::GreaterOrEqual => order.is_ge(),
    }
}

fn contains(found: Option<&Value>, operand: &Value) -> bool {
    match (found, operand) {
        (Some(Value::Text(text)), Value::Text(part)) => text.contains(part.as_str()),
        (Some(Value::List(items)), element) => items.contains(element),
        _ => false,
    }
}
