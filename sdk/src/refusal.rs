//! Why does the SDK refuse before anything is sent? In the server's words, so that both read alike.

use crate::json::JsonProblem;
use keyhole_policy::limits;
use keyhole_policy::name::NameProblem;
use std::fmt;

/// The calling code is wrong: a `TypeError` that names the field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misuse {
    /// The option or parameter, as the caller spells it.
    pub field: &'static str,
    /// What it must be, as the end of a sentence. Never holds the value: it may be a key.
    pub must: &'static str,
}

impl fmt::Display for Misuse {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Keyhole: {} must {}.", self.field, self.must)
    }
}

/// The data is not what the server takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The collection cannot be called this.
    CollectionName(NameProblem),
    /// `.` and `..` are names to Keen and directories to every URL.
    CollectionNameIsADirectory,
    /// The event is not a JSON object that we take.
    Event(JsonProblem),
    /// More bytes than one event may have.
    EventTooLarge {
        /// Bytes found.
        actual: usize,
    },
    /// `keen` is there and is not an object.
    KeenIsNotAnObject,
}

impl Refusal {
    /// The name the server gives to the same refusal.
    pub fn name(&self) -> &'static str {
        match self {
            Refusal::CollectionName(_) | Refusal::CollectionNameIsADirectory => {
                "InvalidCollectionNameError"
            }
            Refusal::Event(JsonProblem::Name { .. }) => "InvalidPropertyNameError",
            Refusal::Event(JsonProblem::LoneSurrogate) => "InvalidPropertyValueError",
            Refusal::Event(_) | Refusal::EventTooLarge { .. } => "InvalidEventError",
            Refusal::KeenIsNotAnObject => "NamespaceTypeError",
        }
    }

    /// One or two sentences for the developer.
    pub fn description(&self) -> String {
        match self {
            Refusal::CollectionName(problem) => {
                format!("The collection's name {}.", name_problem(*problem))
            }
            Refusal::CollectionNameIsADirectory => {
                "A collection cannot be called \".\" or \"..\": they are directories in a URL."
                    .to_owned()
            }
            Refusal::Event(problem) => json_problem(problem),
            Refusal::EventTooLarge { actual } => {
                let limit = limits::EVENT_BYTES_MAX;
                format!("The event has {actual} bytes as JSON; at most {limit} are allowed.")
            }
            Refusal::KeenIsNotAnObject => {
                "The property keen is reserved and must be an object.".to_owned()
            }
        }
    }
}

fn json_problem(problem: &JsonProblem) -> String {
    match problem {
        JsonProblem::NotAnObject => "An event must be a JSON object.".to_owned(),
        JsonProblem::Malformed => "The text is not JSON.".to_owned(),
        JsonProblem::TooDeep => {
            let limit = limits::EVENT_DEPTH_MAX;
            format!("The event nests deeper than {limit} lists and objects.")
        }
        JsonProblem::LoneSurrogate => {
            "A string holds half of a character (a lone surrogate). Strings cut in the middle of an \
             emoji do; String.prototype.toWellFormed() mends them."
                .to_owned()
        }
        JsonProblem::Name { name, problem } => {
            format!("The property name \"{name}\" {}.", name_problem(*problem))
        }
    }
}

fn name_problem(problem: NameProblem) -> String {
    match problem {
        NameProblem::Blank => "is blank".to_owned(),
        NameProblem::TooLong { actual, limit } => {
            format!("has {actual} characters; at most {limit} are allowed")
        }
        NameProblem::ForbiddenCharacter('\0') => "must not contain NUL".to_owned(),
        NameProblem::ForbiddenCharacter(character) => format!("must not contain '{character}'"),
        NameProblem::ForbiddenStart(character) => format!("must not start with '{character}'"),
        NameProblem::TooDeep { actual, limit } => {
            format!("has {actual} steps; at most {limit} are allowed")
        }
        NameProblem::NotAnId => "is not an id".to_owned(),
    }
}
