//! How is a value written as JSON? In one way only: compact, strings escaped no more than needed.

use super::Value;
use std::fmt::{self, Write};

impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => formatter.write_str("null"),
            Value::Bool(true) => formatter.write_str("true"),
            Value::Bool(false) => formatter.write_str("false"),
            Value::Number(number) => write!(formatter, "{number}"),
            Value::Text(text) => write_text(formatter, text),
            Value::List(items) => {
                formatter.write_char('[')?;
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        formatter.write_char(',')?;
                    }
                    write!(formatter, "{item}")?;
                }
                formatter.write_char(']')
            }
            Value::Object(properties) => {
                formatter.write_char('{')?;
                for (at, (name, value)) in properties.iter().enumerate() {
                    if at > 0 {
                        formatter.write_char(',')?;
                    }
                    write_text(formatter, name)?;
                    formatter.write_char(':')?;
                    write!(formatter, "{value}")?;
                }
                formatter.write_char('}')
            }
        }
    }
}

fn write_text(formatter: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    formatter.write_char('"')?;
    let mut rest = text;
    while let Some(at) =
        rest.find(|character: char| character < ' ' || matches!(character, '"' | '\\'))
    {
        let (plain, tail) = rest.split_at(at);
        formatter.write_str(plain)?;
        let mut characters = tail.chars();
        match characters.next() {
            Some('"') => formatter.write_str("\\\"")?,
            Some('\\') => formatter.write_str("\\\\")?,
            Some('\n') => formatter.write_str("\\n")?,
            Some('\r') => formatter.write_str("\\r")?,
            Some('\t') => formatter.write_str("\\t")?,
            Some(control) => write!(formatter, "\\u{:04x}", u32::from(control))?,
            None => {}
        }
        rest = characters.as_str();
    }
    formatter.write_str(rest)?;
    formatter.write_char('"')
}
