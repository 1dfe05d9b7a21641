//! What goes back? An answer, as the platform's response.

use crate::reply::{Body, Reply};
use keyhole_policy::origin::Origins;
use worker::{Headers, Response, Result};

/// What pages of other origins may read beside the body.
const EXPOSED: (&str, &str) = (
    "access-control-expose-headers",
    "retry-after, etag, keyhole-cursor",
);

/// Which pages may read an answer: what is in it is decided by the key, and browsers send no cookies here.
pub(super) enum Readers {
    /// Any.
    Any,
    /// Those of this origin.
    Of(String),
    /// None that asked.
    None,
}

impl Readers {
    /// Those of a project's origins to whom a request belongs.
    pub(super) fn among(origins: &Origins, origin: Option<&str>) -> Readers {
        match (origins, origin) {
            (Origins::Any, _) => Readers::Any,
            (Origins::Only(_), Some(origin)) if origins.allow(origin) => {
                Readers::Of(origin.to_owned())
            }
            (Origins::Only(_), _) => Readers::None,
        }
    }

    fn header(&self) -> Option<(&'static str, &str)> {
        match self {
            Readers::Any => Some(("access-control-allow-origin", "*")),
            Readers::Of(origin) => Some(("access-control-allow-origin", origin)),
            Readers::None => None,
        }
    }
}

/// The answer to a browser that asks before it asks.
pub(super) fn preflight() -> Reply {
    let headers = [
        (
            "access-control-allow-methods",
            "GET, HEAD, POST, PUT, DELETE, OPTIONS",
        ),
        (
            "access-control-allow-headers",
            "authorization, content-type, keen-sdk, x-keen-blob-metadata, if-match, if-none-match",
        ),
        ("access-control-max-age", "86400"),
    ];
    let headers = headers
        .into_iter()
        .map(|(name, value)| (name, value.to_owned()))
        .collect();
    Reply {
        headers,
        ..Reply::no_content()
    }
}

/// The response, without its body to HEAD.
pub(super) fn response(reply: Reply, readers: &Readers, is_head: bool) -> Result<Response> {
    let headers = Headers::new();
    let fixed = [
        ("cache-control", "private, no-store"),
        ("vary", "authorization, accept, origin"),
        ("x-content-type-options", "nosniff"),
    ];
    for (name, value) in fixed.into_iter().chain([EXPOSED]).chain(readers.header()) {
        headers.set(name, value)?;
    }
    let json = Some("application/json; charset=utf-8");
    let (content_type, body) = match reply.body {
        Body::Empty => (None, None),
        Body::Json(text) => (json, Some(text.into_bytes())),
        Body::FixedJson(text) => (json, Some(text.as_bytes().to_vec())),
        Body::Csv(text) => (Some("text/csv; charset=utf-8"), Some(text.into_bytes())),
        Body::Gif(bytes) => (Some("image/gif"), Some(bytes.to_vec())),
    };
    if let Some(content_type) = content_type {
        headers.set("content-type", content_type)?;
    }
    for (name, value) in &reply.headers {
        headers.set(name, value)?;
    }
    let response = match body {
        Some(body) if !is_head => Response::from_bytes(body)?,
        _ => Response::empty()?,
    };
    Ok(response.with_status(reply.status).with_headers(headers))
}
