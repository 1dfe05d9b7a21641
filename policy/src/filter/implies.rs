//! Does whatever passes one filter pass another? What cannot be shown is answered no.

use super::{Comparison, Filter, Operand, Test};
use crate::value::Value;
use std::collections::BTreeSet;

/// Comparisons of two nodes before a proof is given up: filters of a key's size need far fewer.
const STEPS_MAX: usize = 200_000;

impl Filter {
    /// Is it certain that every event which passes this filter passes the other?
    ///
    /// Shown by structure: an AND implies what one of its parts implies, an OR what all of its alternatives
    /// do, and one test another of the same property where their operands say so.
    pub fn implies(&self, other: &Filter) -> bool {
        implies(self, other, &mut STEPS_MAX.clone())
    }

    /// The tests and ORs that all must hold, ANDs inside one another taken apart.
    pub fn conjuncts(&self) -> Vec<&Filter> {
        match self {
            Filter::All(filters) => filters.iter().flat_map(Filter::conjuncts).collect(),
            other => vec![other],
        }
    }
}

fn implies(narrow: &Filter, wide: &Filter, steps: &mut usize) -> bool {
    let Some(left) = steps.checked_sub(1) else {
        return false;
    };
    *steps = left;
    match (narrow, wide) {
        (_, Filter::All(all)) => all.iter().all(|wide| implies(narrow, wide, steps)),
        (Filter::Any(any), _) => any.iter().all(|narrow| implies(narrow, wide, steps)),
        (Filter::All(all), _) if all.iter().any(|narrow| implies(narrow, wide, steps)) => true,
        (_, Filter::Any(any)) => any.iter().any(|wide| implies(narrow, wide, steps)),
        (Filter::Test(narrow_property, narrow), Filter::Test(wide_property, wide)) => {
            narrow_property == wide_property && narrow.implies(wide)
        }
        (Filter::All(_), Filter::Test(..)) => false,
    }
}

impl Test {
    /// The same for two tests of one property.
    ///
    /// `Equal` and `In` pass lists that hold the operand, which `Compare` and `NotEqual` do not look into:
    /// from the first two nothing follows about the others.
    fn implies(&self, wide: &Test) -> bool {
        match (self, wide) {
            _ if self == wide => true,
            (Test::Equal(value), Test::In(values)) => values.contains(value),
            (Test::In(values), Test::Equal(value)) => values.iter().all(|one| one == value),
            (Test::In(few), Test::In(many)) => is_subset(few, many),
            (Test::Equal(Value::Null), _) => false,
            (Test::Equal(_), Test::Exists(true)) => true,
            (Test::In(values), Test::Exists(true)) => !values.contains(&Value::Null),
            (
                Test::Compare(..) | Test::Contains(_) | Test::Within(_) | Test::Regex(_),
                Test::Exists(true),
            ) => true,
            (Test::Compare(narrow, near), Test::Compare(wide, far)) => {
                compare(*narrow, near, *wide, far)
            }
            _ => false,
        }
    }
}

/// The same as far as the values' texts can tell; equal values print the same text.
fn is_subset(few: &[Value], many: &[Value]) -> bool {
    let many: BTreeSet<String> = many.iter().map(Value::to_string).collect();
    few.iter().all(|value| many.contains(&value.to_string()))
}

fn compare(narrow: Comparison, near: &Operand, wide: Comparison, far: &Operand) -> bool {
    let order = match (near, far) {
        (Operand::Number(near), Operand::Number(far)) => near.cmp(far),
        (Operand::Text(near), Operand::Text(far)) => near.cmp(far),
        _ => return false,
    };
    match (narrow, wide) {
        (Comparison::LessOrEqual, Comparison::Less) => order.is_lt(),
        (
            Comparison::Less | Comparison::LessOrEqual,
            Comparison::Less | Comparison::LessOrEqual,
        ) => order.is_le(),
        (Comparison::GreaterOrEqual, Comparison::Greater) => order.is_gt(),
        (
            Comparison::Greater | Comparison::GreaterOrEqual,
            Comparison::Greater | Comparison::GreaterOrEqual,
        ) => order.is_ge(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::parse;
    use crate::wire::{Area, Node, filters};

    fn filter(text: &str) -> Filter {
        let value = parse(text.as_bytes()).unwrap();
        filters(&Node::root(Area::Filter, &value)).unwrap()
    }

    fn test(operator: &str, operand: &str) -> String {
        format!(r#"{{"property_name":"a","operator":"{operator}","property_value":{operand}}}"#)
    }

    #[test]
    fn what_follows_from_a_test_is_known_and_nothing_else() {
        for (narrow, wide, expected) in [
            (("eq", "1"), ("eq", "1.0"), true),
            (("eq", "1"), ("eq", "2"), false),
            (("eq", "1"), ("eq", "\"1\""), false),
            (("eq", "1"), ("in", "[2,1]"), true),
            (("in", "[1,2]"), ("in", "[3,2,1]"), true),
            (("in", "[1,4]"), ("in", "[3,2,1]"), false),
            (("in", "[1,1]"), ("eq", "1"), true),
            (("in", "[]"), ("eq", "1"), true),
            (("eq", "1"), ("exists", "true"), true),
            (("eq", "null"), ("exists", "true"), false),
            (("in", "[1,null]"), ("exists", "true"), false),
            (("exists", "true"), ("eq", "1"), false),
            (("lt", "1"), ("lt", "2"), true),
            (("lte", "2"), ("lt", "2"), false),
            (("lt", "2"), ("lte", "2"), true),
            (("gt", "2"), ("gte", "2"), true),
            (("gte", "2"), ("gt", "2"), false),
            (("gte", "2"), ("gt", "1"), true),
            (("gt", "\"b\""), ("gt", "\"a\""), true),
            (("gt", "2"), ("gt", "\"a\""), false),
            (("gt", "2"), ("lt", "3"), false),
            // [5, 6] equals 5 and is not compared; it equals 6 as well.
            (("eq", "5"), ("gt", "1"), false),
            (("eq", "5"), ("ne", "6"), false),
            // 5 equals 5 and contains nothing.
            (("eq", "5"), ("contains", "5"), false),
        ] {
            let [one, other] = [narrow, wide]
                .map(|(operator, operand)| filter(&format!("[{}]", test(operator, operand))));
            assert_eq!(one.implies(&other), expected, "{narrow:?} → {wide:?}");
        }
    }

    #[test]
    fn ands_and_ors_are_seen_through() {
        let (one, two, three) = (test("eq", "1"), test("eq", "2"), test("gt", "3"));
        let or = |operands: &[&str]| {
            format!(r#"{{"operator":"or","operands":[{}]}}"#, operands.join(","))
        };
        for (narrow, wide, expected) in [
            (format!("[{one},{three}]"), format!("[{one}]"), true),
            (format!("[{one}]"), format!("[{one},{three}]"), false),
            (format!("[{one}]"), format!("[{}]", or(&[&one, &two])), true),
            (
                format!("[{}]", or(&[&one, &two])),
                format!("[{one}]"),
                false,
            ),
            (
                format!("[{}]", or(&[&two, &one])),
                format!("[{}]", or(&[&one, &two, &three])),
                true,
            ),
            (format!("[{}]", or(&[])), format!("[{one}]"), true),
            (format!("[{one}]"), "[]".to_owned(), true),
            ("[]".to_owned(), format!("[{one}]"), false),
        ] {
            assert_eq!(
                filter(&narrow).implies(&filter(&wide)),
                expected,
                "{narrow} → {wide}"
            );
        }
    }
}
