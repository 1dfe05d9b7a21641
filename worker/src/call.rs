//! What did the caller send? A request as plain values: its size is cut at the door.

use crate::refusal::Refusal;
use keyhole_policy::enrich::Surroundings;
use keyhole_policy::value::{Value, parse};
use keyhole_policy::wire::{Area, Invalid, Problem, pairs};

/// A request.
#[derive(Clone, Debug)]
pub struct Call {
    /// The method, in capitals.
    pub method: String,
    /// Where the API is, as the caller has it: scheme and host.
    pub origin: String,
    /// The path, as sent.
    pub path: String,
    /// The query string without `?`, as sent.
    pub query: String,
    /// The header `Authorization`.
    pub authorization: Option<String>,
    /// The header `Accept`.
    pub accept: Option<String>,
    /// The header `If-Match`.
    pub if_match: Option<String>,
    /// The header `If-None-Match`.
    pub if_none_match: Option<String>,
    /// What is known of who calls.
    pub surroundings: Surroundings,
    /// The body; empty where there is none.
    pub body: Vec<u8>,
}

impl Call {
    /// The parameters of the query string, decoded.
    pub fn parameters(&self) -> Result<Vec<(String, String)>, Refusal> {
        Ok(pairs(&self.query)?)
    }

    /// One parameter; standing twice it is refused, as in a question: which of the two was meant?
    pub fn parameter(&self, name: &str) -> Result<Option<String>, Refusal> {
        let pairs = self.parameters()?.into_iter();
        let mut found = pairs.filter(|(other, _)| other == name);
        let first = found.next().map(|(_, value)| value);
        match found.next() {
            None => Ok(first),
            Some(_) => Err(Refusal::Invalid(Invalid {
                area: Area::Request,
                pointer: format!("/{name}"),
                problem: Problem::Twice(name.to_owned()),
            })),
        }
    }

    /// The body as JSON, whatever `Content-Type` says: browsers' beacons send it as plain text.
    pub fn json(&self) -> Result<Value, Refusal> {
        parse(&self.body).map_err(|problem| {
            let problem = Problem::Json(problem);
            Refusal::Invalid(Invalid {
                area: Area::Json,
                pointer: String::new(),
                problem,
            })
        })
    }

    /// Has the caller this version of what is answered already?
    pub fn has_version(&self, etag: &str) -> bool {
        is_among(self.if_none_match.as_deref().unwrap_or(""), etag)
    }

    /// Is CSV wanted? Whoever takes JSON as gladly, or anything, gets JSON.
    pub fn prefers_csv(&self) -> bool {
        prefers(self.accept.as_deref().unwrap_or(""), "text/csv")
    }

    /// The key that was sent: the header wins over the parameter; `Bearer` may stand before it.
    pub fn key(&self) -> Result<Option<String>, Refusal> {
        if let Some(header) = self
            .authorization
            .as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty())
        {
            let bearer = header
                .split_once(' ')
                .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
            return Ok(Some(
                bearer.map_or(header, |(_, key)| key.trim()).to_owned(),
            ));
        }
        Ok(self.parameter("api_key")?.filter(|key| !key.is_empty()))
    }
}

/// Is an entity tag in a list of them, or the list `*`? Weakness does not count (RFC 9110, 13.1.2).
pub fn is_among(list: &str, etag: &str) -> bool {
    let strong = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    list.split(',')
        .any(|tag| tag.trim() == "*" || strong(tag) == etag)
}

/// Does a header `Accept` want a media type more than JSON?
pub fn prefers(accept: &str, wanted: &str) -> bool {
    let best = |wanted: &str| {
        let ranges = accept.split(',');
        let qualities = ranges.filter_map(|range| quality(range, wanted));
        qualities.fold(0.0, f64::max)
    };
    best(wanted) > best("application/json")
}

/// How much one range of `Accept` is wanted, from 0 to 1, if it is of that media type.
fn quality(range: &str, wanted: &str) -> Option<f64> {
    let mut parts = range.split(';').map(str::trim);
    let is_wanted = parts.next()?.eq_ignore_ascii_case(wanted);
    let quality = parts.find_map(|part| part.strip_prefix("q=")?.parse().ok());
    is_wanted.then(|| quality.unwrap_or(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn called(query: &str, accept: Option<&str>) -> Call {
        Call {
            method: "GET".to_owned(),
            origin: String::new(),
            path: "/".to_owned(),
            query: query.to_owned(),
            authorization: None,
            accept: accept.map(str::to_owned),
            if_match: None,
            if_none_match: None,
            surroundings: Surroundings::default(),
            body: Vec::new(),
        }
    }

    #[test]
    fn a_key_that_stands_twice_is_refused() {
        assert_eq!(called("api_key=a", None).key().unwrap().unwrap(), "a");
        for query in ["api_key=a&api_key=b", "api_key=a&x=1&api%5Fkey=a"] {
            assert!(called(query, None).key().is_err(), "{query}");
        }
    }

    #[test]
    fn csv_is_answered_only_to_who_prefers_it() {
        for (accept, expected) in [
            (None, false),
            (Some("*/*"), false),
            (Some("text/html,application/xhtml+xml,*/*;q=0.8"), false),
            (Some("text/csv"), true),
            (Some("Text/CSV; charset=utf-8, */*;q=0.1"), true),
            (Some("text/csv;q=0.9, application/json"), false),
            (Some("application/json;q=0.5, text/csv"), true),
            (Some("text/csv;q=0"), false),
            (Some("text/csv, application/json"), false),
        ] {
            let call = called("", accept);
            assert_eq!(call.prefers_csv(), expected, "{accept:?}");
        }
    }
}
