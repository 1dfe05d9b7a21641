//! Which event does a GET record, and what is it answered with? One in `data`, as an image's address has it.

use super::problem::{Area, Invalid, Problem};
use crate::event::{NewEvent, escape};
use crate::key::RedirectTarget;
use crate::value::parse;
use crate::wire::batch;

/// A GET that records.
#[derive(Clone, Debug, PartialEq)]
pub struct Beacon {
    /// The event.
    pub event: NewEvent,
    /// Where the browser is to go next; nowhere where `None`.
    pub redirect: Option<RedirectTarget>,
}

/// Reads the parameters of a GET; `None` where they hold no `data`. Parameters that are not known are ignored:
/// Keen's client sends some that keep caches away.
pub fn beacon(pairs: &[(String, String)]) -> Result<Option<Beacon>, Invalid> {
    let Some(data) = once(pairs, "data")? else {
        return Ok(None);
    };
    if once(pairs, "jsonp")?.is_some() {
        let reason = "JSONP is not answered: whoever answers it may run anything in the page that asks. Browsers send \
                      events from any site with POST, and need no answer to an image.";
        return Err(refused("jsonp", Problem::Conflict(reason)));
    }
    let redirect = once(pairs, "redirect")?.map(|url| {
        let problem = Problem::OutOfRange {
            found: url.to_owned(),
            expected: "an absolute URL of http or https, without a user, percent-encoded where it is not ASCII",
        };
        RedirectTarget::parse(url).ok_or_else(|| refused("redirect", problem))
    });
    let redirect = redirect.transpose()?;
    let expected = "the event's JSON in base64";
    let json = decode_base64(data).ok_or_else(|| {
        let found = data.to_owned();
        refused("data", Problem::OutOfRange { found, expected })
    })?;
    let event = parse(&json).map_err(|problem| Invalid {
        area: Area::Json,
        pointer: "/data".to_owned(),
        problem: Problem::Json(problem),
    })?;
    let event = batch::one(event)?;
    Ok(Some(Beacon { event, redirect }))
}

/// The parameter, which of two that stand there nobody could tell.
fn once<'a>(pairs: &'a [(String, String)], name: &str) -> Result<Option<&'a str>, Invalid> {
    let mut found = pairs.iter().filter(|(other, _)| other == name);
    let first = found.next().map(|(_, value)| value.as_str());
    match found.next() {
        Some(_) => Err(refused(name, Problem::Twice(name.to_owned()))),
        None => Ok(first),
    }
}

fn refused(name: &str, problem: Problem) -> Invalid {
    Invalid {
        area: Area::Request,
        pointer: format!("/{}", escape(name)),
        problem,
    }
}

/// Both alphabets of RFC 4648, with or without padding; a blank is a `+` that nobody percent-encoded.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=');
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 2);
    for four in text.as_bytes().chunks(4) {
        let mut bits = 0_u32;
        for letter in four {
            bits = bits << 6 | sextet(*letter)?;
        }
        let [_, first, second, third] = (bits << (6 * (4 - four.len()))).to_be_bytes();
        match four.len() {
            4 => bytes.extend([first, second, third]),
            3 => bytes.extend([first, second]),
            2 => bytes.push(first),
            _ => return None,
        }
    }
    Some(bytes)
}

fn sextet(letter: u8) -> Option<u32> {
    let within = |from: u8, offset: u32| u32::from(letter - from) + offset;
    match letter {
        b'A'..=b'Z' => Some(within(b'A', 0)),
        b'a'..=b'z' => Some(within(b'a', 26)),
        b'0'..=b'9' => Some(within(b'0', 52)),
        b'+' | b'-' | b' ' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_in_both_alphabets_and_without_its_padding() {
        for (text, bytes) in [
            ("", &b""[..]),
            ("Zg==", b"f"),
            ("Zg", b"f"),
            ("Zg=", b"f"),
            ("Zm8=", b"fo"),
            ("Zm8", b"fo"),
            ("Zm9v", b"foo"),
            ("Zm9vYmFy", b"foobar"),
            ("++//", &[0xfb, 0xef, 0xff]),
            ("--__", &[0xfb, 0xef, 0xff]),
            ("  //", &[0xfb, 0xef, 0xff]),
        ] {
            assert_eq!(decode_base64(text).as_deref(), Some(bytes), "{text}");
        }
        for text in ["Z", "Zm9vY", "{\"a\":1}", "Zg==Zg==", "Zm9v\n", "Zm9ż"] {
            assert_eq!(decode_base64(text), None, "{text}");
        }
    }

    fn read(query: &str) -> Result<Option<Beacon>, Invalid> {
        beacon(&crate::wire::pairs(query).unwrap())
    }

    #[test]
    fn a_get_without_data_records_nothing_and_one_with_it_may_redirect() {
        assert_eq!(read("api_key=k&redirect=x").unwrap(), None);
        let beacon = read("data=e30&modified=1&c=clv1&redirect=https%3A%2F%2Fa.example%2F")
            .unwrap()
            .unwrap();
        assert_eq!(beacon.redirect.unwrap().url(), "https://a.example/");
    }

    #[test]
    fn a_refused_get_says_which_parameter() {
        for (query, code, pointer) in [
            ("data=%7B%22a%22%3A1%7D", "InvalidRequestError", "/data"),
            ("data=e30&data=e30", "InvalidRequestError", "/data"),
            ("data=", "InvalidJSONError", "/data"),
            ("data=W10", "InvalidEventError", ""),
            ("data=e30&jsonp=f", "InvalidRequestError", "/jsonp"),
            ("data=e30&redirect=", "InvalidRequestError", "/redirect"),
            (
                "data=e30&redirect=%2F%2Fa.example",
                "InvalidRequestError",
                "/redirect",
            ),
        ] {
            let invalid = read(query).unwrap_err();
            assert_eq!(
                (invalid.error_code(), invalid.pointer.as_str()),
                (code, pointer),
                "{query}"
            );
        }
    }
}
