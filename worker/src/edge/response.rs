//! What goes back? An answer, as the platform's response.

use crate::reply::{Body, Reply};
use worker::{Headers, Response, Result};

/// Any origin may ask: what is answered is decided by the key, and browsers send no cookies here.
const CORS: [(&str, &str); 2] = [
    ("access-control-allow-origin", "*"),
    (
        "access-control-expose-headers",
        "retry-after, etag, keyhole-cursor",
    ),
];

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
pub(super) fn response(reply: Reply, is_head: bool) -> Result<Response> {
    let headers = Headers::new();
    let fixed = [
        ("cache-control", "private, no-store"),
        ("vary", "authorization, accept"),
        ("x-content-type-options", "nosniff"),
    ];
    for (name, value) in CORS.into_iter().chain(fixed) {
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
