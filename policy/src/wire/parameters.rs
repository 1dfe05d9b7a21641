//! Which body do a URL's parameters stand for?

use super::problem::{Area, Invalid, Problem};
use crate::event::escape;
use crate::value::{Value, parse};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What stands in a path as it is (RFC 3986, unreserved).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Decodes one component of a URL's path; `None` when it is not UTF-8.
pub fn decode_component(text: &str) -> Option<String> {
    percent_decode_str(text)
        .decode_utf8()
        .ok()
        .map(|text| text.into_owned())
}

/// Encodes one component of a URL's path.
pub fn encode_component(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

/// The names and values of a query string, decoded; empty pairs are skipped, as Keen's own client sends them.
pub fn pairs(query: &str) -> Result<Vec<(String, String)>, Invalid> {
    let decode = |text: &str| {
        let decoded = decode_component(&text.replace('+', " "));
        let problem = || Problem::Conflict("A parameter is not UTF-8 once percent-decoded.");
        decoded.ok_or_else(|| Invalid {
            area: Area::Request,
            pointer: String::new(),
            problem: problem(),
        })
    };
    let mut pairs = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        pairs.push((decode(name)?, decode(value)?));
    }
    Ok(pairs)
}

/// The body that the parameters of a GET query stand for.
///
/// Whatever is no string is JSON (`filters`, `steps`, `limit`, …); `timeframe`, `group_by`, `order_by` and
/// `property_names` may be either. `timeframe[start]` and `timeframe[end]` are a third form of the first.
/// A parameter that stands twice is refused: which of the two was meant?
pub fn query_object(pairs: &[(String, String)]) -> Result<Value, Invalid> {
    let mut properties: Vec<(String, Value)> = Vec::new();
    let mut bracketed: Vec<(String, Value)> = Vec::new();
    for (name, text) in pairs {
        let end = name
            .strip_prefix("timeframe[")
            .and_then(|rest| rest.strip_suffix(']'));
        if let Some(end) = end {
            add(&mut bracketed, end, Value::text(text.as_str()))?;
            continue;
        }
        let value = match kind_of(name) {
            Kind::Ignored => continue,
            Kind::Text => Value::text(text.as_str()),
            Kind::Json => json(name, text)?,
            Kind::TextOrJson if text.starts_with(['[', '{', '"']) => json(name, text)?,
            Kind::TextOrJson => Value::text(text.as_str()),
        };
        add(&mut properties, name, value)?;
    }
    if !bracketed.is_empty() {
        add(&mut properties, "timeframe", Value::Object(bracketed))?;
    }
    Ok(Value::Object(properties))
}

enum Kind {
    Text,
    Json,
    TextOrJson,
    Ignored,
}

fn kind_of(name: &str) -> Kind {
    match name {
        "event_collection" | "target_property" | "interval" | "within" | "cursor"
        | "content_type" | "email" | "email_address" => Kind::Text,
        "filters" | "steps" | "analyses" | "percentile" | "limit" | "latest" | "page_size"
        | "ordered" | "zero_fill" | "include_metadata" => Kind::Json,
        "timeframe" | "timezone" | "group_by" | "order_by" | "property_names" => Kind::TextOrJson,
        _ => Kind::Ignored,
    }
}

fn json(name: &str, text: &str) -> Result<Value, Invalid> {
    parse(text.as_bytes()).map_err(|problem| Invalid {
        area: Area::Json,
        pointer: format!("/{}", escape(name)),
        problem: Problem::Json(problem),
    })
}

fn add(properties: &mut Vec<(String, Value)>, name: &str, value: Value) -> Result<(), Invalid> {
    if properties.iter().any(|(other, _)| other == name) {
        let area = if matches!(name, "timeframe" | "start" | "end") {
            Area::Timeframe
        } else {
            Area::Request
        };
        let problem = Problem::Twice(name.to_owned());
        return Err(Invalid {
            area,
            pointer: format!("/{}", escape(name)),
            problem,
        });
    }
    properties.push((name.to_owned(), value));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(query: &str) -> Result<String, Invalid> {
        pairs(query)
            .and_then(|pairs| query_object(&pairs))
            .map(|value| value.to_string())
    }

    #[test]
    fn parameters_become_the_body_they_stand_for() {
        for (query, body) in [
            (
                "event_collection=foo%20bar&timeframe=this_7_days",
                r#"{"event_collection":"foo bar","timeframe":"this_7_days"}"#,
            ),
            (
                "timeframe=%22this_7_days%22&&api_key=K&",
                r#"{"timeframe":"this_7_days"}"#,
            ),
            (
                "timeframe[start]=2020-01-01&timeframe%5Bend%5D=2021-01-01",
                r#"{"timeframe":{"start":"2020-01-01","end":"2021-01-01"}}"#,
            ),
            (
                "group_by=a&limit=2&zero_fill=false",
                r#"{"group_by":"a","limit":2,"zero_fill":false}"#,
            ),
            (
                "group_by=%5B%22a%22,+%22b%22%5D&timezone=3600",
                r#"{"group_by":["a","b"],"timezone":"3600"}"#,
            ),
            (
                "order_by={%22property_name%22:%22result%22}",
                r#"{"order_by":{"property_name":"result"}}"#,
            ),
            (
                "event_collection=[1]&max_age=60&analysis_type=count",
                r#"{"event_collection":"[1]"}"#,
            ),
        ] {
            assert_eq!(object(query).unwrap(), body, "{query}");
        }
    }

    #[test]
    fn a_parameter_standing_twice_or_malformed_is_refused() {
        for (query, code) in [
            ("timeframe=a&timeframe=b", "TimeframeDefinitionError"),
            ("timeframe=a&timeframe[start]=b", "TimeframeDefinitionError"),
            ("filters=[]&filters=[]", "InvalidRequestError"),
            ("filters=[", "InvalidJSONError"),
            ("event_collection=%ff", "InvalidRequestError"),
        ] {
            assert_eq!(object(query).unwrap_err().error_code(), code, "{query}");
        }
    }
}
