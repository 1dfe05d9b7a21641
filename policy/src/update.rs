//! What can be different of events that were recorded? Their own properties; never when they happened, which they
//! are, or whose they are.

use crate::filter::Filter;
use crate::name::{CollectionName, PropertyPath};
use crate::time::Span;
use crate::value::Value;

/// Some events of a collection, and what is to be different of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    /// Their collection.
    pub collection: CollectionName,
    /// When they happened; `None` for whenever.
    pub span: Option<Span>,
    /// What must hold.
    pub filter: Filter,
    /// At least one; none of their paths is within another's.
    pub changes: Vec<PropertyChange>,
}

/// A property, and its new value.
#[derive(Clone, Debug, PartialEq)]
pub struct PropertyChange {
    /// Which.
    pub path: PropertyPath,
    /// What it is to be.
    pub value: Value,
    /// Whether events get it too that have no such property.
    pub upsert: bool,
}

impl PropertyChange {
    /// The value inside the objects of its path: an event that has nothing else.
    pub fn alone(&self) -> Value {
        let steps = self.path.steps().iter().rev();
        steps.fold(self.value.clone(), |value, step| {
            Value::Object(vec![(step.clone(), value)])
        })
    }
}
