//! Which value does a JSON text hold?

use super::number::WHOLE_MAX;
use super::{Number, Value};
use crate::limits::JSON_DEPTH_MAX;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;

/// Why a text is not JSON that we take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonProblem {
    /// What is wrong, in the parser's words; never a part of the text itself beyond names.
    pub reason: String,
    /// Line of the text, from 1.
    pub line: usize,
    /// Byte of the line, from 1.
    pub column: usize,
}

/// Reads one JSON text (UTF-8) of at most [`JSON_DEPTH_MAX`] nested lists and objects.
///
/// Refused beyond the grammar: a name that stands twice in one object (which of the two was meant?),
/// whole numbers that a double would change, numbers beyond a double's range, lone surrogates.
pub fn parse(text: &[u8]) -> Result<Value, JsonProblem> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let is_huge_met = Cell::new(false);
    let root = At {
        depth: 0,
        is_huge_met: &is_huge_met,
    };
    let parsed = root.deserialize(&mut deserializer);
    let value = parsed
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| {
            let reason = error.to_string();
            // serde_json appends the place to its sentence; it is kept apart here.
            let place = format!(" at line {} column {}", error.line(), error.column());
            let reason = reason.strip_suffix(&place).unwrap_or(&reason).to_owned();
            JsonProblem {
                reason,
                line: error.line(),
                column: error.column(),
            }
        })?;
    let changed = is_huge_met.get().then(|| changed_whole(text)).flatten();
    changed.map_or(Ok(value), Err)
}

/// The first whole number beyond 64 bits that a double changes. The parser has made doubles of these
/// already, so that their digits are looked at in the text, which is JSON by now.
fn changed_whole(text: &[u8]) -> Option<JsonProblem> {
    let (mut line, mut column) = (1, 0);
    let (mut is_inside_text, mut is_escaped) = (false, false);
    let mut token = String::new();
    for byte in text.iter().chain(b" ") {
        if !is_inside_text && (byte.is_ascii_alphanumeric() || b"+-.".contains(byte)) {
            token.push(char::from(*byte));
        } else if !token.is_empty() {
            if is_changed(&token) {
                let reason = beyond(&token);
                return Some(JsonProblem {
                    reason,
                    line,
                    column,
                });
            }
            token.clear();
        }
        is_inside_text ^= *byte == b'"' && !is_escaped;
        is_escaped = is_inside_text && *byte == b'\\' && !is_escaped;
        (line, column) = if *byte == b'\n' {
            (line + 1, 0)
        } else {
            (line, column + 1)
        };
    }
    None
}

fn is_changed(token: &str) -> bool {
    let digits = token.strip_prefix('-').unwrap_or(token);
    let is_whole = digits.bytes().all(|byte| byte.is_ascii_digit());
    is_whole
        && token
            .parse::<f64>()
            .is_ok_and(|double| double.abs() > WHOLE_MAX && format!("{double}") != token)
}

fn beyond(whole: &str) -> String {
    format!(
        "the whole number {whole} is beyond 2^53, where not every one is a double: send it as a string"
    )
}

/// A place in the text, so many lists and objects deep.
#[derive(Clone, Copy)]
struct At<'a> {
    depth: usize,
    /// Was a number met that may be a whole one beyond 64 bits?
    is_huge_met: &'a Cell<bool>,
}

impl<'a> At<'a> {
    fn deeper<E: Error>(self) -> Result<At<'a>, E> {
        if self.depth >= JSON_DEPTH_MAX {
            let message = format!("nested deeper than {JSON_DEPTH_MAX} lists and objects");
            return Err(E::custom(message));
        }
        Ok(At {
            depth: self.depth + 1,
            ..self
        })
    }
}

impl<'de> DeserializeSeed<'de> for At<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

fn whole<E: Error>(whole: i128) -> Result<Value, E> {
    let number = Number::from_whole(whole).ok_or_else(|| E::custom(beyond(&whole.to_string())))?;
    Ok(Value::Number(number))
}

impl<'de> Visitor<'de> for At<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, boolean: bool) -> Result<Value, E> {
        Ok(Value::Bool(boolean))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        whole(i128::from(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        whole(i128::from(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        if number.abs() > WHOLE_MAX {
            self.is_huge_met.set(true);
        }
        let number = Number::new(number).ok_or_else(|| E::custom("number out of range"))?;
        Ok(Value::Number(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::text(text))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let inside = self.deeper()?;
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element_seed(inside)? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let inside = self.deeper()?;
        let mut properties: Vec<(String, Value)> = Vec::new();
        let mut seen = HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            // A short scan is quicker than hashing for the small objects that events are made of.
            let twice = if properties.len() < 16 {
                properties.iter().any(|(other, _)| *other == name)
            } else {
                if seen.is_empty() {
                    seen.extend(properties.iter().map(|(name, _)| name.clone()));
                }
                !seen.insert(name.clone())
            };
            if twice {
                return Err(A::Error::custom(format!(
                    "the name {name:?} stands twice in one object"
                )));
            }
            let value = map.next_value_seed(inside)?;
            properties.push((name, value));
        }
        Ok(Value::Object(properties))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printing_and_parsing_again_changes_nothing() {
        for text in [
            r#"{"b":1,"a":[null,true,"ż\"\\\n\u0000"],"__proto__":{"x":-1.5e-9}}"#,
            "[]",
            "{}",
            "3",
            "1e21",
            r#""""#,
        ] {
            let value = parse(text.as_bytes()).unwrap();
            assert_eq!(parse(value.to_string().as_bytes()).unwrap(), value);
        }
    }

    #[test]
    fn a_number_is_the_nearest_double_to_its_last_digit() {
        for text in ["123456789.12345679", "0.30000000000000004", "8.41e21"] {
            assert_eq!(parse(text.as_bytes()).unwrap().to_string(), text);
        }
    }

    #[test]
    fn refused_json_says_why() {
        let deep = format!("{}{}", "[".repeat(111), "]".repeat(111));
        for (text, reason) in [
            ("{", "EOF while parsing an object"),
            (r#"{"a":1,"a":2}"#, "the name \"a\" stands twice"),
            ("9007199254740993", "send it as a string"),
            ("1e400", "number out of range"),
            (r#""\ud800""#, "hex escape"),
            (r#""\ud800x""#, "hex escape"),
            (r#""\udc00""#, "surrogate"),
            ("1 2", "trailing characters"),
            ("", "EOF"),
            (&deep, "nested deeper than 110"),
        ] {
            let problem = parse(text.as_bytes()).unwrap_err();
            assert!(
                problem.reason.contains(reason),
                "{text}: {}",
                problem.reason
            );
        }
        assert!(parse(b"\"\xff\"").is_err());
    }

    #[test]
    fn a_whole_number_beyond_64_bits_is_told_from_the_double_it_would_become() {
        for kept in [
            "100000000000000000000",
            "-123456789012345680000",
            "123456789012345678901234567890.5",
            "1e25",
            r#"{"123456789012345678901234567890":1e25}"#,
            r#"["\\\"123456789012345678901234567890",1e25]"#,
        ] {
            assert!(parse(kept.as_bytes()).is_ok(), "{kept}");
        }
        for (changed, line, column) in [
            ("123456789012345678901234567890", 1, 30),
            ("-18446744073709551617", 1, 21),
            ("{\"a\\\\\":1e25,\n\"b\":[18446744073709551617]}", 2, 25),
        ] {
            let problem = parse(changed.as_bytes()).unwrap_err();
            assert!(problem.reason.contains("send it as a string"), "{changed}");
            assert_eq!((problem.line, problem.column), (line, column), "{changed}");
        }
    }

    #[test]
    fn a_name_standing_twice_is_found_in_large_objects_too() {
        let names: Vec<String> = (0..40).map(|at| format!("\"p{at}\":0")).collect();
        assert!(parse(format!("{{{}}}", names.join(",")).as_bytes()).is_ok());
        assert!(parse(format!("{{{},\"p3\":1}}", names.join(",")).as_bytes()).is_err());
        assert!(parse(format!("{{{},\"p39\":1}}", names.join(",")).as_bytes()).is_err());
    }

    #[test]
    fn a_hundred_and_ten_levels_pass() {
        let deep = format!("{}{}", "[".repeat(110), "]".repeat(110));
        assert!(parse(deep.as_bytes()).is_ok());
    }
}
