//! Which properties has this isolate seen before? Those need not be kept again.

use crate::authenticate::Project;
use crate::sql::schema::Seen;
use keyhole_policy::authorize::AuthorizedEvent;
use keyhole_policy::shape::shape;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Properties that an isolate remembers, over all its projects; then it begins anew.
const REMEMBERED_MAX: usize = 20_000;
/// Properties that one request may add to the schema.
const NEW_MAX: usize = 10_000;

thread_local! {
    // Only a shortcut: what is forgotten is kept again, which changes nothing.
    static REMEMBERED: RefCell<BTreeSet<String>> = RefCell::default();
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
    let mut name = String::new();
    REMEMBERED.with_borrow(|remembered| {
        for event in events {
            let collection = event.collection().as_str();
            shape(event.body(), &mut |path, kind| {
                name.clear();
                let parts = [&place, "\n", collection, "\n", kind.as_str(), "\n", path];
                parts.into_iter().for_each(|part| name.push_str(part));
                let is_new = !remembered.contains(&name) && !new.contains_key(&name);
                if is_new && new.len() < NEW_MAX {
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
            if remembered.len() + self.remembered_as.len() > REMEMBERED_MAX {
                remembered.clear();
            }
            remembered.extend(self.remembered_as);
        });
    }
}
