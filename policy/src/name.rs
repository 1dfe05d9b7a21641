//! What may a project, a collection, a property be called? One constructor each, Keen's rules.

use crate::limits;
use std::fmt;

/// Why a text is not a name of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameProblem {
    /// Empty, or nothing but blanks.
    Blank,
    /// More characters than the kind allows.
    TooLong {
        /// Characters found.
        actual: usize,
        /// Characters allowed.
        limit: usize,
    },
    /// A character that the kind never holds.
    ForbiddenCharacter(char),
    /// A first character that is kept for the system.
    ForbiddenStart(char),
    /// More dotted steps than an event can nest.
    TooDeep {
        /// Steps found.
        actual: usize,
        /// Steps allowed.
        limit: usize,
    },
    /// Not the 24 lower-case hexadecimal digits of an id.
    NotAnId,
}

fn not_blank_and_at_most(text: &str, limit: usize) -> Result<(), NameProblem> {
    if text.trim().is_empty() {
        return Err(NameProblem::Blank);
    }
    let actual = text.chars().count();
    if actual > limit {
        return Err(NameProblem::TooLong { actual, limit });
    }
    Ok(())
}

macro_rules! text_newtype {
    ($(#[$documentation:meta])* $name:ident) => {
        $(#[$documentation])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

text_newtype! {
    /// A project's id: 24 lower-case hexadecimal digits.
    ProjectId
}
text_newtype! {
    /// An organization's id: 24 lower-case hexadecimal digits.
    OrganizationId
}
text_newtype! {
    /// An access key's id, which is not the key: 24 lower-case hexadecimal digits.
    KeyId
}
text_newtype! {
    /// A collection of events: printable ASCII, no `$`, no leading `_`.
    CollectionName
}
text_newtype! {
    /// A saved query's or a dataset's name: letters, digits, `-` and `_`.
    ResourceName
}
text_newtype! {
    /// A free label (of a key, of a project): not blank, no control characters.
    Label
}

fn hexadecimal_id(text: &str) -> Result<String, NameProblem> {
    let hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if text.len() != 24 || !text.bytes().all(hexadecimal) {
        return Err(NameProblem::NotAnId);
    }
    Ok(text.to_owned())
}

/// The 24 hexadecimal digits that stand for twelve bytes: how ids are made from randomness.
pub fn hexadecimal_24(bytes: [u8; 12]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

macro_rules! id_constructor {
    ($name:ident) => {
        impl $name {
            /// Reads an id.
            pub fn parse(text: &str) -> Result<Self, NameProblem> {
                hexadecimal_id(text).map(Self)
            }

            /// Makes an id of twelve random bytes.
            pub fn from_random(bytes: [u8; 12]) -> Self {
                Self(hexadecimal_24(bytes))
            }
        }
    };
}

id_constructor!(ProjectId);
id_constructor!(OrganizationId);
id_constructor!(KeyId);

impl CollectionName {
    /// Reads a collection's name.
    pub fn parse(text: &str) -> Result<Self, NameProblem> {
        not_blank_and_at_most(text, limits::COLLECTION_NAME_CHARACTERS_MAX)?;
        let forbidden = |character: &char| !matches!(character, ' '..='~') || *character == '$';
        if let Some(character) = text.chars().find(forbidden) {
            return Err(NameProblem::ForbiddenCharacter(character));
        }
        if text.starts_with('_') {
            return Err(NameProblem::ForbiddenStart('_'));
        }
        Ok(Self(text.to_owned()))
    }
}

impl ResourceName {
    /// Reads a saved query's or a dataset's name.
    pub fn parse(text: &str) -> Result<Self, NameProblem> {
        not_blank_and_at_most(text, limits::LABEL_CHARACTERS_MAX)?;
        let allowed =
            |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
        match text.chars().find(|character| !allowed(*character)) {
            Some(character) => Err(NameProblem::ForbiddenCharacter(character)),
            None => Ok(Self(text.to_owned())),
        }
    }
}

impl Label {
    /// Reads a free label.
    pub fn parse(text: &str) -> Result<Self, NameProblem> {
        not_blank_and_at_most(text, limits::LABEL_CHARACTERS_MAX)?;
        match text.chars().find(|character| character.is_control()) {
            Some(character) => Err(NameProblem::ForbiddenCharacter(character)),
            None => Ok(Self(text.to_owned())),
        }
    }
}

/// Is this what one property of an event may be called, at any depth?
///
/// NUL is refused beyond Keen's rules: SQLite ends a JSON path at it.
pub fn check_property_name(text: &str) -> Result<(), NameProblem> {
    not_blank_and_at_most(text, limits::PROPERTY_NAME_CHARACTERS_MAX)?;
    if let Some(character) = text
        .chars()
        .find(|character| matches!(character, '.' | '\0'))
    {
        return Err(NameProblem::ForbiddenCharacter(character));
    }
    if text.starts_with('$') {
        return Err(NameProblem::ForbiddenStart('$'));
    }
    Ok(())
}

/// A dotted path to a property, such as `customer.id`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PropertyPath {
    steps: Vec<String>,
}

impl PropertyPath {
    /// Reads a path: property names joined by dots.
    pub fn parse(text: &str) -> Result<Self, NameProblem> {
        not_blank_and_at_most(text, limits::PROPERTY_PATH_CHARACTERS_MAX)?;
        let steps: Vec<String> = text.split('.').map(str::to_owned).collect();
        if steps.len() > limits::PROPERTY_PATH_STEPS_MAX {
            let limit = limits::PROPERTY_PATH_STEPS_MAX;
            return Err(NameProblem::TooDeep {
                actual: steps.len(),
                limit,
            });
        }
        for step in &steps {
            check_property_name(step)?;
        }
        Ok(Self { steps })
    }

    /// The names along the path, from the event's root.
    pub fn steps(&self) -> &[String] {
        &self.steps
    }

    /// Is this path `other`, or inside the object that `other` names?
    pub fn is_within(&self, other: &PropertyPath) -> bool {
        self.steps.starts_with(&other.steps)
    }

    /// Does it stand under the reserved property `keen`?
    pub fn is_reserved(&self) -> bool {
        self.steps.first().is_some_and(|first| first == "keen")
    }
}

impl fmt::Display for PropertyPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.steps.join("."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn collection_names_follow_keens_rules() {
        let long = "x".repeat(256);
        for good in [
            "strikes",
            "User posts.new",
            "foo bar",
            "a_",
            "x/y?z&",
            &long,
        ] {
            assert!(CollectionName::parse(good).is_ok(), "{good}");
        }
        let too_long = "x".repeat(257);
        for bad in ["", "  ", "_x", "a$b", "zażółć", "a\nb", "a\0b", &too_long] {
            assert!(CollectionName::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn property_names_follow_keens_rules_at_every_step_of_a_path() {
        let long = "ż".repeat(256);
        for good in [
            "a",
            "a.b.c",
            "__proto__",
            "a'; DROP TABLE event; --",
            "a\"b",
            "é.\\",
            &long,
        ] {
            assert!(PropertyPath::parse(good).is_ok(), "{good}");
        }
        let too_long = "ż".repeat(257);
        let too_deep = vec!["a"; 101].join(".");
        for bad in [
            "", ".", "a.", ".a", "a..b", "$a", "a.$b", "a\0", &too_long, &too_deep,
        ] {
            assert!(PropertyPath::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_path_is_within_its_ancestors_but_not_within_a_longer_name() {
        let path = |text| PropertyPath::parse(text).unwrap();
        assert!(path("customer.id").is_within(&path("customer")));
        assert!(path("customer").is_within(&path("customer")));
        assert!(!path("customers").is_within(&path("customer")));
        assert!(!path("customer").is_within(&path("customer.id")));
    }
}
