//! What did the caller send? A request as plain values: its size is cut at the door.

use crate::refusal::Refusal;
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
