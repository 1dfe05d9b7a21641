//! Which properties has an event, and of which types?

use crate::filter::Place;
use crate::limits::PROPERTY_PATH_CHARACTERS_MAX;
use crate::value::Value;

/// The place that Keen's clients put where an event happened.
const LOCATION: &str = "keen.location.coordinates";
/// What the system keeps beside an event's own properties.
const TIMES: [&str; 2] = ["keen.timestamp", "keen.created_at"];

/// A type as the schema names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PropertyType {
    /// `num`
    Number,
    /// `string`
    Text,
    /// `bool`
    Boolean,
    /// `datetime`: only the system's own times.
    Time,
    /// `list`
    List,
    /// `geo`: `[longitude, latitude]` at `keen.location.coordinates`.
    Place,
    /// `null`
    Null,
}

impl PropertyType {
    /// All of them.
    pub const ALL: [PropertyType; 7] = [
        PropertyType::Number,
        PropertyType::Text,
        PropertyType::Boolean,
        PropertyType::Time,
        PropertyType::List,
        PropertyType::Place,
        PropertyType::Null,
    ];

    /// The word of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            PropertyType::Number => "num",
            PropertyType::Text => "string",
            PropertyType::Boolean => "bool",
            PropertyType::Time => "datetime",
            PropertyType::List => "list",
            PropertyType::Place => "geo",
            PropertyType::Null => "null",
        }
    }

    /// The type of that word.
    pub fn parse(word: &str) -> Option<PropertyType> {
        PropertyType::ALL
            .into_iter()
            .find(|known| known.as_str() == word)
    }
}

/// Says the path and the type of each property that is no object, in the order they stand in. What a question could
/// not name is left out.
pub fn shape(event: &Value, say: &mut impl FnMut(&str, PropertyType)) {
    below(event, &mut String::new(), say);
}

fn below(value: &Value, path: &mut String, say: &mut impl FnMut(&str, PropertyType)) {
    if let Value::Object(properties) = value {
        for (name, value) in properties {
            let before = path.len();
            if before > 0 {
                path.push('.');
            }
            path.push_str(name);
            below(value, path, say);
            path.truncate(before);
        }
        return;
    }
    // A character has at most four bytes: one glance at the length of what is far too long.
    if path.len() <= 4 * PROPERTY_PATH_CHARACTERS_MAX
        && path.chars().count() <= PROPERTY_PATH_CHARACTERS_MAX
    {
        say(path, type_of(path, value));
    }
}

fn type_of(path: &str, value: &Value) -> PropertyType {
    match value {
        Value::Text(_) if TIMES.contains(&path) => PropertyType::Time,
        Value::List(_) if path == LOCATION && Place::from_value(value).is_some() => {
            PropertyType::Place
        }
        Value::Null | Value::Object(_) => PropertyType::Null,
        Value::Bool(_) => PropertyType::Boolean,
        Value::Number(_) => PropertyType::Number,
        Value::Text(_) => PropertyType::Text,
        Value::List(_) => PropertyType::List,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::parse;

    #[test]
    fn every_property_that_is_no_object_is_told_with_its_type() {
        let event = r#"{"n":1,"s":"2026-01-01","b":true,"l":[1],"z":null,"o":{"deep":{"x":"y"},"empty":{}},
            "keen":{"location":{"coordinates":[21,52]},"timestamp":"2026-01-01T00:00:00.000Z"}}"#;
        let mut found = Vec::new();
        shape(&parse(event.as_bytes()).unwrap(), &mut |path, kind| {
            found.push(format!("{path} {}", kind.as_str()));
        });
        let expected = [
            "n num",
            "s string",
            "b bool",
            "l list",
            "z null",
            "o.deep.x string",
            "keen.location.coordinates geo",
            "keen.timestamp datetime",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_type_is_read_back_by_its_word() {
        for kind in PropertyType::ALL {
            assert_eq!(PropertyType::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(PropertyType::parse("object"), None);
    }
}
