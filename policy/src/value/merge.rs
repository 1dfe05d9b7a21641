//! What becomes of a value that another is put over?

use super::Value;

impl Value {
    /// Objects are merged, everything else is replaced: what is put over it wins. Doing it twice changes nothing.
    pub fn overlaid_with(self, over: &Value) -> Value {
        let (Value::Object(mut properties), Value::Object(fills)) = (self, over) else {
            return over.clone();
        };
        for (name, fill) in fills {
            match properties.iter_mut().find(|(other, _)| other == name) {
                Some((_, value)) => {
                    *value = std::mem::replace(value, Value::Null).overlaid_with(fill);
                }
                None => properties.push((name.clone(), fill.clone())),
            }
        }
        Value::Object(properties)
    }
}

#[cfg(test)]
mod tests {
    use crate::value::parse;

    #[test]
    fn autofill_wins_over_whatever_was_sent_and_filling_twice_changes_nothing() {
        for (sent, autofill, filled) in [
            (
                r#"{"a":1}"#,
                r#"{"customer":{"id":"x"}}"#,
                r#"{"a":1,"customer":{"id":"x"}}"#,
            ),
            (
                r#"{"customer":{"id":"y","name":"n"}}"#,
                r#"{"customer":{"id":"x"}}"#,
                r#"{"customer":{"id":"x","name":"n"}}"#,
            ),
            (
                r#"{"customer":"y"}"#,
                r#"{"customer":{"id":"x"}}"#,
                r#"{"customer":{"id":"x"}}"#,
            ),
            (
                r#"{"customer":{"id":{"id":"y"}}}"#,
                r#"{"customer":{"id":"x"}}"#,
                r#"{"customer":{"id":"x"}}"#,
            ),
            (
                r#"{"customer":[{"id":"y"}]}"#,
                r#"{"customer":{"id":"x"}}"#,
                r#"{"customer":{"id":"x"}}"#,
            ),
            (
                r#"{"customer":null}"#,
                r#"{"customer":null}"#,
                r#"{"customer":null}"#,
            ),
        ] {
            let value = |text: &str| parse(text.as_bytes()).unwrap();
            let once = value(sent).overlaid_with(&value(autofill));
            assert_eq!(once.to_string(), filled);
            assert_eq!(once.clone().overlaid_with(&value(autofill)), once);
        }
    }
}
