//! Which web pages may read an answer? A project's origins, as browsers send them.

use std::fmt;

/// An origin as a browser sends it: `https://app.example.com`, `http://localhost:3000`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

/// Whose pages may read an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origins {
    /// Anybody's.
    #[default]
    Any,
    /// Those of these origins; of an empty list nobody's.
    Only(Vec<Origin>),
}

impl Origin {
    /// The longest, in bytes.
    pub const BYTES_MAX: usize = 300;

    /// Reads one. Only the form that browsers send is taken, since nothing else would ever be equal to it: a
    /// scheme and a host in small letters, a port unless it is the scheme's own, nothing after it.
    pub fn parse(text: &str) -> Result<Origin, OriginProblem> {
        let is_whole = || {
            let (scheme, authority) = text.split_once("://")?;
            let (host, port) = split_port(authority)?;
            let is_own_port = matches!(
                (scheme, port),
                ("https", Some("443")) | ("http", Some("80"))
            );
            (is_scheme(scheme) && is_host(host) && port.is_none_or(is_port) && !is_own_port)
                .then_some(())
        };
        if text.len() > Origin::BYTES_MAX || is_whole().is_none() {
            return Err(OriginProblem);
        }
        Ok(Origin(text.to_owned()))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that no browser sends as an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OriginProblem;

impl Origins {
    /// May pages of this origin read an answer?
    pub fn allow(&self, origin: &str) -> bool {
        match self {
            Origins::Any => true,
            Origins::Only(origins) => origins.iter().any(|known| known.as_str() == origin),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The host and, where there is one, the port. An address of IPv6 has colons of its own, inside brackets.
fn split_port(authority: &str) -> Option<(&str, Option<&str>)> {
    let after_brackets = authority.rfind(']').map_or(0, |at| at + 1);
    let (brackets, rest) = authority.split_at_checked(after_brackets)?;
    match rest.split_once(':') {
        None => Some((authority, None)),
        Some((host, port)) => {
            let host = authority.get(..brackets.len() + host.len())?;
            Some((host, Some(port)))
        }
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+-.".contains(&byte)
        })
}

fn is_host(text: &str) -> bool {
    if let Some(inside) = text.strip_prefix('[') {
        let address = inside.strip_suffix(']');
        let is_small = !text.contains(|letter: char| letter.is_ascii_uppercase());
        return is_small
            && address.is_some_and(|address| address.parse::<std::net::Ipv6Addr>().is_ok());
    }
    let is_letter =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-._".contains(&byte);
    !text.is_empty() && text.bytes().all(is_letter)
}

fn is_port(text: &str) -> bool {
    !text.starts_with('0')
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && text.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_browser_sends_is_an_origin() {
        for (text, is_origin) in [
            ("https://app.example.com", true),
            ("http://localhost:3000", true),
            ("http://127.0.0.1:8787", true),
            ("http://[::1]:8787", true),
            ("https://[::1]", true),
            ("capacitor://localhost", true),
            ("chrome-extension://abcdefgh", true),
            ("https://xn--bcher-kva.example", true),
            ("", false),
            ("*", false),
            ("null", false),
            ("app.example.com", false),
            ("https://", false),
            ("https://app.example.com/", false),
            ("https://app.example.com/page", false),
            ("https://app.example.com?x", false),
            ("https://me@app.example.com", false),
            ("https://App.example.com", false),
            ("HTTPS://app.example.com", false),
            ("https://*.example.com", false),
            ("https://app.example.com:443", false),
            ("http://app.example.com:80", false),
            ("http://app.example.com:443", true),
            ("https://app.example.com:", false),
            ("https://app.example.com:0", false),
            ("https://app.example.com:65536", false),
            ("https://app.example.com:1:2", false),
            ("https://[::1", false),
            ("https://[nothing]", false),
            ("https://bücher.example", false),
            ("https://a b", false),
            ("1://a", false),
        ] {
            assert_eq!(Origin::parse(text).is_ok(), is_origin, "{text}");
        }
        let long = format!("https://{}", "a".repeat(Origin::BYTES_MAX));
        assert!(Origin::parse(&long).is_err());
    }

    #[test]
    fn an_origin_is_allowed_by_its_whole_text() {
        let only = Origins::Only(vec![Origin::parse("https://a.example").unwrap()]);
        for (origin, expected) in [
            ("https://a.example", true),
            ("http://a.example", false),
            ("https://a.example:8443", false),
            ("https://b.a.example", false),
            ("https://a.example.evil", false),
            ("null", false),
            ("", false),
        ] {
            assert_eq!(only.allow(origin), expected, "{origin}");
            assert!(Origins::Any.allow(origin));
            assert!(!Origins::Only(Vec::new()).allow(origin));
        }
    }
}
