//! How does HTTP come in and go out? The only place that knows the platform's types, but for the store.

use crate::call::Call;
use crate::context::Context;
use crate::handle;
use crate::refusal::{Fault, Refusal};
use crate::reply::Reply;
use crate::seal::{Chance, Seal};
use crate::store::{D1, Store};
use keyhole_policy::limits::BODY_BYTES_MAX;
use keyhole_policy::time::{BundledZones, Instant};
use worker::{Env, Headers, Request, Response, Result, console_error};

/// Answers a request. Whatever goes wrong, the answer is JSON and says no more than it should.
pub async fn serve(request: Request, environment: &Env) -> Result<Response> {
    let method = request.inner().method();
    let reply = match answer(request, &method, environment).await {
        Ok(reply) => reply,
        Err(refusal) => {
            log(&refusal);
            Reply::refused(&refusal)
        }
    };
    response(reply, method == "HEAD")
}

async fn answer(
    mut request: Request,
    method: &str,
    environment: &Env,
) -> std::result::Result<Reply, Refusal> {
    if method == "OPTIONS" {
        return Ok(preflight());
    }
    let call = call(&mut request, method).await?;
    let context = context(environment)?;
    handle::handle(&context, &call).await
}

async fn call(request: &mut Request, method: &str) -> std::result::Result<Call, Refusal> {
    let header = |name: &str| request.headers().get(name).ok().flatten();
    let announced = header("content-length").and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|bytes| bytes > BODY_BYTES_MAX) {
        return Err(Refusal::BodyTooLarge(announced));
    }
    let authorization = header("authorization");
    let body = match method {
        "GET" | "HEAD" => Vec::new(),
        _ => request.bytes().await.map_err(|error| {
            Refusal::Busy(Fault {
                place: "body",
                cause: format!("{error:?}"),
            })
        })?,
    };
    if body.len() > BODY_BYTES_MAX {
        return Err(Refusal::BodyTooLarge(Some(body.len())));
    }
    let (path, query) = path_and_query(&request.inner().url());
    Ok(Call {
        method: method.to_owned(),
        path,
        query,
        authorization,
        body,
    })
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

fn context(environment: &Env) -> std::result::Result<Context, Refusal> {
    let failed = |place, error: &dyn std::fmt::Debug| Refusal::failed(place, format!("{error:?}"));
    let database = environment
        .d1("DB")
        .map_err(|error| failed("binding DB", &error))?;
    let seal = environment
        .secret("KEY_SEAL")
        .ok()
        .map(|secret| secret.to_string());
    let seal = match seal {
        None => None,
        Some(text) => {
            let malformed =
                || Refusal::failed("KEY_SEAL", "the secret is not 64 hexadecimal digits");
            Some(Seal::from_hexadecimal(&text).ok_or_else(malformed)?)
        }
    };
    let now = i64::try_from(worker::Date::now().as_millis())
        .ok()
        .and_then(Instant::from_milliseconds);
    let mut chance = [0; 32];
    getrandom::fill(&mut chance).map_err(|error| failed("chance", &error))?;
    Ok(Context {
        store: Store::D1(D1(database)),
        seal,
        now: now.ok_or_else(|| Refusal::failed("clock", "the time is beyond the year 9999"))?,
        chance: Chance(chance),
        zones: BundledZones::new(),
    })
}

/// Any origin may ask: what is answered is decided by the key, and browsers send no cookies here.
const CORS: [(&str, &str); 2] = [
    ("access-control-allow-origin", "*"),
    ("access-control-expose-headers", "retry-after, etag"),
];

fn preflight() -> Reply {
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

fn response(reply: Reply, is_head: bool) -> Result<Response> {
    let headers = Headers::new();
    let fixed = [
        ("cache-control", "private, no-store"),
        ("vary", "authorization"),
        ("x-content-type-options", "nosniff"),
    ];
    for (name, value) in CORS.into_iter().chain(fixed) {
        headers.set(name, value)?;
    }
    if reply.body.is_some() {
        headers.set("content-type", "application/json; charset=utf-8")?;
    }
    for (name, value) in &reply.headers {
        headers.set(name, value)?;
    }
    let response = match reply.body {
        Some(body) if !is_head => Response::from_bytes(body.into_bytes())?,
        _ => Response::empty()?,
    };
    Ok(response.with_status(reply.status).with_headers(headers))
}

/// Faults of ours, for whoever watches the Worker. Refusals are the caller's affair.
fn log(refusal: &Refusal) {
    if let Refusal::Failed(fault) | Refusal::Busy(fault) = refusal {
        console_error!("{}: {}", fault.place, fault.cause);
    }
}

#[cfg(test)]
mod tests {
    use super::path_and_query;

    #[test]
    fn path_and_query_are_taken_as_they_stand() {
        for (url, path, query) in [
            ("https://a.b/3.0/x?y=1&z=%2F#f", "/3.0/x", "y=1&z=%2F"),
            ("http://localhost:8787", "/", ""),
            ("http://localhost/?a?b", "/", "a?b"),
        ] {
            assert_eq!(path_and_query(url), (path.to_owned(), query.to_owned()));
        }
    }
}
