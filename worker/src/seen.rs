//! Which properties has this isolate seen before? Those need not be kept again.

use crate::authenticate::Project;
use crate::sql::schema::Seen;
use keyhole_policy::authorize::AuthorizedEvent;
use keyhole_policy::limits::SCHEMA_ADDED_BYTES_MAX;
use keyhole_policy::shape::shape;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// What an isolate remembers of properties, over all its projects, in bytes; then it begins anew.
const REMEMBERED_BYTES_MAX: usize = 8_000_000;
/// Bytes of paths and collections' names that are looked at for one request, twice as many as its body may have: only the
/// paths of deeply nested events take more, and what comes after those is looked at when it comes again.
const LOOKED_AT_BYTES_MAX: usize = 20_000_000;

thread_local! {
    // Only a shortcut: what is forgotten is kept again, which changes nothing.
    static REMEMBERED: RefCell<Remembered> = RefCell::default();
}

#[derive(Default)]
struct Remembered {
    names: BTreeSet<String>,
    bytes: usize,
}

/// What of a request's events the schema may not have yet.
pub struct NewlySeen {
    /// To be kept with the events.
    pub seen: Vec<Seen>,
    remembered_as: Vec<String>,
}

/// Looks through the events of one request. What goes beyond [`SCHEMA_ADDED_BYTES_MAX`] is left to the next that has it:
/// a small event nested deep may have paths of many megabytes.
pub fn newly_seen(project: &Project, events: &[AuthorizedEvent]) -> NewlySeen {
    // The epoch counts: what was seen of events that were taken away since is not seen.
    let place = format!("{} {}", project.id, project.epoch);
    let mut new = BTreeMap::new();
    let mut looked_at = 0_usize;
    let mut name = String::new();
    let mut room = SCHEMA_ADDED_BYTES_MAX;
    REMEMBERED.with_borrow(|remembered| {
        for event in events {
            let collection = event.collection().as_str();
            shape(event.body(), &mut |path, kind| {
                looked_at = looked_at.saturating_add(path.len() + collection.len());
                if room == 0 || looked_at > LOOKED_AT_BYTES_MAX {
                    return;
                }
                name.clear();
                let parts = [&place, "\n", collection, "\n", kind.as_str(), "\n", path];
                parts.into_iter().for_each(|part| name.push_str(part));
                let is_new = !remembered.names.contains(&name) && !new.contains_key(&name);
                if !is_new {
                    return;
                }
                let seen = Seen {
                    collection: collection.to_owned(),
                    path: path.to_owned(),
                    kind: kind.as_str(),
                };
                room = room.saturating_sub(seen.row().to_string().len() + 1);
                if room > 0 {
                    new.insert(name.clone(), seen);
                }
            });
        }
    });
    let (remembered_as, seen) = new.into_iter().unzip();
    NewlySeen {
        seen,
        remembered_as,
    }
}

impl NewlySeen {
    /// Remembers them, once they are kept.
    pub fn remember(self) {
        let bytes: usize = self.remembered_as.iter().map(String::len).sum();
        REMEMBERED.with_borrow_mut(|remembered| {
            if remembered.bytes + bytes > REMEMBERED_BYTES_MAX {
                *remembered = Remembered::default();
            }
            remembered.bytes += bytes;
            remembered.names.extend(self.remembered_as);
        });
    }
}
