//! Why does the SDK refuse before anything is sent? In the server's words, so that both read alike.

use crate::json::JsonProblem;
use keyhole_policy::limits;
use keyhole_policy::name::NameProblem;
use keyhole_sdk_track::text::{decimal, joined};
use std::borrow::Cow;

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
        let sentence = match self {
            Refusal::CollectionName(problem) => {
                return joined(&["The collection's name ", &name_problem(*problem), "."]);
            }
            Refusal::Event(JsonProblem::Name { name, problem }) => {
                let problem = name_problem(*problem);
                return joined(&["The property name \"", name, "\" ", &problem, "."]);
            }
            Refusal::EventTooLarge { actual } => {
                let (actual, limit) = (decimal(*actual), decimal(limits::EVENT_BYTES_MAX));
                return joined(&[
                    "The event has ",
                    &actual,
                    " bytes as JSON; at most ",
                    &limit,
                    " are allowed.",
                ]);
            }
            Refusal::Event(JsonProblem::TooDeep) => {
                let limit = decimal(limits::EVENT_DEPTH_MAX);
                return joined(&[
                    "The event nests deeper than ",
                    &limit,
                    " lists and objects.",
                ]);
            }
            Refusal::CollectionNameIsADirectory => {
                "A collection cannot be called \".\" or \"..\": they are directories in a URL."
            }
            Refusal::KeenIsNotAnObject => "The property keen is reserved and must be an object.",
            Refusal::Event(JsonProblem::NotAnObject) => "An event must be a JSON object.",
            Refusal::Event(JsonProblem::Malformed) => "The text is not JSON.",
            Refusal::Event(JsonProblem::LoneSurrogate) => {
                "A string holds half of a character (a lone surrogate). Strings cut in the middle of an \
                 emoji do; String.prototype.toWellFormed() mends them."
            }
        };
        sentence.to_owned()
    }
}

fn name_problem(problem: NameProblem) -> Cow<'static, str> {
    let too_much = |actual, unit, limit| {
        joined(&[
            "has ",
            &decimal(actual),
            unit,
            decimal(limit).as_str(),
            " are allowed",
        ])
        .into()
    };
    match problem {
        NameProblem::Blank => "is blank".into(),
        NameProblem::TooLong { actual, limit } => too_much(actual, " characters; at most ", limit),
        NameProblem::TooDeep { actual, limit } => too_much(actual, " steps; at most ", limit),
        NameProblem::ForbiddenCharacter('\0') => "must not contain NUL".into(),
        NameProblem::ForbiddenCharacter(character) => with("must not contain '", character).into(),
        NameProblem::ForbiddenStart(character) => with("must not start with '", character).into(),
        NameProblem::NotAnId => "is not an id".into(),
    }
}

fn with(beginning: &str, character: char) -> String {
    let mut text = beginning.to_owned();
    text.push(character);
    text.push('\'');
    text
}
