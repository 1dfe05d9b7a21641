//! In which order do values stand? The order of groups and of distinct values in answers.

use super::Value;
use std::cmp::Ordering;

impl Value {
    /// Ascending: booleans, numbers, strings by code point, lists, objects; null last.
    pub fn compare(&self, other: &Value) -> Ordering {
        match (self, other) {
            (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
            (Value::Number(left), Value::Number(right)) => left.cmp(right),
            (Value::Text(left), Value::Text(right)) => left.cmp(right),
            (Value::List(left), Value::List(right)) => {
                compare_all(left.iter().zip(right), left.len().cmp(&right.len()))
            }
            (Value::Object(left), Value::Object(right)) => {
                let names = left
                    .iter()
                    .zip(right)
                    .map(|((left, _), (right, _))| left.cmp(right));
                let by_name = names.fold(Ordering::Equal, Ordering::then);
                let pairs = left
                    .iter()
                    .zip(right)
                    .map(|((_, left), (_, right))| (left, right));
                by_name.then(compare_all(pairs, left.len().cmp(&right.len())))
            }
            _ => self.rank().cmp(&other.rank()),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Value::Bool(_) => 0,
            Value::Number(_) => 1,
            Value::Text(_) => 2,
            Value::List(_) => 3,
            Value::Object(_) => 4,
            Value::Null => 5,
        }
    }
}

fn compare_all<'a>(
    pairs: impl Iterator<Item = (&'a Value, &'a Value)>,
    otherwise: Ordering,
) -> Ordering {
    let unequal = pairs
        .map(|(left, right)| left.compare(right))
        .find(|order| order.is_ne());
    unequal.unwrap_or(otherwise)
}

#[cfg(test)]
mod tests {
    use crate::value::{Value, parse};

    #[test]
    fn values_are_ordered_by_type_then_by_meaning_and_null_is_last() {
        let ascending = r#"[false,true,-1.5,0,2,10,"","10","2","Z","a","é",[],[1],[1,2],[2],{},{"a":1},{"b":0},null]"#;
        let Value::List(values) = parse(ascending.as_bytes()).unwrap() else {
            panic!()
        };
        for (at, value) in values.iter().enumerate() {
            for (other_at, other) in values.iter().enumerate() {
                assert_eq!(
                    value.compare(other),
                    at.cmp(&other_at),
                    "{value} against {other}"
                );
            }
        }
    }
}
