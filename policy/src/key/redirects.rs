//! Where may a browser be sent on to? To hosts that are listed; a key that lists none sends nowhere.

use crate::limits;
use std::fmt;

/// A host, or all hosts below one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostPattern {
    /// Exactly this.
    Exactly(String),
    /// Whatever ends in `.` and this; written with a leading `*.`.
    Below(String),
}

/// A set of hosts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RedirectScope {
    /// Only these.
    pub hosts: Vec<HostPattern>,
}

/// An address of the web, of which browsers cannot make another host than is read here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectTarget {
    url: String,
    host: String,
}

impl HostPattern {
    /// Reads `example.com` or `*.example.com`.
    pub fn parse(text: &str) -> Option<HostPattern> {
        let Some(below) = text.strip_prefix("*.") else {
            return host(text).map(HostPattern::Exactly);
        };
        // `*.1` would be a set of addresses.
        let is_number = below
            .rsplit('.')
            .next()?
            .bytes()
            .all(|byte| byte.is_ascii_digit());
        let below = host(below).filter(|host| !is_number && !host.starts_with('['));
        below.map(HostPattern::Below)
    }

    fn covers(&self, host: &str) -> bool {
        match self {
            HostPattern::Exactly(exactly) => exactly == host,
            HostPattern::Below(parent) => is_below(host, parent),
        }
    }

    fn is_within(&self, other: &HostPattern) -> bool {
        match (self, other) {
            (HostPattern::Exactly(host), other) => other.covers(host),
            (HostPattern::Below(_), HostPattern::Exactly(_)) => false,
            (HostPattern::Below(narrow), HostPattern::Below(wide)) => {
                narrow == wide || is_below(narrow, wide)
            }
        }
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HostPattern::Exactly(host) => formatter.write_str(host),
            HostPattern::Below(parent) => write!(formatter, "*.{parent}"),
        }
    }
}

impl RedirectScope {
    /// Is the host in the set?
    pub fn covers(&self, host: &str) -> bool {
        self.hosts.iter().any(|pattern| pattern.covers(host))
    }

    /// Is every host of this set in the other?
    pub fn is_within(&self, other: &RedirectScope) -> bool {
        let is_covered =
            |narrow: &HostPattern| other.hosts.iter().any(|wide| narrow.is_within(wide));
        self.hosts.iter().all(is_covered)
    }
}

impl RedirectTarget {
    /// Reads an absolute URL of HTTP or HTTPS without a user, of printable ASCII and without `\`.
    ///
    /// Stricter than browsers are: what they would mend is refused, so that nothing is mended into another host.
    pub fn parse(url: &str) -> Option<RedirectTarget> {
        let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
        if url.len() > limits::REDIRECT_BYTES_MAX || !url.bytes().all(is_plain) {
            return None;
        }
        let (scheme, rest) = url.split_once("://")?;
        if !["http", "https"]
            .iter()
            .any(|known| scheme.eq_ignore_ascii_case(known))
        {
            return None;
        }
        let authority = rest.split(['/', '?', '#']).next()?;
        let end = authority.find(']').map_or(0, |bracket| bracket + 1);
        let (bracketed, after) = authority.split_at_checked(end)?;
        let (name, port) = match after.split_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (after, None),
        };
        let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok() && !port.starts_with('+'));
        let host = host(&format!("{bracketed}{name}")).filter(|_| is_port)?;
        let url = url.to_owned();
        Some(RedirectTarget { url, host })
    }

    /// The address as it was read.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its host, in lower case.
    pub fn host(&self) -> &str {
        &self.host
    }
}

fn is_below(host: &str, parent: &str) -> bool {
    let before = host.strip_suffix(parent);
    before.is_some_and(|before| before.len() > 1 && before.ends_with('.'))
}

/// A host in lower case: names of letters, digits, `-` and `_`, or an address of IPv6 in brackets.
fn host(text: &str) -> Option<String> {
    let inside = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    if let Some(inside) = inside {
        let address: std::net::Ipv6Addr = inside.parse().ok()?;
        return Some(format!("[{address}]"));
    }
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    let is_label = |label: &str| !label.is_empty() && label.chars().all(is_letter);
    let is_host = text.len() <= 253 && text.split('.').all(is_label);
    is_host.then(|| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_browsers_would_mend_is_no_address_to_be_sent_on_to() {
        for refused in [
            "",
            "/",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "evil.example",
            "javascript:alert(1)",
            "JaVaScRiPt://example.com/%0aalert(1)",
            "data:text/html,x",
            "ftp://example.com/",
            "http:example.com",
            "http:/example.com",
            "http:///example.com",
            "https:\\\\example.com",
            "https://\\example.com",
            "https://example.com\\@evil.example",
            "https://user@example.com",
            "https://user:pass@example.com/",
            "https://example.com@evil.example",
            "https://example.com:443@evil.example",
            "https://",
            "https://?a",
            "https://:80/",
            "https://example.com:x/",
            "https://example.com:99999/",
            "https://example.com:+80/",
            " https://example.com",
            "https://example.com/a b",
            "https://example.com/\r\nset-cookie:a",
            "https://example.com/\0",
            "https://exa\tmple.com",
            "https://example.com/ż",
            "https://ex%61mple.com",
            "https://example..com",
            "https://.example.com",
            "https://example.com.",
            "https://[::1",
            "https://[::1]x",
            "https://[x]/",
            "view-source:https://example.com",
            "https://example.com\u{3002}evil.example",
        ] {
            assert_eq!(RedirectTarget::parse(refused), None, "{refused}");
        }
        for (url, host) in [
            ("https://example.com", "example.com"),
            (
                "HTTP://EXAMPLE.com:8080/a?b=https://evil.example#c@d",
                "example.com",
            ),
            ("https://example.com?@evil.example", "example.com"),
            ("https://example.com#@evil.example", "example.com"),
            ("https://a_b-c.example.com/", "a_b-c.example.com"),
            ("http://[0:0::1]:80/", "[::1]"),
            ("http://127.0.0.1/", "127.0.0.1"),
        ] {
            let target = RedirectTarget::parse(url).unwrap();
            assert_eq!((target.url(), target.host()), (url, host));
        }
    }

    fn scope(hosts: &[&str]) -> RedirectScope {
        let hosts = hosts.iter().map(|host| HostPattern::parse(host).unwrap());
        RedirectScope {
            hosts: hosts.collect(),
        }
    }

    #[test]
    fn a_host_is_covered_by_itself_and_by_what_it_is_below() {
        let some = scope(&["Example.com", "*.shop.example"]);
        for (host, covered) in [
            ("example.com", true),
            ("www.example.com", false),
            ("example.com.evil.example", false),
            ("notexample.com", false),
            ("shop.example", false),
            ("a.shop.example", true),
            ("a.b.shop.example", true),
            ("evilshop.example", false),
        ] {
            assert_eq!(some.covers(host), covered, "{host}");
        }
        assert!(!RedirectScope::default().covers("example.com"));
    }

    #[test]
    fn a_set_is_within_another_if_each_of_its_hosts_is() {
        for (narrow, wide, expected) in [
            (&[][..], &[][..], true),
            (&["a.example"], &[], false),
            (&["a.b.example"], &["*.b.example"], true),
            (&["*.a.b.example"], &["*.b.example"], true),
            (&["*.b.example"], &["*.b.example"], true),
            (&["b.example"], &["*.b.example"], false),
            (&["*.b.example"], &["b.example", "a.b.example"], false),
            (&["*.example"], &["*.b.example"], false),
        ] {
            assert_eq!(
                scope(narrow).is_within(&scope(wide)),
                expected,
                "{narrow:?} {wide:?}"
            );
        }
    }

    #[test]
    fn what_is_no_host_is_no_pattern() {
        for refused in [
            "",
            "*",
            "*.",
            "*.*",
            "a.*",
            "https://a.example",
            "a.example/",
            "a.example:80",
            "*.1",
            "*.[::1]",
            "ż.example",
        ] {
            assert_eq!(HostPattern::parse(refused), None, "{refused}");
        }
    }
}
