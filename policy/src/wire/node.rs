//! Where in a JSON document are we? A value with its JSON pointer, so that every refusal names its place.

use super::problem::{Area, Invalid, Problem};
use crate::event::escape;
use crate::value::{Number, Value};

/// A value and where it stands.
#[derive(Clone, Debug)]
pub struct Node<'a> {
    /// What is being read here.
    pub area: Area,
    pointer: String,
    value: &'a Value,
}

impl<'a> Node<'a> {
    /// The root of a document.
    pub fn root(area: Area, value: &'a Value) -> Node<'a> {
        Node {
            area,
            pointer: String::new(),
            value,
        }
    }

    /// The same place, read as something else.
    pub fn as_area(self, area: Area) -> Node<'a> {
        Node { area, ..self }
    }

    /// The value.
    pub fn value(&self) -> &'a Value {
        self.value
    }

    /// Where it stands.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// Is it null?
    pub fn is_null(&self) -> bool {
        *self.value == Value::Null
    }

    /// A refusal of this value.
    pub fn invalid(&self, problem: Problem) -> Invalid {
        Invalid {
            area: self.area,
            pointer: self.pointer.clone(),
            problem,
        }
    }

    /// A refusal of this value as one that cannot go with another.
    pub fn conflict(&self, reason: &'static str) -> Invalid {
        self.invalid(Problem::Conflict(reason))
    }

    /// A refusal of this value's type.
    pub fn wrong_type(&self, expected: &'static str) -> Invalid {
        let found = self.value.type_name();
        self.invalid(Problem::WrongType { expected, found })
    }

    /// A refusal of this value as outside what is allowed.
    pub fn out_of_range(&self, expected: &'static str) -> Invalid {
        self.invalid(Problem::OutOfRange {
            found: self.value.to_string(),
            expected,
        })
    }

    /// The property of this object, if it has one; null counts as none, as Keen's clients send it.
    pub fn get(&self, name: &str) -> Option<Node<'a>> {
        let value = self
            .value
            .get(name)
            .filter(|value| **value != Value::Null)?;
        Some(self.child(name, value))
    }

    /// The same where null is a value like others.
    pub fn get_even_null(&self, name: &str) -> Option<Node<'a>> {
        self.value.get(name).map(|value| self.child(name, value))
    }

    /// The property, refusing its absence.
    pub fn require(&self, name: &'static str) -> Result<Node<'a>, Invalid> {
        self.get(name)
            .ok_or_else(|| self.invalid(Problem::Missing(name)))
    }

    /// All properties of this object, refusing anything else.
    pub fn properties(&self, expected: &'static str) -> Result<Vec<(&'a str, Node<'a>)>, Invalid> {
        let properties = self.object(expected)?.iter();
        let child = |(name, value): &'a (String, Value)| (name.as_str(), self.child(name, value));
        Ok(properties.map(child).collect())
    }

    /// The same as they stand there: what is only looked at needs no pointer, and texts for those are most of
    /// what reading a definition would cost.
    fn object(&self, expected: &'static str) -> Result<&'a [(String, Value)], Invalid> {
        match self.value {
            Value::Object(properties) => Ok(properties),
            _ => Err(self.wrong_type(expected)),
        }
    }

    /// Refuses a property that is not known here.
    pub fn only(
        &self,
        expected: &'static str,
        known: &'static [&'static str],
    ) -> Result<(), Invalid> {
        for (name, value) in self.object(expected)? {
            if !known.contains(&name.as_str()) {
                return Err(self.child(name, value).invalid(Problem::UnknownField {
                    found: name.to_owned(),
                    known,
                }));
            }
        }
        Ok(())
    }

    /// The same where leaving a field out opens something: then null does not stand for that.
    pub fn only_without_null(
        &self,
        expected: &'static str,
        known: &'static [&'static str],
    ) -> Result<(), Invalid> {
        self.only(expected, known)?;
        let mut properties = self.object(expected)?.iter();
        let null = properties.find(|(_, value)| *value == Value::Null);
        null.map_or(Ok(()), |(name, value)| {
            let node = self.child(name, value);
            Err(node.wrong_type("a value: to have no such option, leave it out"))
        })
    }

    /// The items of this list, refusing anything else.
    pub fn items(&self, expected: &'static str) -> Result<Vec<Node<'a>>, Invalid> {
        let Value::List(items) = self.value else {
            return Err(self.wrong_type(expected));
        };
        let item = |(at, value)| self.child(&format!("{at}"), value);
        Ok(items.iter().enumerate().map(item).collect())
    }

    /// The items of this list, at most so many.
    pub fn items_at_most(
        &self,
        expected: &'static str,
        what: &'static str,
        limit: usize,
    ) -> Result<Vec<Node<'a>>, Invalid> {
        let items = self.items(expected)?;
        if items.len() > limit {
            return Err(self.invalid(Problem::TooMany {
                what,
                actual: items.len(),
                limit,
            }));
        }
        Ok(items)
    }

    /// This string.
    pub fn text(&self) -> Result<&'a str, Invalid> {
        self.value
            .as_text()
            .ok_or_else(|| self.wrong_type("a string"))
    }

    /// This boolean.
    pub fn boolean(&self) -> Result<bool, Invalid> {
        match self.value {
            Value::Bool(boolean) => Ok(*boolean),
            _ => Err(self.wrong_type("true or false")),
        }
    }

    /// This number.
    pub fn number(&self) -> Result<Number, Invalid> {
        self.value
            .as_number()
            .ok_or_else(|| self.wrong_type("a number"))
    }

    /// This whole number between 1 and a limit.
    pub fn count_at_most(&self, expected: &'static str, limit: usize) -> Result<usize, Invalid> {
        let whole = self
            .number()?
            .whole()
            .and_then(|whole| usize::try_from(whole).ok());
        whole
            .filter(|count| (1..=limit).contains(count))
            .ok_or_else(|| self.out_of_range(expected))
    }

    /// A name read from this string by its constructor.
    pub fn name<T>(
        &self,
        parse: impl Fn(&str) -> Result<T, crate::name::NameProblem>,
    ) -> Result<T, Invalid> {
        let text = self.text()?;
        parse(text).map_err(|problem| {
            self.invalid(Problem::Name {
                found: text.to_owned(),
                problem,
            })
        })
    }

    fn child(&self, name: &str, value: &'a Value) -> Node<'a> {
        let mut pointer = String::with_capacity(self.pointer.len() + name.len() + 1);
        pointer.push_str(&self.pointer);
        pointer.push('/');
        match name.contains(['~', '/']) {
            true => pointer.push_str(&escape(name)),
            false => pointer.push_str(name),
        }
        Node {
            area: self.area,
            pointer,
            value,
        }
    }
}
