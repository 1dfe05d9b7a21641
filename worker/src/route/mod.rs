//! Which endpoint is asked for? The router walks the table of all of them.

mod table;
#[cfg(test)]
mod tests;

pub use table::Route;

use crate::refusal::Refusal;
use keyhole_policy::wire::decode_component;

/// Finds the endpoint, and what stands in its path for `{…}`, decoded. HEAD is answered as GET.
///
/// Of templates that fit, those with the fewest `{…}` count: `/queries/saved` is no analysis, whatever the method.
pub fn find(method: &str, path: &str) -> Result<(Route, Vec<String>), Refusal> {
    let method = if method == "HEAD" { "GET" } else { method };
    let mut fitting: Vec<(Route, Vec<String>)> = Vec::new();
    for route in Route::ALL {
        let Some(parameters) = fit(route.template().1, path) else {
            continue;
        };
        let fewest = fitting.first().map_or(usize::MAX, |(_, best)| best.len());
        if parameters.len() < fewest {
            fitting.clear();
        }
        if parameters.len() <= fewest {
            fitting.push((route, parameters));
        }
    }
    let methods = fitting.iter().map(|(route, _)| route.template().0);
    let allowed = methods.collect::<Vec<&str>>().join(", ");
    let mut found = fitting.into_iter();
    match found.find(|(route, _)| route.template().0 == method) {
        Some(found) => Ok(found),
        None if allowed.is_empty() => Err(Refusal::NoSuchPath),
        None => Err(Refusal::MethodNotAllowed(allowed)),
    }
}

/// What stands for `{…}`, if the path fits. Each segment is decoded by itself: an encoded slash parts nothing.
fn fit(template: &str, path: &str) -> Option<Vec<String>> {
    let mut parameters = Vec::new();
    let mut found = path.split('/');
    for wanted in template.split('/') {
        let segment = found.next()?;
        if wanted.starts_with('{') {
            parameters.push(decode_component(segment).filter(|text| !text.is_empty())?);
        } else if wanted != segment {
            return None;
        }
    }
    found.next().is_none().then_some(parameters)
}
