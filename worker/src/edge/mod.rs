//! How does HTTP come in and go out? The only place that knows the platform's types, but for the store.

mod environment;
mod origins;
mod page;
mod privacy;
mod request;
mod response;

use crate::context::Context;
use crate::handle;
use crate::refusal::Refusal;
use crate::refusals;
use crate::reply::Reply;
use crate::tick::tick;
use environment::context;
use keyhole_policy::origin::Origins;
use origins::before_asking;
use page::page;
use privacy::must_be_private;
use request::call;
use response::{Readers, preflight, response};
use worker::{Env, Request, Response, Result, console_error};

/// Answers a request. Whatever goes wrong, the answer is JSON and says no more than it should.
pub async fn serve(
    request: Request,
    environment: &Env,
    lifetime: &worker::Context,
) -> Result<Response> {
    let method = request.inner().method();
    if let Some(page) = page(&request, environment).await {
        return Ok(page);
    }
    let origin = request.headers().get("origin").ok().flatten();
    let mut origins = Origins::Any;
    let reply = match answer(request, &method, environment, lifetime, &mut origins).await {
        Ok(reply) => reply,
        Err(refusal) => {
            log(&refusal);
            Reply::refused(&refusal)
        }
    };
    let readers = Readers::among(&origins, origin.as_deref());
    response(reply, &readers, method == "HEAD")
}

async fn answer(
    mut request: Request,
    method: &str,
    environment: &Env,
    lifetime: &worker::Context,
    origins: &mut Origins,
) -> std::result::Result<Reply, Refusal> {
    if method == "OPTIONS" {
        *origins = before_asking(&request.inner().url(), environment).await;
        return Ok(preflight());
    }
    must_be_private(&request.inner().url(), environment)?;
    let call = call(&mut request, method).await?;
    let context = context(environment)?;
    let answered = handle::handle(&context, &call).await;
    *origins = context.left.origins();
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

/// Faults of ours, and what was too much for the store, for whoever watches the Worker. Refusals are the caller's affair.
fn log(refusal: &Refusal) {
    if let Refusal::Failed(fault) | Refusal::Busy(fault) | Refusal::OutOfTime(fault) = refusal {
        console_error!("{}: {}", fault.place, fault.cause);
    }
}
