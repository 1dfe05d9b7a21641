//! What is a JSON value to the engine?

mod merge;
mod number;
mod order;
mod parse;
mod print;

pub use number::Number;
pub use parse::{JsonProblem, parse};

use crate::name::PropertyPath;

/// A JSON value. Objects keep the order they were sent in and name nothing twice.
///
/// Two values are equal when they are of one type and mean the same: `1` and `1.0` are equal,
/// `1` and `"1"` are not. Equal values print the same text ([`std::fmt::Display`]) unless they hold
/// objects whose properties stand in another order.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A finite double
    Number(Number),
    /// A string
    Text(String),
    /// An array
    List(Vec<Value>),
    /// An object
    Object(Vec<(String, Value)>),
}

impl Value {
    /// A string value.
    pub fn text(text: impl Into<String>) -> Value {
        Value::Text(text.into())
    }

    /// A whole number; exact up to 2^53.
    pub fn count(count: usize) -> Value {
        Value::Number(Number::from_count(count))
    }

    /// An object of the given properties, in order.
    pub fn object<'a>(properties: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
        let owned = properties
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        Value::Object(owned.collect())
    }

    /// The property of this object, if it is one and has it.
    pub fn get(&self, name: &str) -> Option<&Value> {
        match self {
            Value::Object(properties) => properties
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    /// The value at a path through objects. Lists are not entered.
    pub fn at(&self, path: &PropertyPath) -> Option<&Value> {
        path.steps()
            .iter()
            .try_fold(self, |value, step| value.get(step))
    }

    /// The number, if this is one.
    pub fn as_number(&self) -> Option<Number> {
        match self {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The string, if this is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// How many lists and objects stand inside one another, this one counted.
    pub fn depth(&self) -> usize {
        let deepest = match self {
            Value::List(items) => items.iter().map(Value::depth).max(),
            Value::Object(properties) => properties.iter().map(|(_, value)| value.depth()).max(),
            _ => return 0,
        };
        1 + deepest.unwrap_or(0)
    }

    /// What JSON calls this type, with its article.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::Text(_) => "a string",
            Value::List(_) => "a list",
            Value::Object(_) => "an object",
        }
    }
}

impl From<Number> for Value {
    fn from(number: Number) -> Value {
        Value::Number(number)
    }
}

impl From<bool> for Value {
    fn from(boolean: bool) -> Value {
        Value::Bool(boolean)
    }
}
