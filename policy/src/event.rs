//! What is an event, and which are refused?

use crate::enrich::{Addon, AddonProblem};
use crate::filter::{Place, Property};
use crate::limits;
use crate::name::{NameProblem, check_property_name};
use crate::time::Instant;
use crate::value::Value;

/// An event as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When it happened.
    pub timestamp: Instant,
    /// When it was received.
    pub created_at: Instant,
    /// 24 hexadecimal digits.
    pub id: String,
    /// An object: what was sent, without what stands above and without `keen.addons`.
    pub body: Value,
}

/// Where an event stands among all of its collection: by time, then by id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventPlace {
    /// When it happened.
    pub timestamp: Instant,
    /// 24 hexadecimal digits.
    pub id: String,
}

impl Event {
    /// Where it stands among the events of its collection.
    pub fn place(&self) -> EventPlace {
        EventPlace {
            timestamp: self.timestamp,
            id: self.id.clone(),
        }
    }

    /// The value of a property; `None` when the event has none.
    pub fn property(&self, property: &Property) -> Option<Value> {
        match property {
            Property::Timestamp => Some(Value::text(self.timestamp.to_string())),
            Property::CreatedAt => Some(Value::text(self.created_at.to_string())),
            Property::Id => Some(Value::text(self.id.as_str())),
            Property::InBody(path) => self.body.at(path).cloned(),
        }
    }
}

/// An event as a caller sends it, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEvent {
    /// When it happened, if the caller says.
    pub timestamp: Option<Instant>,
    /// The caller's own name for it: the same token again is the same event again.
    pub uniqueness_token: Option<String>,
    /// What is to be found out about it, in this order.
    pub addons: Vec<Addon>,
    /// An object: the event without the `keen` properties that are kept elsewhere.
    pub body: Value,
}

/// Why an event is refused, and where: a JSON pointer into the event.
#[derive(Clone, Debug, PartialEq)]
pub struct EventProblem {
    /// JSON pointer (RFC 6901) from the event's root.
    pub pointer: String,
    /// What is wrong there.
    pub kind: EventProblemKind,
}

/// What can be wrong with an event.
#[derive(Clone, Debug, PartialEq)]
pub enum EventProblemKind {
    /// Not an object, but this.
    NotAnObject(&'static str),
    /// Over [`limits::EVENT_BYTES_MAX`] as compact JSON.
    TooLarge {
        /// Bytes found.
        actual: usize,
    },
    /// Nested deeper than [`limits::EVENT_DEPTH_MAX`].
    TooDeep {
        /// Levels found.
        actual: usize,
    },
    /// A property name outside Keen's rules.
    PropertyName(String, NameProblem),
    /// `keen` is not an object, but this.
    KeenNotAnObject(&'static str),
    /// A property under `keen` that callers may not send.
    KeenProperty(String),
    /// `keen.timestamp` is not an ISO 8601 instant in the years 1 to 9999, or their last millisecond.
    Timestamp,
    /// `keen.uniqueness_token` is not a string of 1 to 64 characters.
    UniquenessToken,
    /// `keen.location` is not `{"coordinates": [longitude, latitude]}`.
    Location,
    /// Something in `keen.addons` is not what stands there: what does.
    Addons {
        /// What was found, where it is a text.
        found: Option<String>,
        /// In words.
        expected: &'static str,
    },
}

/// Checks an event as sent, and takes `keen` apart.
pub fn check(sent: Value) -> Result<NewEvent, EventProblem> {
    let at_root = |kind| EventProblem {
        pointer: String::new(),
        kind,
    };
    let type_name = sent.type_name();
    let Value::Object(properties) = sent else {
        return Err(at_root(EventProblemKind::NotAnObject(type_name)));
    };
    let mut event = NewEvent {
        timestamp: None,
        uniqueness_token: None,
        addons: Vec::new(),
        body: Value::Null,
    };
    let mut kept = Vec::with_capacity(properties.len());
    for (name, value) in properties {
        if name != "keen" {
            kept.push((name, value));
            continue;
        }
        let keen = take_keen_apart(value, &mut event)?;
        if !keen.is_empty() {
            kept.push((name, Value::Object(keen)));
        }
    }
    let body = Value::Object(kept);
    let actual = body.depth();
    if actual > limits::EVENT_DEPTH_MAX {
        return Err(at_root(EventProblemKind::TooDeep { actual }));
    }
    check_names(&body, &mut String::new())?;
    let actual = body.to_string().len();
    if actual > limits::EVENT_BYTES_MAX {
        return Err(at_root(EventProblemKind::TooLarge { actual }));
    }
    Ok(NewEvent { body, ..event })
}

/// Moves what is kept elsewhere out of `keen` and answers what stays in the body.
fn take_keen_apart(
    keen: Value,
    event: &mut NewEvent,
) -> Result<Vec<(String, Value)>, EventProblem> {
    let under_keen = |name: &str, kind| {
        let pointer = if name.is_empty() {
            "/keen".to_owned()
        } else {
            format!("/keen/{}", escape(name))
        };
        EventProblem { pointer, kind }
    };
    let type_name = keen.type_name();
    let Value::Object(properties) = keen else {
        return Err(under_keen("", EventProblemKind::KeenNotAnObject(type_name)));
    };
    let mut kept = Vec::new();
    for (name, value) in properties {
        match name.as_str() {
            "timestamp" => {
                let instant = value.as_text().and_then(Instant::parse);
                // A timeframe's end is not in it: what happened at the last instant of all is in none.
                let instant = instant.filter(|instant| *instant < Instant::MAX);
                let missing = || under_keen(&name, EventProblemKind::Timestamp);
                event.timestamp = Some(instant.ok_or_else(missing)?);
            }
            "uniqueness_token" => {
                let fits = |text: &&str| {
                    (1..=limits::UNIQUENESS_TOKEN_CHARACTERS_MAX).contains(&text.chars().count())
                };
                let token = value.as_text().filter(fits).map(str::to_owned);
                let missing = || under_keen(&name, EventProblemKind::UniquenessToken);
                event.uniqueness_token = Some(token.ok_or_else(missing)?);
            }
            "location" => {
                let place = value.get("coordinates").and_then(Place::from_value);
                if place.is_none() {
                    return Err(under_keen(&name, EventProblemKind::Location));
                }
                kept.push((name, value));
            }
            "addons" => event.addons = Addon::list(&value).map_err(addons_problem)?,
            _ => {
                return Err(under_keen(
                    &name,
                    EventProblemKind::KeenProperty(name.clone()),
                ));
            }
        }
    }
    Ok(kept)
}

fn addons_problem(problem: AddonProblem) -> EventProblem {
    let AddonProblem {
        pointer,
        found,
        expected,
    } = problem;
    EventProblem {
        pointer: format!("/keen/addons{pointer}"),
        kind: EventProblemKind::Addons { found, expected },
    }
}

fn check_names(value: &Value, pointer: &mut String) -> Result<(), EventProblem> {
    let before = pointer.len();
    match value {
        Value::Object(properties) => {
            for (name, value) in properties {
                pointer.push('/');
                pointer.push_str(&escape(name));
                check_property_name(name).map_err(|problem| EventProblem {
                    pointer: pointer.clone(),
                    kind: EventProblemKind::PropertyName(name.clone(), problem),
                })?;
                check_names(value, pointer)?;
                pointer.truncate(before);
            }
        }
        Value::List(items) => {
            for (at, value) in items.iter().enumerate() {
                if matches!(value, Value::Object(_) | Value::List(_)) {
                    pointer.push_str(&format!("/{at}"));
                    check_names(value, pointer)?;
                    pointer.truncate(before);
                }
            }
        }
        _ => {}
    }
    Ok(())
}

/// A name as one step of a JSON pointer (RFC 6901).
pub fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests;
