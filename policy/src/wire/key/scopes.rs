//! How far does a permission reach? The scopes that permissions share, read.

use crate::filter::Filter;
use crate::key::{
    Bound, NamePattern, NameScope, PropertyScope, Window, WindowMode, parse_duration_milliseconds,
};
use crate::limits;
use crate::name::PropertyPath;
use crate::time::Instant;
use crate::wire::filter::standing_filters;
use crate::wire::node::Node;
use crate::wire::problem::{Area, Invalid, Problem};

const DURATION: &str =
    "a duration of weeks, days, hours, minutes and seconds, such as \"P90D\" or \"PT12H\"";

pub(super) fn list<'a>(node: &Node<'a>) -> Result<Vec<Node<'a>>, Invalid> {
    node.items_at_most("a list", "entries", limits::KEY_LIST_NAMES_MAX)
}

pub(super) fn filter(node: &Node) -> Result<Filter, Invalid> {
    let read = |node: Node| {
        standing_filters(&node).map_err(|invalid| Invalid {
            area: Area::Key,
            ..invalid
        })
    };
    node.get("filters").map_or(Ok(Filter::everything()), read)
}

pub(super) fn collections(node: &Node) -> Result<NameScope, Invalid> {
    let Some(node) = node.get("collections") else {
        return Ok(NameScope::everything());
    };
    node.only_without_null("a scope of collections", &["allowed", "blocked"])?;
    name_scope(&node)
}

pub(super) fn name_scope(node: &Node) -> Result<NameScope, Invalid> {
    let patterns = |name: &str| {
        let read = |node: Node| {
            list(&node)?
                .iter()
                .map(|item| item.text().map(NamePattern::parse))
                .collect()
        };
        node.get(name).map(read).transpose()
    };
    Ok(NameScope {
        allowed: patterns("allowed")?,
        blocked: patterns("blocked")?.unwrap_or_default(),
    })
}

pub(super) fn properties(node: &Node) -> Result<PropertyScope, Invalid> {
    let Some(node) = node.get("properties") else {
        return Ok(PropertyScope::everything());
    };
    node.only_without_null("a scope of properties", &["only", "except"])?;
    let paths = |node: Node| -> Result<Vec<PropertyPath>, Invalid> {
        list(&node)?
            .iter()
            .map(|item| item.name(PropertyPath::parse))
            .collect()
    };
    match (node.get("only"), node.get("except")) {
        (Some(only), None) => Ok(PropertyScope {
            only: Some(paths(only)?),
            except: Vec::new(),
        }),
        (None, Some(except)) => Ok(PropertyScope {
            only: None,
            except: paths(except)?,
        }),
        _ => Err(node.invalid(Problem::Conflict("Either `only` or `except` is expected."))),
    }
}

pub(super) fn window(node: &Node) -> Result<Window, Invalid> {
    node.only_without_null(
        "a window of time",
        &["oldest", "newest", "max_span", "mode"],
    )?;
    let bound = |name: &str| {
        let read = |node: Node| {
            let text = node.text()?;
            let ago = parse_duration_milliseconds(text).map(Bound::Ago);
            let bound = ago.or_else(|| Instant::parse(text).map(Bound::At));
            bound.ok_or_else(|| {
                node.out_of_range("a duration before now such as \"P90D\", or an ISO 8601 time")
            })
        };
        node.get(name).map(read).transpose()
    };
    let max_span = node.get("max_span").map(|node| {
        parse_duration_milliseconds(node.text()?).ok_or_else(|| node.out_of_range(DURATION))
    });
    let mode = match node.get("mode") {
        None => WindowMode::Clamp,
        Some(mode) => match mode.text()? {
            "clamp" => WindowMode::Clamp,
            "deny" => WindowMode::Deny,
            _ => return Err(mode.out_of_range("clamp or deny")),
        },
    };
    Ok(Window {
        oldest: bound("oldest")?,
        newest: bound("newest")?,
        max_span_milliseconds: max_span.transpose()?,
        mode,
    })
}
