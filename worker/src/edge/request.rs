//! What was sent? A platform's request, read into plain values, and no further than any that is taken.

use crate::call::Call;
use crate::refusal::{Fault, Refusal};
use crate::surroundings::surroundings;
use futures_util::StreamExt;
use keyhole_policy::limits::BODY_BYTES_MAX;
use worker::Request;

/// Reads a request.
pub(super) async fn call(
    request: &mut Request,
    method: &str,
) -> std::result::Result<Call, Refusal> {
    let header = |name: &str| request.headers().get(name).ok().flatten();
    let announced = header("content-length").and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|bytes| bytes > BODY_BYTES_MAX) {
        return Err(Refusal::BodyTooLarge(announced));
    }
    let (authorization, accept) = (header("authorization"), header("accept"));
    let (if_match, if_none_match) = (header("if-match"), header("if-none-match"));
    let has_body = !matches!(method, "GET" | "HEAD") && request.inner().body().is_some();
    let body = match announced {
        _ if !has_body => Vec::new(),
        Some(_) => request.bytes().await.map_err(lost)?,
        None => unannounced_body(request).await?,
    };
    let url = request.inner().url();
    let (path, query) = path_and_query(&url);
    Ok(Call {
        method: method.to_owned(),
        origin: origin(&url),
        path,
        query,
        authorization,
        accept,
        if_match,
        if_none_match,
        surroundings: surroundings(request),
        body,
    })
}

/// Reads a body whose length was not announced, and no further than any that is taken.
async fn unannounced_body(request: &mut Request) -> std::result::Result<Vec<u8>, Refusal> {
    let mut body = Vec::new();
    let mut chunks = request.stream().map_err(lost)?;
    while let Some(chunk) = chunks.next().await {
        body.extend(chunk.map_err(lost)?);
        if body.len() > BODY_BYTES_MAX {
            return Err(Refusal::BodyTooLarge(None));
        }
    }
    Ok(body)
}

/// A body that did not arrive: the same request again may.
fn lost(error: worker::Error) -> Refusal {
    Refusal::Busy(Fault {
        place: "body",
        cause: format!("{error:?}"),
    })
}

/// The scheme and the host of an absolute URL.
fn origin(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("https", url));
    let host = rest.split(['/', '?', '#']).next().unwrap_or("");
    format!("{scheme}://{host}")
}

/// The path and the query string of an absolute URL, as they stand in it.
fn path_and_query(url: &str) -> (String, String) {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let from_path = after_scheme
        .find('/')
        .and_then(|at| after_scheme.get(at..))
        .unwrap_or("/");
    let without_fragment = from_path.split('#').next().unwrap_or(from_path);
    let (path, query) = without_fragment
        .split_once('?')
        .unwrap_or((without_fragment, ""));
    (path.to_owned(), query.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{origin, path_and_query};

    #[test]
    fn path_and_query_are_taken_as_they_stand() {
        for (url, path, query) in [
            ("https://a.b/3.0/x?y=1&z=%2F#f", "/3.0/x", "y=1&z=%2F"),
            ("http://localhost:8787", "/", ""),
            ("http://localhost/?a?b", "/", "a?b"),
        ] {
            assert_eq!(path_and_query(url), (path.to_owned(), query.to_owned()));
            let after = path_and_query(url).0;
            assert_eq!(
                url.strip_prefix(&origin(url))
                    .unwrap()
                    .find(&after)
                    .unwrap_or(0),
                0
            );
        }
    }
}
