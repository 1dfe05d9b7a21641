//! Does a browser ask for `/`? Then it gets a page; to programs it is Keen's list of versions.

use crate::call::prefers;
use worker::{Env, Request, Response, console_error};

/// The page, if one is asked for and there are pages.
pub(super) async fn page(request: &Request, environment: &Env) -> Option<Response> {
    let accept = request.headers().get("accept").ok().flatten()?;
    if request.path() != "/" || !prefers(&accept, "text/html") {
        return None;
    }
    let pages = environment.assets("PAGES").ok()?;
    let page = pages.fetch_request(request.clone().ok()?).await;
    page.inspect_err(|error| console_error!("pages: {error:?}"))
        .ok()
}
