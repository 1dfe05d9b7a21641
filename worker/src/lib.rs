//! Who may record and ask what, over HTTP? The authority at the edge.
//!
//! `Request` → [`call::Call`] → [`route`] → [`authenticate`] → [`handle`] → [`sql`] → [`store`] → [`reply::Reply`] → `Response`.

pub mod ahead;
pub mod answer;
pub mod authenticate;
pub mod call;
pub mod context;
pub mod copies;
pub mod cursor;
mod edge;
pub mod handle;
pub mod kept_dataset;
pub mod key_line;
pub mod laid_out;
pub mod open_deletions;
pub mod rate;
pub mod refusal;
pub mod refusals;
pub mod relayout;
pub mod reply;
pub mod retention;
pub mod rollup;
pub mod route;
pub mod seal;
pub mod seen;
pub mod sql;
pub mod store;
mod surroundings;
pub mod sweep;
pub mod tick;
mod turn;

use worker::{Env, Request, Response, Result, ScheduleContext, ScheduledEvent, event};

/// One HTTP request.
#[event(fetch)]
async fn fetch(request: Request, environment: Env, context: worker::Context) -> Result<Response> {
    edge::serve(request, &environment, &context).await
}

/// One tick of the clock in `wrangler.toml`.
#[event(scheduled)]
async fn scheduled(_event: ScheduledEvent, environment: Env, _context: ScheduleContext) {
    edge::strike(&environment).await;
}
