//! What does a handler have? The store, the seal, and the moment and the chance of its request.

use crate::copies::Copies;
use crate::rate::QueryRate;
use crate::refusal::Refusal;
use crate::seal::{Chance, Seal};
use crate::sql::Sql;
use crate::sql::audit::Actor;
use crate::store::Store;
use keyhole_policy::name::ProjectId;
use keyhole_policy::origin::Origins;
use keyhole_policy::time::{BundledZones, Instant};
use keyhole_policy::wire::Moment;
use std::cell::RefCell;

/// Everything of the world that handling one request needs, and what is left to do after its answer.
pub struct Context {
    /// Where everything is kept.
    pub store: Store,
    /// Where computed results are kept.
    pub copies: Copies,
    /// What keys are sealed with; without it they are shown once.
    pub seal: Option<Seal>,
    /// How often one key may ask.
    pub query_rate: QueryRate,
    /// Steps of a deletion that its own request does.
    pub deletion_steps: usize,
    /// When the request came in.
    pub now: Instant,
    /// What is random in its answer.
    pub chance: Chance,
    /// The time-zone database.
    pub zones: BundledZones,
    /// What the request leaves behind. Its own, never another request's.
    pub left: Left,
}

/// What a request leaves behind for after its answer.
#[derive(Default)]
pub struct Left {
    statements: RefCell<Vec<Sql>>,
    asking: RefCell<Option<Asking>>,
    refusal: RefCell<Option<Refusal>>,
    origins: RefCell<Origins>,
}

/// Who asks, and in which project, as far as is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Asking {
    /// In which project.
    pub project: ProjectId,
    /// Who, as the audit says it.
    pub by: Actor,
}

impl Context {
    /// What the request is read against.
    pub fn moment(&self) -> Moment<'_> {
        Moment {
            now: self.now,
            zones: &self.zones,
        }
    }

    /// Runs a statement once the answer is on its way; nobody waits for it, and nothing depends on it.
    pub fn afterwards(&self, statement: Sql) {
        self.left.statements.borrow_mut().push(statement);
    }

    /// Says who asks, for the audit of a refusal.
    pub fn is_asking(&self, asking: Asking) {
        *self.left.asking.borrow_mut() = Some(asking);
    }

    /// Says whose pages may read the answer.
    pub fn may_be_read_by(&self, origins: Origins) {
        *self.left.origins.borrow_mut() = origins;
    }

    /// Notes that a part of an answered request was refused: the first is audited.
    pub fn note_refusal(&self, refusal: Refusal) {
        self.left.refusal.borrow_mut().get_or_insert(refusal);
    }
}

impl Left {
    /// The statements to run, once.
    pub fn take_statements(&self) -> Vec<Sql> {
        self.statements.take()
    }

    /// Who asked.
    pub fn asking(&self) -> Option<Asking> {
        self.asking.borrow().clone()
    }

    /// Whose pages may read the answer: any, until the project is known.
    pub fn origins(&self) -> Origins {
        self.origins.borrow().clone()
    }

    /// The refusal of a part, once.
    pub fn take_refusal(&self) -> Option<Refusal> {
        self.refusal.take()
    }
}
