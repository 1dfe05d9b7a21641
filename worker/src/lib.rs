//! Who may record and ask what, over HTTP? The authority at the edge.
//!
//! `Request` → [`call::Call`] → [`route`] → [`authenticate`] → [`handle`] → [`sql`] → [`store`] → [`reply::Reply`] → `Response`.

pub mod answer;
pub mod authenticate;
pub mod call;
pub mod context;
pub mod cursor;
mod edge;
pub mod handle;
pub mod key_line;
pub mod rate;
pub mod refusal;
pub mod refusals;
pub mod reply;
pub mod route;
pub mod seal;
pub mod sql;
pub mod store;

use worker::{Env, Request, Response, Result, event};

/// One HTTP request.
#[event(fetch)]
async fn fetch(request: Request, environment: Env, context: worker::Context) -> Result<Response> {
    edge::serve(request, &environment, &context).await
}
