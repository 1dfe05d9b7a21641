//! What does a `regex` filter match? RE2's syntax as far as regex-lite has it, in linear time.

use crate::limits::REGEX_BYTES_MAX;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    compiled: regex_lite::Regex,
}

/// Why a text is not a pattern that we run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PatternProblem {
    /// Longer than [`REGEX_BYTES_MAX`].
    TooLong {
        /// Bytes found.
        actual: usize,
    },
    /// Not in the syntax, or too large once compiled; the reason in the parser's words.
    Malformed(String),
}

impl Pattern {
    /// Compiles a pattern.
    pub fn parse(text: &str) -> Result<Pattern, PatternProblem> {
        if text.len() > REGEX_BYTES_MAX {
            return Err(PatternProblem::TooLong { actual: text.len() });
        }
        let compiled = regex_lite::Regex::new(text)
            .map_err(|error| PatternProblem::Malformed(error.to_string()))?;
        Ok(Pattern {
            text: text.to_owned(),
            compiled,
        })
    }

    /// Is it found somewhere in the text?
    pub fn is_found_in(&self, text: &str) -> bool {
        self.compiled.is_match(text)
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Pattern) -> bool {
        self.text == other.text
    }
}
