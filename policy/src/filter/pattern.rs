//! What does a `regex` filter match? RE2's syntax as far as regex-lite has it, in linear time.

use crate::limits::{REGEX_BYTES_MAX, REGEX_STATES_MAX};
use regex_lite::{Regex, RegexBuilder};

/// What a state of a compiled pattern takes, in bytes: `regex_lite` counts its own size in bytes.
const STATE_BYTES: usize = 5 * size_of::<usize>();
/// The fewest states that are told apart.
const STATES_MIN: usize = 16;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    compiled: Regex,
    states: usize,
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
        let (compiled, states) =
            compiled(text).map_err(|error| PatternProblem::Malformed(error.to_string()))?;
        Ok(Pattern {
            text: text.to_owned(),
            compiled,
            states,
        })
    }

    /// How many steps it takes at most to look for it in a text: for each byte one in each of its states.
    pub fn steps(&self, text: &str) -> usize {
        self.states.saturating_mul(text.len() + 1)
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

/// The pattern, and how many states it has: the next power of two, for only the size that it fits tells.
fn compiled(text: &str) -> Result<(Regex, usize), regex_lite::Error> {
    let compile = |states: usize| {
        let mut builder = RegexBuilder::new(text);
        builder.size_limit(states * STATE_BYTES).build()
    };
    let mut states = STATES_MIN;
    loop {
        match compile(states) {
            Ok(compiled) => return Ok((compiled, states)),
            Err(error) if states >= REGEX_STATES_MAX => return Err(error),
            Err(_) => states *= 2,
        }
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Pattern) -> bool {
        self.text == other.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states(text: &str) -> Option<usize> {
        Some(Pattern::parse(text).ok()?.states)
    }

    #[test]
    fn a_pattern_that_repeats_takes_as_many_steps_as_it_has_states() {
        assert_eq!(states("^a+$"), Some(16));
        let long = "é".repeat(REGEX_BYTES_MAX / 2);
        for (pattern, at_least) in [("a{100}", 100), ("(a{0,30}){0,30}b", 900), (&long, 500)] {
            let states = states(pattern).unwrap();
            assert!(
                (at_least..=8 * at_least).contains(&states),
                "{pattern}: {states}"
            );
        }
        let pattern = Pattern::parse("^a+$").unwrap();
        assert_eq!(pattern.steps(""), 16);
        assert_eq!(pattern.steps("aé"), 64);
    }

    #[test]
    fn a_pattern_of_very_many_states_is_none_and_each_of_so_many_bytes_is_one() {
        assert_eq!(states("((a{0,30}){0,30}){0,30}b"), None);
        for whole in ["(?i)a", "a", "[a-z0-9]", "a?", "\\w"] {
            let unit = whole.strip_prefix("(?i)").unwrap_or(whole);
            let count = (REGEX_BYTES_MAX - 4) / unit.len();
            let pattern = whole.replace(unit, &unit.repeat(count));
            assert!(states(&pattern).is_some(), "{whole}");
        }
    }
}
