//! Is one scope inside another? Names, properties, windows of time and filters.

use super::{WiderReason, Within, wider};
use crate::filter::Filter;
use crate::key::window::{Bound, Window, WindowMode};
use crate::key::{NamePattern, NameScope, PropertyScope};
use crate::name::PropertyPath;
use crate::time::Instant;

/// Names: each pattern of the child is one the parent allows, and what the parent blocks stays blocked.
pub(super) fn names(child: &NameScope, parent: &NameScope, pointer: &str) -> Within {
    let is_in = |pattern: &NamePattern, patterns: &[NamePattern]| {
        patterns.iter().any(|wide| pattern.is_within(wide))
    };
    match (&child.allowed, &parent.allowed) {
        (None, Some(allowed)) if !allowed.iter().any(NamePattern::is_everything) => {
            return wider(format!("{pointer}/allowed"), WiderReason::LimitMissing);
        }
        (Some(narrow), Some(wide)) => {
            let further = narrow
                .iter()
                .position(|pattern| !is_in(pattern, wide) && !is_in(pattern, &child.blocked));
            if let Some(at) = further {
                let pointer = format!("{pointer}/allowed/{at}");
                return wider(pointer, WiderReason::ReachesFurther);
            }
        }
        _ => {}
    }
    let stays_blocked = |blocked: &NamePattern| {
        is_in(blocked, &child.blocked)
            || child.allowed.as_ref().is_some_and(|allowed| {
                allowed
                    .iter()
                    .all(|pattern| !pattern.meets(blocked) || is_in(pattern, &child.blocked))
            })
    };
    if parent.blocked.iter().all(stays_blocked) {
        Ok(())
    } else {
        wider(format!("{pointer}/blocked"), WiderReason::HidesLess)
    }
}

/// Properties: each path of the child lies in the parent's, and what the parent hides stays hidden.
pub(super) fn properties(child: &PropertyScope, parent: &PropertyScope, pointer: &str) -> Within {
    match (&child.only, &parent.only) {
        (None, Some(_)) => return wider(format!("{pointer}/only"), WiderReason::LimitMissing),
        (Some(narrow), Some(wide)) => {
            let is_in = |path: &PropertyPath| wide.iter().any(|wide| path.is_within(wide));
            if let Some(at) = narrow.iter().position(|path| !is_in(path)) {
                let pointer = format!("{pointer}/only/{at}");
                return wider(pointer, WiderReason::ReachesFurther);
            }
        }
        _ => {}
    }
    let hides = |path: &PropertyPath| child.except.iter().any(|except| path.is_within(except));
    let stays_hidden = |hidden: &PropertyPath| {
        let overlaps = |path: &PropertyPath| path.is_within(hidden) || hidden.is_within(path);
        hides(hidden)
            || child
                .only
                .as_ref()
                .is_some_and(|only| only.iter().all(|path| !overlaps(path) || hides(path)))
    };
    match parent.except.iter().all(stays_hidden) {
        true => Ok(()),
        false => wider(format!("{pointer}/except"), WiderReason::HidesLess),
    }
}

/// Time: each bound of the child is at or inside the parent's now, and whenever it is asked later.
pub(super) fn window(
    child: Option<&Window>,
    parent: Option<&Window>,
    now: Instant,
    pointer: &str,
) -> Within {
    let Some(parent) = parent else {
        return Ok(());
    };
    let Some(child) = child else {
        return wider(pointer, WiderReason::LimitMissing);
    };
    let bound = |name: &str,
                 narrow: Option<Bound>,
                 wide: Option<Bound>,
                 is_inside: &dyn Fn(Bound, Bound) -> bool| {
        let pointer = format!("{pointer}/{name}");
        match (narrow, wide) {
            (None, Some(_)) => wider(pointer, WiderReason::LimitMissing),
            (Some(narrow), Some(wide)) if !is_inside(narrow, wide) => {
                wider(pointer, WiderReason::ReachesFurther)
            }
            _ => Ok(()),
        }
    };
    // A bound before now moves on with time: what it has passed it stays past.
    bound(
        "oldest",
        child.oldest,
        parent.oldest,
        &|narrow, wide| match (narrow, wide) {
            (Bound::At(narrow), Bound::At(wide)) => narrow >= wide,
            (Bound::Ago(narrow), Bound::Ago(wide)) => narrow <= wide,
            (Bound::Ago(narrow), Bound::At(wide)) => {
                now.saturating_sub_milliseconds(narrow) >= wide
            }
            (Bound::At(_), Bound::Ago(_)) => false,
        },
    )?;
    bound(
        "newest",
        child.newest,
        parent.newest,
        &|narrow, wide| match (narrow, wide) {
            (Bound::At(narrow), Bound::At(wide)) => narrow <= wide,
            (Bound::Ago(narrow), Bound::Ago(wide)) => narrow >= wide,
            (Bound::At(narrow), Bound::Ago(wide)) => {
                narrow <= now.saturating_sub_milliseconds(wide)
            }
            (Bound::Ago(_), Bound::At(_)) => false,
        },
    )?;
    let span = format!("{pointer}/max_span");
    match (child.max_span_milliseconds, parent.max_span_milliseconds) {
        (None, Some(_)) => return wider(span, WiderReason::LimitMissing),
        (Some(narrow), Some(wide)) if narrow > wide => {
            return wider(span, WiderReason::ReachesFurther);
        }
        _ => {}
    }
    match (child.mode, parent.mode) {
        (WindowMode::Clamp, WindowMode::Deny) => wider(
            format!("{pointer}/mode"),
            WiderReason::ClipsInsteadOfRefusing,
        ),
        _ => Ok(()),
    }
}

/// Filters: whatever passes the child's passes each of the parent's.
pub(super) fn filter(child: &Filter, parent: &Filter, pointer: &str) -> Within {
    filter_unless(child, parent, pointer, &|_| false)
}

/// The same, where some of the parent's filters hold for another reason.
pub(super) fn filter_unless(
    child: &Filter,
    parent: &Filter,
    pointer: &str,
    holds_anyway: &dyn Fn(&Filter) -> bool,
) -> Within {
    let mut conjuncts = parent.conjuncts().into_iter();
    match conjuncts.position(|wide| !holds_anyway(wide) && !child.implies(wide)) {
        None => Ok(()),
        Some(at) => wider(pointer, WiderReason::FilterNotImplied(at)),
    }
}
