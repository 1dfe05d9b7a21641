//! How are many events split into requests that the server takes?

use crate::event::check_collection;
use crate::refusal::Refusal;
use keyhole_policy::limits::{BATCH_EVENTS_MAX, BODY_BYTES_MAX};

/// Bytes in one body of ours: a tenth below the server's bound, for what stands between us.
pub const BATCH_BYTES_MAX: usize = BODY_BYTES_MAX / 10 * 9;

/// One request body and how many events it holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// `{"collection":[event,…],…}`
    pub body: String,
    /// Events in it, in the order they were added.
    pub events: usize,
}

/// Events gathering into bodies.
#[derive(Clone, Debug, Default)]
pub struct Batches {
    open: Batch,
    /// Collections of the open body; the last one's list is open.
    collections: Vec<String>,
}

impl Batches {
    /// Adds a stamped event; answers the batch that had no room left for it.
    pub fn add(&mut self, collection: &str, event: &str) -> Result<Option<Batch>, Refusal> {
        check_collection(collection)?;
        let full = if self.has_room(collection, event) {
            None
        } else {
            self.finish()
        };
        self.begin_list(collection);
        if !self.open.body.ends_with('[') {
            self.open.body.push(',');
        }
        self.open.body.push_str(event);
        self.open.events += 1;
        Ok(full)
    }

    /// The batch gathered so far, unless it is empty.
    pub fn finish(&mut self) -> Option<Batch> {
        if self.open.events == 0 {
            return None;
        }
        self.collections.clear();
        let mut batch = std::mem::take(&mut self.open);
        batch.body.push_str("]}");
        Some(batch)
    }

    fn has_room(&self, collection: &str, event: &str) -> bool {
        // A name may need an escape for every character; `],"":[` and `]}` stand around it.
        let bytes = self.open.body.len() + event.len() + 2 * collection.len() + 8;
        // An object names nothing twice, so a collection that was left cannot be entered again.
        let left = self
            .collections
            .iter()
            .rev()
            .skip(1)
            .any(|name| name == collection);
        self.open.events < BATCH_EVENTS_MAX && bytes <= BATCH_BYTES_MAX && !left
    }

    fn begin_list(&mut self, collection: &str) {
        if self
            .collections
            .last()
            .is_some_and(|name| name == collection)
        {
            return;
        }
        self.open.body.push_str(if self.collections.is_empty() {
            "{\""
        } else {
            "],\""
        });
        // A collection's name is printable ASCII: these two are all it could need escaped.
        let escaped = collection.replace('\\', "\\\\").replace('"', "\\\"");
        self.open.body.push_str(&escaped);
        self.open.body.push_str("\":[");
        self.collections.push(collection.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split<'a>(events: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<Batch> {
        let mut batches = Batches::default();
        let mut split = Vec::new();
        for (collection, event) in events {
            split.extend(batches.add(collection, event).unwrap());
        }
        split.extend(batches.finish());
        split
    }

    #[test]
    fn events_stand_under_their_collections_in_order() {
        let batches = split([("a", "{\"n\":1}"), ("a", "{}"), ("b \"\\", "{}")]);
        let body = r#"{"a":[{"n":1},{}],"b \"\\":[{}]}"#.to_owned();
        assert_eq!(batches, [Batch { body, events: 3 }]);
        assert!(split([]).is_empty());
    }

    #[test]
    fn five_thousand_events_are_one_batch_and_one_more_makes_two() {
        let sizes = |count| {
            split(vec![("a", "{}"); count])
                .iter()
                .map(|batch| batch.events)
                .collect::<Vec<_>>()
        };
        assert_eq!(sizes(5_000), [5_000]);
        assert_eq!(sizes(5_001), [5_000, 1]);
        assert_eq!(sizes(10_000), [5_000, 5_000]);
    }

    #[test]
    fn no_body_passes_the_bound_in_bytes() {
        let large = format!("\"{}\"", "x".repeat(899_998));
        let batches = split(vec![("a", large.as_str()); 25]);
        let sizes: Vec<usize> = batches.iter().map(|batch| batch.events).collect();
        assert_eq!(sizes, [9, 9, 7]);
        assert!(
            batches
                .iter()
                .all(|batch| batch.body.len() <= BATCH_BYTES_MAX)
        );
    }

    #[test]
    fn a_collection_met_again_starts_a_new_body() {
        let batches = split([("a", "1"), ("b", "2"), ("a", "3")]);
        let bodies: Vec<&str> = batches.iter().map(|batch| batch.body.as_str()).collect();
        assert_eq!(bodies, [r#"{"a":[1],"b":[2]}"#, r#"{"a":[3]}"#]);
    }

    #[test]
    fn a_refused_collection_leaves_the_batch_as_it_was() {
        let mut batches = Batches::default();
        batches.add("a", "1").unwrap();
        assert_eq!(
            batches.add("_b", "2").unwrap_err().name(),
            "InvalidCollectionNameError"
        );
        batches.add("a", "3").unwrap();
        assert_eq!(batches.finish().unwrap().body, r#"{"a":[1,3]}"#);
    }
}
