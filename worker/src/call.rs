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

    /// One parameter.
    pub fn parameter(&self, name: &str) -> Result<Option<String>, Refusal> {
        let found = self
            .parameters()?
            .into_iter()
            .find(|(other, _)| other == name);
        Ok(found.map(|(_, value)| value))
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
        let accept = self.accept.as_deref().unwrap_or("");
        let best = |wanted: &str| {
            let ranges = accept.split(',');
            let qualities = ranges.filter_map(|range| quality(range, wanted));
            qualities.fold(0.0, f64::max)
        };
        best("text/csv") > best("application/json")
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
            let call = Call {
                method: "GET".to_owned(),
                path: "/".to_owned(),
                query: String::new(),
                authorization: None,
                accept: accept.map(str::to_owned),
                if_match: None,
                if_none_match: None,
                surroundings: Surroundings::default(),
                body: Vec::new(),
            };
            assert_eq!(call.prefers_csv(), expected, "{accept:?}");
        }
    }
}
