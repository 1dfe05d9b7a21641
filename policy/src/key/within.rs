//! Is a key nowhere wider than the one that makes it? What cannot be shown is refused, with the field.

mod grants;
mod scopes;

use super::{KeyDefinition, PermissionName};
use crate::time::Instant;
use grants::{cached_queries, datasets, queries, reading, saved_queries, schema, writes};

/// The first field in which a key is wider than the one that makes it, or cannot be shown not to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wider {
    /// JSON pointer into the definition of the new key.
    pub pointer: String,
    /// What is wrong there.
    pub reason: WiderReason,
}

/// In what a key is wider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WiderReason {
    /// A permission that the maker lacks.
    NotPermitted(PermissionName),
    /// The maker has a limit here, and the new key none.
    LimitMissing,
    /// It reaches further than the maker's limit.
    ReachesFurther,
    /// It blocks or hides less than the maker.
    HidesLess,
    /// Its filters do not imply the maker's filter at this place, from 0.
    FilterNotImplied(usize),
    /// Its autofill lacks something of the maker's, or fills in another value.
    AutofillDiffers,
    /// The maker refuses timeframes outside its window, and the new key clips them.
    ClipsInsteadOfRefusing,
}

type Within = Result<(), Wider>;

fn wider(pointer: impl Into<String>, reason: WiderReason) -> Within {
    let pointer = pointer.into();
    Err(Wider { pointer, reason })
}

/// Shows that `child` allows nothing that `parent` does not, from `now` on, or says where it might.
pub fn within(child: &KeyDefinition, parent: &KeyDefinition, now: Instant) -> Within {
    if let Some(lacking) = PermissionName::ALL
        .into_iter()
        .find(|permission| child.grants.permits(*permission) && !parent.grants.permits(*permission))
    {
        return wider("/permitted", WiderReason::NotPermitted(lacking));
    }
    not_longer(child, parent)?;
    let (narrow, wide) = (&child.grants, &parent.grants);
    reading(narrow, wide, now)?;
    both(&narrow.queries, &wide.queries, queries)?;
    both(&narrow.writes, &wide.writes, writes)?;
    both(&narrow.saved_queries, &wide.saved_queries, saved_queries)?;
    both(&narrow.cached_queries, &wide.cached_queries, cached_queries)?;
    both(&narrow.datasets, &wide.datasets, datasets)?;
    both(&narrow.schema, &wide.schema, schema)
}

fn not_longer(child: &KeyDefinition, parent: &KeyDefinition) -> Within {
    match (child.expires_at, parent.expires_at) {
        (None, Some(_)) => return wider("/expires_at", WiderReason::LimitMissing),
        (Some(narrow), Some(wide)) if narrow > wide => {
            return wider("/expires_at", WiderReason::ReachesFurther);
        }
        _ => {}
    }
    match (child.not_before, parent.not_before) {
        (None, Some(_)) => wider("/not_before", WiderReason::LimitMissing),
        (Some(narrow), Some(wide)) if narrow < wide => {
            wider("/not_before", WiderReason::ReachesFurther)
        }
        _ => Ok(()),
    }
}

/// Options are compared where both permit: what is withheld allows nothing.
fn both<Grant>(
    child: &super::Permission<Grant>,
    parent: &super::Permission<Grant>,
    compare: impl Fn(&Grant, &Grant) -> Within,
) -> Within {
    match (child, parent) {
        (super::Permission::Granted(child), super::Permission::Granted(parent)) => {
            compare(child, parent)
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
