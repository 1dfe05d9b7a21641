//! Where did the page before end? A place among events, sealed to the key that asked.
//!
//! The cursor needs no secret of ours and nothing stored: what seals it is made of the caller's own key, so
//! that another key's cursor, and one that was changed, opens nothing. It holds no more than a reader of the
//! page before knows already.

use crate::refusal::Refusal;
use crate::seal::Seal;
use crate::sql::hexadecimal;
use keyhole_policy::event::EventPlace;
use keyhole_policy::time::{Instant, Span};
use keyhole_policy::value::Value;
use keyhole_policy::wire::{Area, Invalid, Problem};
use sha2::{Digest, Sha256};

/// What the seal of a cursor is for.
pub const PURPOSE: &str = "keyhole cursor of an extraction";

/// How one question goes on after a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Cursor {
    /// The span of the first page: a relative timeframe does not move from page to page.
    pub span: Span,
    /// The last event of the page before.
    pub place: EventPlace,
}

impl Cursor {
    /// The cursor as it is answered, for one question only.
    pub fn seal(&self, seal: &Seal, question: &Value) -> Result<String, Refusal> {
        let milliseconds = [self.span.start(), self.span.end(), self.place.timestamp];
        let [start, end, at] = milliseconds.map(Instant::milliseconds);
        let (id, digest) = (&self.place.id, digest(question));
        // Alike, so that the same page has the same bytes whoever else recorded what meanwhile.
        seal.seal_alike(&format!("{start} {end} {at} {id} {digest}"))
    }

    /// The cursor as it was sealed.
    pub fn open(sealed: &str, seal: &Seal, question: &Value) -> Result<Cursor, Refusal> {
        let refused = |reason| {
            Refusal::Invalid(Invalid {
                area: Area::Extraction,
                pointer: "/cursor".to_owned(),
                problem: Problem::Conflict(reason),
            })
        };
        let unknown = "The cursor is none that was answered to this key.";
        let text = seal.open(sealed).ok_or_else(|| refused(unknown))?;
        let (cursor, sealed_digest) = read(&text).ok_or_else(|| refused(unknown))?;
        if sealed_digest != digest(question) {
            let changed = "The cursor is of another question: each page is asked for with the same parameters as the first.";
            return Err(refused(changed));
        }
        Ok(cursor)
    }
}

fn read(text: &str) -> Option<(Cursor, &str)> {
    let mut words = text.split(' ');
    let mut instant = || Instant::from_milliseconds(words.next()?.parse().ok()?);
    let (start, end, timestamp) = (instant()?, instant()?, instant()?);
    let id = words.next()?.to_owned();
    let cursor = Cursor {
        span: Span::new(start, end)?,
        place: EventPlace { timestamp, id },
    };
    Some((cursor, words.next()?))
}

/// What tells a question from another: all of its parameters but the cursor, in any order.
fn digest(question: &Value) -> String {
    let mut texts: Vec<String> = match question {
        Value::Object(properties) => properties
            .iter()
            .filter(|(name, _)| name != "cursor")
            .map(|(name, value)| format!("{}:{value}", Value::text(name.as_str())))
            .collect(),
        _ => Vec::new(),
    };
    texts.sort();
    hexadecimal(&Sha256::digest(texts.join(",")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyhole_policy::secret::{Secret, SecretKind};
    use keyhole_policy::value::parse;

    fn seal(byte: u8) -> Seal {
        let secret = Secret::from_random(SecretKind::Read, [byte; 32]);
        Seal::of_caller(&secret, PURPOSE).unwrap()
    }

    fn question(text: &str) -> Value {
        parse(text.as_bytes()).unwrap()
    }

    fn cursor() -> Cursor {
        let at = |text| Instant::parse(text).unwrap();
        Cursor {
            span: Span::new(at("0001-01-01"), at("2026-01-01")).unwrap(),
            place: EventPlace {
                timestamp: at("1969-12-31T23:59:59.999Z"),
                id: "0123456789abcdef01234567".to_owned(),
            },
        }
    }

    #[test]
    fn a_cursor_is_opened_by_the_same_key_for_the_same_question() {
        let sealed = cursor()
            .seal(&seal(1), &question(r#"{"a":1,"b":"x"}"#))
            .unwrap();
        let same = question(&format!(r#"{{"b":"x","cursor":"{sealed}","a":1.0}}"#));
        assert_eq!(Cursor::open(&sealed, &seal(1), &same).unwrap(), cursor());
        assert!(Cursor::open(&sealed, &seal(2), &same).is_err());
        for other in [
            r#"{"a":1}"#,
            r#"{"a":1,"b":"y"}"#,
            r#"{"a":1,"b":"x","c":null}"#,
        ] {
            assert!(Cursor::open(&sealed, &seal(1), &question(other)).is_err());
        }
    }

    #[test]
    fn a_changed_cursor_opens_nothing() {
        let asked = question("{}");
        let sealed = cursor().seal(&seal(1), &asked).unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            let digit = if sealed.as_bytes()[at] == b'0' {
                "1"
            } else {
                "0"
            };
            changed.replace_range(at..=at, digit);
            assert!(Cursor::open(&changed, &seal(1), &asked).is_err(), "{at}");
        }
        for bad in ["", "00", "ż", sealed.split_at(2).1] {
            assert!(Cursor::open(bad, &seal(1), &asked).is_err(), "{bad}");
        }
    }
}
