//! How does HTTP come in and go out? The only place that knows the platform's types, but for the store.

use crate::call::Call;
use crate::context::{Context, Left};
use crate::copies::Copies;
use crate::handle;
use crate::rate::QueryRate;
use crate::refusal::{Fault, Refusal};
use crate::refusals;
use crate::reply::{Body, Reply};
use crate::seal::{Chance, Seal};
use crate::store::{D1, Store};
use crate::surroundings::surroundings;
use crate::sweep;
use crate::tick::tick;
use futures_util::StreamExt;
use keyhole_policy::limits::BODY_BYTES_MAX;
use keyhole_policy::time::{BundledZones, Instant};
use worker::{Env, Headers, Request, Response, Result, console_error};

/// Answers a request. Whatever goes wrong, the answer is JSON and says no more than it should.
pub async fn serve(
    request: Request,
    environment: &Env,
    lifetime: &worker::Context,
) -> Result<Response> {
    let method = request.inner().method();
    let reply = match answer(request, &method, environment, lifetime).await {
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
    lifetime: &worker::Context,
) -> std::result::Result<Reply, Refusal> {
    if method == "OPTIONS" {
        return Ok(preflight());
    }
    must_be_private(&request.inner().url(), environment)?;
    let call = call(&mut request, method).await?;
    let context = context(environment)?;
    let answered = handle::handle(&context, &call).await;
    let noted = context.left.take_refusal();
    let refusal = answered.as_ref().err().or(noted.as_ref());
    if let (Some(refusal), Some(asking)) = (refusal, context.left.asking()) {
        refusals::statements(&asking, &call, refusal, context.now)
            .into_iter()
            .for_each(|statement| context.afterwards(statement));
    }
    finish(context, lifetime);
    answered
}

/// Does what is due. A fault is logged, and the next tick tries again.
pub async fn strike(environment: &Env) {
    let context = match context(environment) {
        Ok(context) => context,
        Err(refusal) => return log(&refusal),
    };
    let began = context.now.milliseconds();
    let elapsed = || i64::try_from(worker::Date::now().as_millis()).unwrap_or(i64::MAX) - began;
    if let Err(refusal) = tick(&context, elapsed).await {
        log(&refusal);
    }
}

/// Runs what a request left behind, without its answer waiting for it.
fn finish(context: Context, lifetime: &worker::Context) {
    let statements = context.left.take_statements();
    if !statements.is_empty() {
        lifetime.wait_until(async move {
            if let Err(refusal) = context.store.run(statements).await {
                log(&refusal);
            }
        });
    }
}

/// A key that crosses the network in the clear is anybody's: only this machine may be spoken to so, unless the
/// variable `REQUIRE_HTTPS` is off.
fn must_be_private(url: &str, environment: &Env) -> std::result::Result<(), Refusal> {
    let setting = environment.var("REQUIRE_HTTPS").ok();
    let is_required = setting.is_none_or(|setting| setting.to_string() != "off");
    if is_required && !is_private(url) {
        return Err(Refusal::InTheClear);
    }
    Ok(())
}

/// Is the address one of HTTPS, or of this machine?
fn is_private(url: &str) -> bool {
    let Some(("http", rest)) = url.split_once("://") else {
        return true;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    matches!(host, "localhost" | "127.0.0.1" | "[::1]") || host.ends_with(".localhost")
}

async fn call(request: &mut Request, method: &str) -> std::result::Result<Call, Refusal> {
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
    let (path, query) = path_and_query(&request.inner().url());
    Ok(Call {
        method: method.to_owned(),
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
    let setting = |name| {
        environment
            .var(name)
            .ok()
            .map(|setting| setting.to_string())
    };
    let now = i64::try_from(worker::Date::now().as_millis())
        .ok()
        .and_then(Instant::from_milliseconds);
    let mut chance = [0; 32];
    getrandom::fill(&mut chance).map_err(|error| failed("chance", &error))?;
    Ok(Context {
        store: Store::D1(D1(database)),
        copies: Copies(environment.kv("COPIES").ok()),
        query_rate: query_rate(environment),
        deletion_steps: sweep::steps_in_a_request(setting("DELETION_STEPS")),
        seal,
        now: now.ok_or_else(|| Refusal::failed("clock", "the time is beyond the year 9999"))?,
        chance: Chance(chance),
        zones: BundledZones::new(),
        left: Left::default(),
    })
}

/// The limit of `wrangler.toml`, unless the variable beside it switches it off.
fn query_rate(environment: &Env) -> QueryRate {
    let setting = environment.var("QUERY_RATE_LIMIT").ok();
    let is_off = setting.is_some_and(|setting| setting.to_string() == "off");
    QueryRate(if is_off {
        None
    } else {
        environment.rate_limiter("QUERY_RATE").ok()
    })
}

/// Any origin may ask: what is answered is decided by the key, and browsers send no cookies here.
const CORS: [(&str, &str); 2] = [
    ("access-control-allow-origin", "*"),
    (
        "access-control-expose-headers",
        "retry-after, etag, keyhole-cursor",
    ),
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
        ("vary", "authorization, accept"),
        ("x-content-type-options", "nosniff"),
    ];
    for (name, value) in CORS.into_iter().chain(fixed) {
        headers.set(name, value)?;
    }
    let (content_type, body) = match reply.body {
        Body::Empty => (None, None),
        Body::Json(text) => {
            let bytes = text.into_bytes();
            (Some("application/json; charset=utf-8"), Some(bytes))
        }
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

/// Faults of ours, and what was too much for the store, for whoever watches the Worker. Refusals are the caller's affair.
fn log(refusal: &Refusal) {
    if let Refusal::Failed(fault) | Refusal::Busy(fault) | Refusal::OutOfTime(fault) = refusal {
        console_error!("{}: {}", fault.place, fault.cause);
    }
}

#[cfg(test)]
mod tests {
    use super::{is_private, path_and_query};

    #[test]
    fn only_this_machine_may_be_spoken_to_in_the_clear() {
        for (url, expected) in [
            ("https://a.b/3.0", true),
            ("http://localhost:8787/3.0", true),
            ("http://127.0.0.1", true),
            ("http://[::1]:8787/", true),
            ("http://keyhole.localhost/", true),
            ("http://a.b/3.0", false),
            ("http://a.b:8787?localhost", false),
            ("http://localhost.a.b/", false),
            ("http://notlocalhost/", false),
            ("http://127.0.0.1.a.b:80/", false),
        ] {
            assert_eq!(is_private(url), expected, "{url}");
        }
    }

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
