//! How is a refusal said to a person? What was wrong, where, what was expected, and the limit.

use super::problem::{Invalid, Problem};
use crate::event::EventProblemKind;
use crate::filter::PatternProblem;
use crate::limits;
use crate::name::NameProblem;
use std::fmt;

/// The most of a caller's own text that a message repeats, in characters.
const ECHO_CHARACTERS_MAX: usize = 80;

impl fmt::Display for Invalid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.pointer.is_empty() {
            write!(formatter, "At {}: ", echo(&self.pointer))?;
        }
        match &self.problem {
            Problem::Json(json) => {
                let (line, column) = (json.line, json.column);
                write!(
                    formatter,
                    "The text is not JSON that is taken here: {} (line {line}, column {column}).",
                    json.reason
                )
            }
            Problem::Missing(name) => {
                write!(formatter, "The required field `{name}` is missing.")
            }
            Problem::WrongType { expected, found } => {
                write!(formatter, "Expected {expected}, found {found}.")
            }
            Problem::UnknownField { found, known } => {
                write!(
                    formatter,
                    "The field {} is not known here. Known: {}.",
                    quote(found),
                    known.join(", ")
                )
            }
            Problem::UnknownWord { found, expected } => {
                write!(
                    formatter,
                    "{} is not known. Expected {expected}.",
                    quote(found)
                )
            }
            Problem::Name { found, problem } => {
                write!(formatter, "{} {}", quote(found), name(problem))
            }
            Problem::OutOfRange { found, expected } => {
                write!(formatter, "Expected {expected}, found {}.", echo(found))
            }
            Problem::TooMany {
                what,
                actual,
                limit,
            } => {
                write!(
                    formatter,
                    "There are {actual} {what}; the limit is {limit}."
                )
            }
            Problem::Twice(found) => write!(formatter, "{} stands twice.", quote(found)),
            Problem::Conflict(reason) => write!(formatter, "{reason}"),
            Problem::Pattern(PatternProblem::TooLong { actual }) => {
                write!(
                    formatter,
                    "The pattern has {actual} bytes; the limit is {}.",
                    limits::REGEX_BYTES_MAX
                )
            }
            Problem::Pattern(PatternProblem::Malformed(reason)) => {
                write!(
                    formatter,
                    "The pattern is not one that is run here: {}.",
                    echo(reason)
                )
            }
            Problem::Event(kind) => write!(formatter, "{}", event(kind)),
        }
    }
}

/// A caller's own text, cut, with control characters shown as escapes.
pub(super) fn echo(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(ECHO_CHARACTERS_MAX)
        .flat_map(visible)
        .collect();
    if text.chars().nth(ECHO_CHARACTERS_MAX).is_some() {
        shown.push('…');
    }
    shown
}

fn visible(character: char) -> Vec<char> {
    if character.is_control() {
        character.escape_default().collect()
    } else {
        vec![character]
    }
}

fn quote(text: &str) -> String {
    format!("'{}'", echo(text))
}

fn name(problem: &NameProblem) -> String {
    match problem {
        NameProblem::Blank => "is blank; a name is expected.".to_owned(),
        NameProblem::TooLong { actual, limit } => {
            format!("has {actual} characters; the limit is {limit}.")
        }
        NameProblem::ForbiddenCharacter(character) => {
            format!(
                "holds the character '{}', which such a name may not hold.",
                character.escape_default()
            )
        }
        NameProblem::ForbiddenStart(character) => {
            format!("begins with '{character}', which is kept for the system.")
        }
        NameProblem::TooDeep { actual, limit } => {
            format!("has {actual} steps; the limit is {limit}.")
        }
        NameProblem::NotAnId => "is not an id: 24 hexadecimal digits are expected.".to_owned(),
    }
}

fn event(kind: &EventProblemKind) -> String {
    match kind {
        EventProblemKind::NotAnObject(found) => {
            format!("An event is a JSON object, found {found}.")
        }
        EventProblemKind::TooLarge { actual } => {
            format!(
                "The event has {actual} bytes as compact JSON; the limit is {}.",
                limits::EVENT_BYTES_MAX
            )
        }
        EventProblemKind::TooDeep { actual } => {
            format!(
                "The event is nested {actual} levels deep; the limit is {}.",
                limits::EVENT_DEPTH_MAX
            )
        }
        EventProblemKind::PropertyName(found, problem) => {
            let rule = format!(
                "A property name has 1 to {} characters, no dot and no leading '$'.",
                limits::PROPERTY_NAME_CHARACTERS_MAX
            );
            format!(
                "The property name {} is invalid: it {} {rule}",
                quote(found),
                name(problem)
            )
        }
        EventProblemKind::KeenNotAnObject(found) => {
            format!("The property `keen` is reserved for an object, found {found}.")
        }
        EventProblemKind::KeenProperty(found) => format!(
            "The property {} may not be sent under `keen`. Known: timestamp, uniqueness_token, location, addons.",
            quote(found)
        ),
        EventProblemKind::Timestamp => {
            "Expected an ISO 8601 time in the years 1 to 9999, before their last millisecond, such as \"2026-03-01T12:00:00Z\"."
                .to_owned()
        }
        EventProblemKind::UniquenessToken => format!(
            "Expected a string of 1 to {} characters.",
            limits::UNIQUENESS_TOKEN_CHARACTERS_MAX
        ),
        EventProblemKind::Location => {
            "Expected {\"coordinates\": [longitude, latitude]} within ±180 and ±90 degrees."
                .to_owned()
        }
        EventProblemKind::Addons { found, expected } => match found {
            Some(found) => format!("Expected {expected}, found {}.", quote(found)),
            None => format!("Expected {expected}."),
        },
    }
}
