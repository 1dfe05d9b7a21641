//! What does a JSON string mean? Its characters, its escapes read.

use super::{JsonProblem, Reader};
use std::borrow::Cow;

impl<'text> Reader<'text> {
    /// Reads a string whose opening quote is behind us: as it stands, and what it means.
    pub(super) fn string(&mut self) -> Result<(&'text str, Cow<'text, str>), JsonProblem> {
        let before = self.rest;
        let mut decoded = String::new();
        loop {
            let stop = self.rest.find(['"', '\\']).ok_or(JsonProblem::Malformed)?;
            let plain = self.cut(stop)?;
            if self.cut(1)? == "\\" {
                decoded.push_str(plain);
                decoded.push(self.escape()?);
                continue;
            }
            let (raw, _) = before
                .split_at_checked(before.len() - self.rest.len() - 1)
                .ok_or(JsonProblem::Malformed)?;
            if raw.len() == plain.len() {
                return Ok((raw, Cow::Borrowed(raw)));
            }
            decoded.push_str(plain);
            return Ok((raw, Cow::Owned(decoded)));
        }
    }

    /// The character that an escape stands for, its backslash behind us.
    fn escape(&mut self) -> Result<char, JsonProblem> {
        match self.cut(1)? {
            "n" => Ok('\n'),
            "r" => Ok('\r'),
            "t" => Ok('\t'),
            "b" => Ok('\u{8}'),
            "f" => Ok('\u{c}'),
            "u" => self.code_point(),
            other => other.chars().next().ok_or(JsonProblem::Malformed),
        }
    }

    fn code_point(&mut self) -> Result<char, JsonProblem> {
        let first = self.code_unit()?;
        if let Some(character) = char::from_u32(first) {
            return Ok(character);
        }
        if first >= 0xDC00 || self.cut(2) != Ok("\\u") {
            return Err(JsonProblem::LoneSurrogate);
        }
        let second = self.code_unit()?;
        if !(0xDC00..0xE000).contains(&second) {
            return Err(JsonProblem::LoneSurrogate);
        }
        let joined = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
        char::from_u32(joined).ok_or(JsonProblem::LoneSurrogate)
    }

    fn code_unit(&mut self) -> Result<u32, JsonProblem> {
        u32::from_str_radix(self.cut(4)?, 16).map_err(|_| JsonProblem::Malformed)
    }
}
