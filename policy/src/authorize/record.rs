//! May this caller record this event, and what is put into it?

use crate::denial::Denial;
use crate::enrich::{Incoming, Surroundings, TooMuch, enrich, filled};
use crate::event::{Event, NewEvent};
use crate::key::{Caller, PermissionName, RedirectTarget, WriteGrant};
use crate::limits;
use crate::name::{CollectionName, ProjectId};
use crate::time::Instant;
use crate::value::Value;
use std::borrow::Cow;
use std::cell::Cell;

/// An event that may be stored, with the key's autofill in it. Only a [`Recorder`] makes one.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorizedEvent {
    collection: CollectionName,
    timestamp: Instant,
    created_at: Instant,
    uniqueness_token: Option<String>,
    has_own_timestamp: bool,
    body: Value,
}

impl AuthorizedEvent {
    /// Where it goes.
    pub fn collection(&self) -> &CollectionName {
        &self.collection
    }

    /// When it happened: as the caller said, else when it was received.
    pub fn timestamp(&self) -> Instant {
        self.timestamp
    }

    /// When it was received.
    pub fn created_at(&self) -> Instant {
        self.created_at
    }

    /// The caller's name for it.
    pub fn uniqueness_token(&self) -> Option<&str> {
        self.uniqueness_token.as_deref()
    }

    /// Did the caller say when it happened? Then a retry says the same.
    pub fn has_own_timestamp(&self) -> bool {
        self.has_own_timestamp
    }

    /// The event's object.
    pub fn body(&self) -> &Value {
        &self.body
    }
}

/// An address that a browser may be sent on to. Only a [`Recorder`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizedRedirect(RedirectTarget);

impl AuthorizedRedirect {
    /// The address, as it was asked for.
    pub fn url(&self) -> &str {
        self.0.url()
    }
}

/// A caller who may record events in a project.
#[derive(Clone, Debug)]
pub struct Recorder<'a> {
    project: &'a ProjectId,
    grants: Vec<&'a WriteGrant>,
    received: Instant,
    surroundings: Surroundings,
    /// How many days events are kept, and since when.
    kept: Option<(i64, Instant)>,
    /// What may still be put into the events of this request, in bytes.
    room: Cell<usize>,
    /// What the patterns of the keys' filters may still take on the events of this request, in steps.
    steps: Cell<usize>,
}

/// May this caller record anything here at all?
pub fn recorder<'a>(
    caller: &'a Caller,
    project: &'a ProjectId,
    received: Instant,
) -> Result<Recorder<'a>, Denial> {
    caller.must_act_in(project, received)?;
    let grants = match caller {
        Caller::Master(_) | Caller::Write(_) => Vec::new(),
        Caller::Access(key) => key.granted(PermissionName::Writes, |grants| &grants.writes)?,
        Caller::Read(_) => return Err(Denial::NotPermitted(PermissionName::Writes)),
        Caller::Organization(_) => return Err(Denial::OrganizationKeyInProject),
    };
    Ok(Recorder {
        project,
        grants,
        received,
        surroundings: Surroundings::default(),
        kept: None,
        room: Cell::new(limits::FILLED_IN_BYTES_MAX),
        steps: Cell::new(limits::REGEX_STEPS_OF_RECORDING_MAX),
    })
}

impl Recorder<'_> {
    /// The same for a caller of whom more is known than the key.
    pub fn surrounded_by(self, surroundings: Surroundings) -> Self {
        Recorder {
            surroundings: surroundings.bounded(),
            ..self
        }
    }

    /// The same in a project that keeps events for so many days, which began at `oldest`.
    pub fn keeping(self, days: Option<i64>, oldest: Instant) -> Self {
        let kept = days.map(|days| (days, oldest));
        Recorder { kept, ..self }
    }

    /// Where the events go: the key's own project, never one that a caller names elsewhere.
    pub fn project(&self) -> &ProjectId {
        self.project
    }

    /// May a browser be sent on there? By every key of the line; the master and the write key send on anywhere.
    pub fn redirect(&self, target: RedirectTarget) -> Result<AuthorizedRedirect, Denial> {
        let host = target.host();
        if self.grants.iter().all(|grant| grant.redirects.covers(host)) {
            return Ok(AuthorizedRedirect(target));
        }
        Err(Denial::RedirectOutOfScope(host.to_owned()))
    }

    /// Decides on one event and fills it.
    ///
    /// What placeholders and add-ons put into it counts as sent: through them nobody writes what their key may not.
    pub fn admit(
        &self,
        collection: CollectionName,
        sent: NewEvent,
    ) -> Result<AuthorizedEvent, Denial> {
        let timestamp = sent.timestamp.unwrap_or(self.received);
        if let Some((days, oldest)) = self.kept
            && timestamp < oldest
        {
            return Err(Denial::EventTooOld { days });
        }
        let incoming = Incoming {
            body: sent.body,
            timestamp,
            created_at: self.received,
            surroundings: &self.surroundings,
        };
        let mut room = self.room.get();
        let body = enrich(incoming, &sent.addons, &mut room);
        self.room.set(room);
        let body = body?;
        let mut event = AuthorizedEvent {
            collection,
            timestamp,
            created_at: self.received,
            uniqueness_token: sent.uniqueness_token,
            has_own_timestamp: sent.timestamp.is_some(),
            body,
        };
        let nothing = Value::Object(Vec::new());
        for (generation, grant) in self.grants.iter().enumerate() {
            let autofill = self.filled(&grant.autofill)?;
            // To a key, what a key fills in that it made is sent like anything else, but for what it fills in itself.
            let own = if generation == 0 {
                &nothing
            } else {
                &*autofill
            };
            must_admit(grant, &event, own)?;
            event.body = event.body.overlaid_with(&autofill);
        }
        // As it will be stored: what one key fills in must not undo what another asks for.
        self.must_fit(event)
    }

    fn must_fit(&self, event: AuthorizedEvent) -> Result<AuthorizedEvent, Denial> {
        if self.grants.is_empty() {
            return Ok(event);
        }
        let actual = event.body.to_string().len();
        if actual > limits::EVENT_BYTES_MAX {
            return Err(Denial::EventTooLarge { actual });
        }
        let filled = Event {
            timestamp: event.timestamp,
            created_at: event.created_at,
            id: String::new(),
            body: event.body,
        };
        for grant in &self.grants {
            let steps = grant.filter.steps(&filled);
            let left = self.steps.get().checked_sub(steps);
            self.steps.set(left.ok_or(Denial::TooMuchToMatch)?);
            if !grant.filter.accepts_as_one(&filled) {
                return Err(Denial::EventOutsideFilter);
            }
        }
        Ok(AuthorizedEvent {
            body: filled.body,
            ..event
        })
    }

    fn filled<'a>(&self, autofill: &'a Value) -> Result<Cow<'a, Value>, Denial> {
        let mut room = self.room.get();
        let autofill = filled(autofill, &self.surroundings, &mut room);
        self.room.set(room);
        Ok(autofill?)
    }
}

impl From<TooMuch> for Denial {
    fn from(problem: TooMuch) -> Denial {
        match problem {
            TooMuch::InEvent(actual) => Denial::EventTooLarge { actual },
            TooMuch::InRequest => Denial::TooMuchFilledIn,
        }
    }
}

fn must_admit(grant: &WriteGrant, event: &AuthorizedEvent, own: &Value) -> Result<(), Denial> {
    if !grant.collections.covers(event.collection.as_str()) {
        return Err(Denial::CollectionOutOfScope(event.collection.to_string()));
    }
    match grant.properties.first_outside(&event.body, own) {
        Some(outside) => Err(Denial::PropertyOutOfScope(outside)),
        None => Ok(()),
    }
}
