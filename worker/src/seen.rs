//! Which properties has this isolate seen before? Those need not be kept again.

use crate::authenticate::Project;
use crate::sql::schema::Seen;
use keyhole_policy::authorize::AuthorizedEvent;
use keyhole_policy::shape::shape;
use keyhole_policy::value::Value;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Properties that an isolate remembers, over all its projects; then it begins anew.
const REMEMBERED_MAX: usize = 20_000;
/// Properties that one request may add to the schema.
const NEW_MAX: usize = 10_000;
/// The same in bytes of JSON: with those that are kept already, fewer than the 2,000,000 that D1 takes in one text.
const NEW_BYTES_MAX: usize = 500_000;
/// Bytes of paths and collections' names that an isolate remembers.
const REMEMBERED_BYTES_MAX: usize = 8_000_000;
/// Bytes of them that are looked at for one request, twice as many as its body may have: only the paths of deeply nested
/// events take more, and what comes after those is looked at when it comes again.
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

/// Looks through the events of one request.
pub fn newly_seen(project: &Project, events: &[AuthorizedEvent]) -> NewlySeen {
    // The epoch counts: what was seen of events that were taken away since is not seen.
    let place = format!("{} {}", project.id, project.epoch);
    let mut new = BTreeMap::new();
    let (mut new_bytes, mut looked_at) = (0_usize, 0_usize);
    let mut name = String::new();
    REMEMBERED.with_borrow(|remembered| {
        for event in events {
            let collection = event.collection().as_str();
            shape(event.body(), &mut |path, kind| {
                looked_at = looked_at.saturating_add(path.len() + collection.len());
                if looked_at > LOOKED_AT_BYTES_MAX {
                    return;
                }
                name.clear();
                let parts = [&place, "\n", collection, "\n", kind.as_str(), "\n", path];
                parts.into_iter().for_each(|part| name.push_str(part));
                let is_new = !remembered.names.contains(&name) && !new.contains_key(&name);
                if is_new && new.len() < NEW_MAX {
                    // As a statement's parameter: quoted, with what JSON escapes.
                    let quoted = Value::text(path).to_string().len() + 2 * collection.len();
                    new_bytes = new_bytes.saturating_add(quoted + 20);
                    if new_bytes > NEW_BYTES_MAX {
                        return;
                    }
                    let seen = Seen {
                        collection: collection.to_owned(),
                        path: path.to_owned(),
                        kind: kind.as_str(),
                    };
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
        REMEMBERED.with_borrow_mut(|remembered| {
            let bytes: usize = self.remembered_as.iter().map(String::len).sum();
            let is_full = remembered.names.len() + self.remembered_as.len() > REMEMBERED_MAX
                || remembered.bytes + bytes > REMEMBERED_BYTES_MAX;
            if is_full {
                *remembered = Remembered::default();
            }
            remembered.bytes += bytes;
            remembered.names.extend(self.remembered_as);
        });
    }
}
