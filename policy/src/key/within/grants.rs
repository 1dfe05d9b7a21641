//! Is one permission inside another? Option by option, each with its place in the definition.

use super::scopes::{filter, filter_unless, names, properties, window};
use super::{Wider, WiderReason, Within, wider};
use crate::enrich::holds_placeholder;
use crate::event::Event;
use crate::filter::{Filter, Property};
use crate::key::{
    DatasetGrant, Grants, IndexPins, NameScope, QueryGrant, SavedQueryGrant, SchemaGrant,
    WriteGrant,
};
use crate::time::Instant;
use crate::value::Value;
use std::collections::BTreeSet;

/// What holds on every read, where the child reads events or names at all.
pub(super) fn reading(child: &Grants, parent: &Grants, now: Instant) -> Within {
    let reads =
        child.queries.is_granted() || child.saved_queries.is_granted() || child.schema.is_granted();
    if !reads {
        return Ok(());
    }
    properties(
        &child.visible(),
        &parent.visible(),
        "/options/queries/properties",
    )?;
    let pointer = "/options/queries/timeframe";
    window(child.window(), parent.window(), now, pointer)
}

pub(super) fn queries(child: &QueryGrant, parent: &QueryGrant) -> Within {
    filter(&child.filter, &parent.filter, "/options/queries/filters")?;
    names(
        &child.collections,
        &parent.collections,
        "/options/queries/collections",
    )?;
    let pointer = "/options/queries/analyses";
    subset(child.analyses.as_ref(), parent.analyses.as_ref(), pointer)
}

pub(super) fn writes(child: &WriteGrant, parent: &WriteGrant) -> Within {
    if child.autofill.clone().overlaid_with(&parent.autofill) != child.autofill {
        return wider("/options/writes/autofill", WiderReason::AutofillDiffers);
    }
    // To the parent, what the child fills in is sent like anything else.
    let outside = parent
        .properties
        .first_outside(&child.autofill, &parent.autofill);
    if outside.is_some() {
        return wider("/options/writes/autofill", WiderReason::ReachesFurther);
    }
    // An event has in it what the key fills in, whatever was sent.
    let filled = Event {
        timestamp: Instant::MIN,
        created_at: Instant::MIN,
        id: String::new(),
        body: child.autofill.clone(),
    };
    let holds_once_filled = |wide: &Filter| {
        let Filter::Test(Property::InBody(path), _) = wide else {
            return false;
        };
        let pinned = filled.body.at(path);
        let is_final = pinned
            .is_some_and(|value| !matches!(value, Value::Object(_)) && !holds_placeholder(value));
        is_final && wide.accepts_as_one(&filled)
    };
    let pointer = "/options/writes/filters";
    filter_unless(&child.filter, &parent.filter, pointer, &holds_once_filled)?;
    names(
        &child.collections,
        &parent.collections,
        "/options/writes/collections",
    )?;
    let pointer = "/options/writes/properties";
    properties(&child.properties, &parent.properties, pointer)?;
    if !child.redirects.is_within(&parent.redirects) {
        let pointer = "/options/writes/redirects";
        return wider(pointer, WiderReason::ReachesFurther);
    }
    Ok(())
}

pub(super) fn saved_queries(child: &SavedQueryGrant, parent: &SavedQueryGrant) -> Within {
    let pointer = "/options/saved_queries";
    filter(&child.filter, &parent.filter, &format!("{pointer}/filters"))?;
    names(&child.names, &parent.names, pointer)
}

pub(super) fn cached_queries(child: &NameScope, parent: &NameScope) -> Within {
    names(child, parent, "/options/cached_queries")
}

pub(super) fn schema(child: &SchemaGrant, parent: &SchemaGrant) -> Within {
    names(
        &child.collections,
        &parent.collections,
        "/options/schema/collections",
    )?;
    let pointer = "/options/schema/properties";
    properties(&child.properties, &parent.properties, pointer)
}

pub(super) fn datasets(child: &DatasetGrant, parent: &DatasetGrant) -> Within {
    let operations = "/options/datasets/operations";
    subset(
        child.operations.as_ref(),
        parent.operations.as_ref(),
        operations,
    )?;
    let allowed = "/options/datasets/allowed";
    if let Some(wide) = &parent.allowed {
        let Some(narrow) = &child.allowed else {
            return wider(allowed, WiderReason::LimitMissing);
        };
        for (name, child_pins) in narrow {
            if child.blocked.contains(name) {
                continue;
            }
            let pointer = format!("{allowed}/{}", crate::event::escape(name));
            let Some(parent_pins) = wide.get(name) else {
                return wider(pointer, WiderReason::ReachesFurther);
            };
            pins(child_pins, parent_pins, &pointer)?;
        }
    }
    let stays_blocked = |name: &String| {
        let allowed = child.allowed.as_ref();
        child.blocked.contains(name) || allowed.is_some_and(|allowed| !allowed.contains_key(name))
    };
    match parent.blocked.iter().all(stays_blocked) {
        true => Ok(()),
        false => wider("/options/datasets/blocked", WiderReason::HidesLess),
    }
}

fn pins(child: &IndexPins, parent: &IndexPins, pointer: &str) -> Within {
    for (property, wide) in parent {
        let pointer = format!("{pointer}/index_by/{}", crate::event::escape(property));
        match child.get(property) {
            None => return wider(pointer, WiderReason::LimitMissing),
            Some(narrow) if !narrow.iter().all(|value| wide.contains(value)) => {
                return wider(pointer, WiderReason::ReachesFurther);
            }
            Some(_) => {}
        }
    }
    Ok(())
}

fn subset<Item: Ord>(
    child: Option<&BTreeSet<Item>>,
    parent: Option<&BTreeSet<Item>>,
    pointer: &str,
) -> Result<(), Wider> {
    match (child, parent) {
        (None, Some(_)) => wider(pointer, WiderReason::LimitMissing),
        (Some(child), Some(parent)) if !child.is_subset(parent) => {
            wider(pointer, WiderReason::ReachesFurther)
        }
        _ => Ok(()),
    }
}
