//! What does a JSON string mean? Its characters, its escapes read.

use super::{JsonProblem, Reader};
use std::borrow::Cow;

impl<'text> Reader<'text> {
    /// Reads a string whose opening quote is behind us: as it stands, and what it means.
    pub(super) fn string(&mut self) -> Result<(&'text str, Cow<'text, str>), JsonProblem> {
        let start = self.at;
        let mut plain = start;
        let mut decoded = String::new();
        loop {
            match self.peek().ok_or(JsonProblem::Malformed)? {
                b'"' => break,
                b'\\' => {
                    decoded.push_str(self.since(plain)?);
                    self.at += 1;
                    decoded.push(self.escape()?);
                    plain = self.at;
                }
                _ => self.at += 1,
            }
        }
        let raw = self.since(start)?;
        let rest = self.since(plain)?;
        self.at += 1;
        if plain == start {
            return Ok((raw, Cow::Borrowed(raw)));
        }
        decoded.push_str(rest);
        Ok((raw, Cow::Owned(decoded)))
    }

    /// The character that an escape stands for, its backslash behind us.
    fn escape(&mut self) -> Result<char, JsonProblem> {
        let byte = self.peek().ok_or(JsonProblem::Malformed)?;
        self.at += 1;
        match byte {
            b'n' => Ok('\n'),
            b'r' => Ok('\r'),
            b't' => Ok('\t'),
            b'b' => Ok('\u{8}'),
            b'f' => Ok('\u{c}'),
            b'u' => self.code_point(),
            b'"' | b'\\' | b'/' => Ok(char::from(byte)),
            _ => Err(JsonProblem::Malformed),
        }
    }

    fn code_point(&mut self) -> Result<char, JsonProblem> {
        let first = self.code_unit()?;
        if let Some(character) = char::from_u32(first) {
            return Ok(character);
        }
        if first >= 0xDC00 || self.text.as_bytes().get(self.at..self.at + 2) != Some(b"\\u") {
            return Err(JsonProblem::LoneSurrogate);
        }
        self.at += 2;
        let second = self.code_unit()?;
        if !(0xDC00..0xE000).contains(&second) {
            return Err(JsonProblem::LoneSurrogate);
        }
        let joined = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
        char::from_u32(joined).ok_or(JsonProblem::LoneSurrogate)
    }

    fn code_unit(&mut self) -> Result<u32, JsonProblem> {
        let mut unit = 0;
        for _ in 0..4 {
            let byte = self.peek().ok_or(JsonProblem::Malformed)?;
            let digit = char::from(byte)
                .to_digit(16)
                .ok_or(JsonProblem::Malformed)?;
            unit = unit * 16 + digit;
            self.at += 1;
        }
        Ok(unit)
    }
}
