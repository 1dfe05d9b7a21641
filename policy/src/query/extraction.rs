//! Which events themselves are wanted, and how many at a time?

use super::Selection;
use crate::event::EventPlace;
use crate::filter::Property;
use crate::time::Span;

/// A question for events themselves.
#[derive(Clone, Debug, PartialEq)]
pub struct Extraction {
    /// The events.
    pub selection: Selection,
    /// How many of them, and in which order.
    pub portion: Portion,
    /// Only these properties; otherwise whole events.
    pub properties: Option<Vec<Property>>,
}

impl Extraction {
    /// The page after that place, of the span that the first page was of.
    pub fn resume(&mut self, span: Span, place: EventPlace) {
        if let Portion::Page(page) = &mut self.portion {
            self.selection.span = span;
            page.after = Some(place);
        }
    }
}

/// How many events are answered, and in which order.
#[derive(Clone, Debug, PartialEq)]
pub enum Portion {
    /// All, the oldest first.
    Everything,
    /// Only so many, the newest first.
    Latest(usize),
    /// The same, or as many of them as one answer holds.
    Newest(usize),
    /// So many at a time, the oldest first.
    Page(Page),
}

/// One page of many.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// How many events it holds, unless it is the last.
    pub size: usize,
    /// The last event of the page before; none for the first page.
    pub after: Option<EventPlace>,
}
