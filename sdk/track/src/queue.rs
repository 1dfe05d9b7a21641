//! What waits to be sent? Events as the server takes them, in one list for each collection.

use crate::text::{iso_time, push_decimal, push_hexadecimal};
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

/// Events of one collection, in the order they were added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// Where they belong.
    pub collection: String,
    /// Their JSON, with commas between them: what stands between the brackets of a list.
    pub events: String,
    /// How many they are.
    pub count: usize,
}

/// How much one list may hold. An event that is larger has a list of its own.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Bytes of JSON.
    pub bytes_max: usize,
    /// Events.
    pub events_max: usize,
}

/// What an event is given, beside what it brings itself.
#[derive(Clone, Copy, Debug)]
pub struct Stamp<'event> {
    /// What its own object `keen` holds, between the braces.
    pub keen: &'event str,
    /// Must it be told when it happened?
    pub needs_time: bool,
    /// Must it be given a token?
    pub needs_token: bool,
    /// Milliseconds since 1970.
    pub now_ms: f64,
}

/// Lists that gather.
#[derive(Clone, Debug)]
pub struct Queue {
    bounds: Bounds,
    /// What the tokens of this queue begin with: no other queue's do.
    seed: String,
    added: u32,
    /// One for a collection.
    lists: Vec<List>,
    /// Of the last event: many may have the same, and a time takes long to write.
    time: (f64, String),
}

impl Queue {
    /// Nothing waits yet. No other queue has the same `seed`.
    pub fn new(seed: &str, bounds: Bounds) -> Queue {
        Queue {
            bounds,
            seed: seed.to_owned(),
            added: 0,
            lists: Vec::new(),
            time: (f64::NAN, String::new()),
        }
    }

    /// Stamps an event, the JSON of an object without `keen`, and puts it at the end of its list. The list that had
    /// no room left for it, if there is one.
    pub fn add(&mut self, collection: &str, event: &str, stamp: &Stamp<'_>) -> Option<List> {
        if self.time.0 != stamp.now_ms {
            self.time = (stamp.now_ms, iso_time(stamp.now_ms));
        }
        let known = |list: &&mut List| list.collection == collection;
        let Some(list) = self.lists.iter_mut().find(known) else {
            let mut list = List::of(collection);
            list.push(event, stamp, &self.time.1, &self.seed, self.added);
            self.added = self.added.wrapping_add(1);
            self.lists.push(list);
            return None;
        };
        let bytes = list.events.len() + event.len() + stamp.keen.len() + STAMP_BYTES_MAX;
        let full = list.count >= self.bounds.events_max || bytes > self.bounds.bytes_max;
        let full = full.then(|| core::mem::replace(list, List::of(collection)));
        list.push(event, stamp, &self.time.1, &self.seed, self.added);
        self.added = self.added.wrapping_add(1);
        full
    }

    /// Some list, until nothing waits.
    pub fn take(&mut self) -> Option<List> {
        self.lists.pop()
    }
}

/// What a stamp adds to an event at most, with the longest seed.
const STAMP_BYTES_MAX: usize = 160;

impl List {
    fn of(collection: &str) -> List {
        List {
            collection: collection.to_owned(),
            ..List::default()
        }
    }

    fn push(&mut self, event: &str, stamp: &Stamp<'_>, time: &str, seed: &str, number: u32) {
        if self.count > 0 {
            self.events.push(',');
        }
        self.count += 1;
        let open = event.strip_suffix('}').unwrap_or(event);
        self.events.push_str(open);
        if open.len() > 1 {
            self.events.push(',');
        }
        self.events.push_str("\"keen\":{");
        self.events.push_str(stamp.keen);
        let mut comma = if stamp.keen.is_empty() { "" } else { "," };
        if stamp.needs_time {
            for part in [comma, "\"timestamp\":\"", time, "\""] {
                self.events.push_str(part);
            }
            comma = ",";
        }
        if stamp.needs_token {
            for part in [comma, "\"uniqueness_token\":\"", seed] {
                self.events.push_str(part);
            }
            push_hexadecimal(&mut self.events, number, 8);
            self.events.push('"');
        }
        self.events.push_str("}}");
    }

    /// One text: how many events, how many bytes, the collection, and after the line's end the events.
    pub fn into_text(self) -> String {
        let mut text = String::new();
        for number in [self.count, self.events.len()] {
            push_decimal(&mut text, number as u64, 1);
            text.push(' ');
        }
        text.push_str(&self.collection);
        text.push('\n');
        text.push_str(&self.events);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: &str = "abababababababababababab";
    const STAMP: Stamp<'static> = Stamp {
        keen: "",
        needs_time: true,
        needs_token: true,
        // 2026-01-02T03:04:05.678Z
        now_ms: 1_767_323_045_678.0,
    };
    const TIME: &str = "\"timestamp\":\"2026-01-02T03:04:05.678Z\"";

    fn queue(bytes_max: usize, events_max: usize) -> Queue {
        let bounds = Bounds {
            bytes_max,
            events_max,
        };
        Queue::new(SEED, bounds)
    }

    fn check(event: &str, stamp: Stamp<'_>, stamped: &str) {
        let mut queue = queue(1_000, 10);
        assert_eq!(queue.add("a", event, &stamp), None);
        assert_eq!(queue.take().unwrap().events, stamped);
    }

    #[test]
    fn events_gather_by_collection_in_order_however_they_alternate() {
        let mut queue = queue(1_000_000, 100);
        for (collection, event) in [("a", "{\"n\":1}"), ("b", "{}"), ("a", "{\"n\":2}")] {
            assert_eq!(queue.add(collection, event, &STAMP), None);
        }
        assert_eq!(queue.take().unwrap().collection, "b");
        let list = queue.take().unwrap();
        assert_eq!((list.collection.as_str(), list.count), ("a", 2));
        let events = format!(
            "{{\"n\":1,\"keen\":{{{TIME},\"uniqueness_token\":\"{SEED}00000000\"}}}},\
             {{\"n\":2,\"keen\":{{{TIME},\"uniqueness_token\":\"{SEED}00000002\"}}}}"
        );
        assert_eq!(list.events, events);
        let text = list.into_text();
        assert_eq!(text, format!("2 {} a\n{events}", events.len()));
        assert_eq!(queue.take(), None);
    }

    #[test]
    fn what_the_event_brings_itself_is_kept() {
        let token = format!("\"uniqueness_token\":\"{SEED}00000000\"");
        check("{}", STAMP, &format!("{{\"keen\":{{{TIME},{token}}}}}"));
        let dated = Stamp {
            keen: "\"timestamp\":\"1999\"",
            needs_time: false,
            ..STAMP
        };
        let stamped = format!("{{\"a\":1,\"keen\":{{\"timestamp\":\"1999\",{token}}}}}");
        check("{\"a\":1}", dated, &stamped);
        let own = Stamp {
            keen: "\"uniqueness_token\":\"mine\"",
            needs_time: false,
            needs_token: false,
            ..STAMP
        };
        check("{}", own, "{\"keen\":{\"uniqueness_token\":\"mine\"}}");
    }

    #[test]
    fn a_list_ends_at_its_bounds_and_no_event_is_lost() {
        let counts = |bytes_max, events_max, sizes: &[usize]| {
            let mut queue = queue(bytes_max, events_max);
            let mut counts = Vec::new();
            for size in sizes {
                let event = format!("{{\"t\":\"{}\"}}", "x".repeat(*size));
                let full = queue.add("a", &event, &STAMP);
                counts.extend(full.map(|list| list.count));
            }
            counts.extend(queue.take().map(|list| list.count));
            counts
        };
        assert_eq!(counts(1_000_000, 3, &[0; 7]), [3, 3, 1]);
        assert_eq!(counts(600, 100, &[100, 700, 100, 100]), [1, 1, 2]);
        assert!(counts(600, 100, &[]).is_empty());
    }

    #[test]
    fn no_list_of_more_than_one_event_passes_its_bound() {
        let mut queue = Queue::new(
            &"f".repeat(56),
            Bounds {
                bytes_max: 2_000,
                events_max: 100,
            },
        );
        for _ in 0..50 {
            let full = queue.add("a", "{\"a\":1}", &STAMP);
            assert!(full.is_none_or(|list| list.count > 1 && list.events.len() <= 2_000));
        }
    }
}
