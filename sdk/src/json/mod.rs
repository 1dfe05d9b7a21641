//! Which members has a JSON object? A reader that walks the text once and builds nothing.
//!
//! Values stay the text they are: a number is sent exactly as JavaScript printed it, and no parser
//! or printer of numbers is paid for. The texts come from `JSON.stringify`, so what it never writes
//! (a misspelt `true`) is left for the server to refuse.

mod string;
#[cfg(test)]
mod tests;

use keyhole_policy::limits::EVENT_DEPTH_MAX;
use keyhole_policy::name::NameProblem;
use std::borrow::Cow;

/// One member of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member<'text> {
    /// Its name.
    pub name: Cow<'text, str>,
    /// Its name as it stands between the quotes, escapes and all.
    pub raw_name: &'text str,
    /// The JSON of its value.
    pub value: &'text str,
}

/// Why a text is not an object that we take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JsonProblem {
    /// It is some other value.
    NotAnObject,
    /// It ends too early, or something stands where it cannot.
    Malformed,
    /// Too many lists and objects inside one another.
    TooDeep,
    /// A string that is not Unicode.
    LoneSurrogate,
    /// A name that the check did not let pass.
    Name {
        /// The name.
        name: String,
        /// What is wrong with it.
        problem: NameProblem,
    },
}

/// Is this a name that a member may have, at any depth?
pub type NameCheck = fn(&str) -> Result<(), NameProblem>;

/// The members of the object that `text` holds, in order.
pub fn members(text: &str, check_name: NameCheck) -> Result<Vec<Member<'_>>, JsonProblem> {
    let mut members = Vec::new();
    each_member(text, check_name, &mut |member| members.push(member))?;
    Ok(members)
}

/// Hands over the members of the object that `text` holds, one by one.
pub fn each_member<'text>(
    text: &'text str,
    check_name: NameCheck,
    each: &mut dyn FnMut(Member<'text>),
) -> Result<(), JsonProblem> {
    let mut reader = Reader {
        text,
        at: 0,
        check_name,
    };
    if !reader.takes(b'{') {
        return Err(JsonProblem::NotAnObject);
    }
    reader.object(1, each)?;
    reader.skip_blanks();
    match reader.peek() {
        None => Ok(()),
        Some(_) => Err(JsonProblem::Malformed),
    }
}

/// The string that `value` is, if it is one.
pub fn text_of(value: &str) -> Option<String> {
    let mut reader = Reader {
        text: value,
        at: 0,
        check_name: |_| Ok(()),
    };
    if !reader.takes(b'"') {
        return None;
    }
    let (_, text) = reader.string().ok()?;
    reader.peek().is_none().then(|| text.into_owned())
}

struct Reader<'text> {
    text: &'text str,
    /// Bytes behind us.
    at: usize,
    check_name: NameCheck,
}

impl<'text> Reader<'text> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn takes(&mut self, byte: u8) -> bool {
        self.skip_blanks();
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// What stands from here to where we are now.
    fn since(&self, start: usize) -> Result<&'text str, JsonProblem> {
        self.text.get(start..self.at).ok_or(JsonProblem::Malformed)
    }

    fn value(&mut self, depth: usize) -> Result<&'text str, JsonProblem> {
        self.skip_blanks();
        let start = self.at;
        match self.peek() {
            Some(b'{') => {
                self.at += 1;
                self.object(depth + 1, &mut |_| ())?;
            }
            Some(b'[') => {
                self.at += 1;
                self.list(depth + 1)?;
            }
            Some(b'"') => {
                self.at += 1;
                self.string()?;
            }
            _ => self.scalar()?,
        }
        self.since(start)
    }

    fn object(
        &mut self,
        depth: usize,
        each: &mut dyn FnMut(Member<'text>),
    ) -> Result<(), JsonProblem> {
        not_too_deep(depth)?;
        if self.takes(b'}') {
            return Ok(());
        }
        loop {
            self.expect(b'"')?;
            let (raw_name, name) = self.string()?;
            if let Err(problem) = (self.check_name)(&name) {
                let name = name.into_owned();
                return Err(JsonProblem::Name { name, problem });
            }
            self.expect(b':')?;
            let value = self.value(depth)?;
            each(Member {
                name,
                raw_name,
                value,
            });
            if self.takes(b'}') {
                return Ok(());
            }
            self.expect(b',')?;
        }
    }

    fn list(&mut self, depth: usize) -> Result<(), JsonProblem> {
        not_too_deep(depth)?;
        if self.takes(b']') {
            return Ok(());
        }
        loop {
            self.value(depth)?;
            if self.takes(b']') {
                return Ok(());
            }
            self.expect(b',')?;
        }
    }

    fn scalar(&mut self) -> Result<(), JsonProblem> {
        let start = self.at;
        while !matches!(
            self.peek(),
            None | Some(b',' | b']' | b'}' | b' ' | b'\t' | b'\n' | b'\r')
        ) {
            self.at += 1;
        }
        match self.at == start {
            true => Err(JsonProblem::Malformed),
            false => Ok(()),
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), JsonProblem> {
        match self.takes(byte) {
            true => Ok(()),
            false => Err(JsonProblem::Malformed),
        }
    }
}

fn not_too_deep(depth: usize) -> Result<(), JsonProblem> {
    match depth > EVENT_DEPTH_MAX {
        true => Err(JsonProblem::TooDeep),
        false => Ok(()),
    }
}
