//! What can be taken away? A collection, some of its events, some of all collections' events, a property.

use crate::filter::Filter;
use crate::name::{CollectionName, PropertyPath};
use crate::time::Span;

/// Something to take away for good.
#[derive(Clone, Debug, PartialEq)]
pub enum Deletion {
    /// A collection with everything in it.
    Collection(CollectionName),
    /// Events; their collections stay.
    Events(Doomed),
    /// A property of every event of a collection; the events stay.
    Property(CollectionName, PropertyPath),
}

/// The events to take away.
#[derive(Clone, Debug, PartialEq)]
pub struct Doomed {
    /// Their collection; `None` for those of every collection.
    pub collection: Option<CollectionName>,
    /// When they happened; `None` for whenever.
    pub span: Option<Span>,
    /// What must hold.
    pub filter: Filter,
}

impl Deletion {
    /// The one collection it is about, if it is about one.
    pub fn collection(&self) -> Option<&CollectionName> {
        match self {
            Deletion::Collection(collection) | Deletion::Property(collection, _) => {
                Some(collection)
            }
            Deletion::Events(doomed) => doomed.collection.as_ref(),
        }
    }
}
