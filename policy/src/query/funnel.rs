//! Which actors took one step after another?

use super::Selection;
use crate::filter::Property;
use crate::time::{Buckets, Span};

/// A question for actors who took one step after another.
#[derive(Clone, Debug, PartialEq)]
pub struct Funnel {
    /// At least one.
    pub steps: Vec<Step>,
    /// Must each step come after the one before? Otherwise any order will do.
    pub in_order: Option<InOrder>,
    /// One funnel for each bucket, of the events inside it, instead of one.
    pub buckets: Option<Buckets>,
}

/// Each step comes later than the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InOrder {
    /// So many milliseconds after its first step an actor's last step may be; any number where `None`.
    pub within_milliseconds: Option<i64>,
}

/// One step of a funnel.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The events that make it.
    pub selection: Selection,
    /// Whose value tells actors apart.
    pub actor: Property,
    /// Answer the actors too.
    pub with_actors: bool,
    /// Count those who did not do it.
    pub inverted: bool,
    /// Does not narrow what follows.
    pub optional: bool,
}

impl Funnel {
    /// The same funnel of the events inside a span, without buckets.
    pub fn inside(&self, span: Span) -> Funnel {
        let clipped = |step: &Step| {
            let mut step = step.clone();
            step.selection.span = step.selection.span.clip_to(span);
            step
        };
        Funnel {
            steps: self.steps.iter().map(clipped).collect(),
            in_order: self.in_order,
            buckets: None,
        }
    }
}
