//! Which events does a request to record hold? One event, or a batch with an outcome for each.

use super::problem::{Area, Invalid, Problem};
use crate::event::{EventProblem, NewEvent, check, escape};
use crate::limits;
use crate::name::CollectionName;
use crate::value::Value;

/// The events of one collection in a batch; an invalid one is kept as its refusal, in its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The name as sent, which the answer repeats.
    pub sent_name: String,
    /// What was sent, in order.
    pub events: Vec<Result<(CollectionName, NewEvent), Invalid>>,
}

/// One event for one collection.
pub fn one(sent: Value) -> Result<NewEvent, Invalid> {
    check(sent).map_err(|problem| refused(problem, ""))
}

/// A collection's name from a path.
pub fn collection(text: &str) -> Result<CollectionName, Invalid> {
    CollectionName::parse(text).map_err(|problem| Invalid {
        area: Area::CollectionName,
        pointer: String::new(),
        problem: Problem::Name {
            found: text.to_owned(),
            problem,
        },
    })
}

/// A batch: an object of collections, each a list of events.
pub fn batch(sent: Value) -> Result<Vec<Part>, Invalid> {
    let invalid = |pointer: String, problem| Invalid {
        area: Area::Batch,
        pointer,
        problem,
    };
    let found = sent.type_name();
    let Value::Object(collections) = sent else {
        let expected = "an object of collections, each with a list of events";
        return Err(invalid(
            String::new(),
            Problem::WrongType { expected, found },
        ));
    };
    let mut parts = Vec::with_capacity(collections.len());
    let mut actual = 0;
    for (sent_name, events) in collections {
        let pointer = format!("/{}", escape(&sent_name));
        let found = events.type_name();
        let Value::List(events) = events else {
            return Err(invalid(
                pointer,
                Problem::WrongType {
                    expected: "a list of events",
                    found,
                },
            ));
        };
        actual += events.len();
        let name = collection(&sent_name).map_err(|invalid| Invalid {
            pointer: pointer.clone(),
            ..invalid
        });
        let read = |(at, event): (usize, Value)| {
            let name = name.clone()?;
            let event =
                check(event).map_err(|problem| refused(problem, &format!("{pointer}/{at}")))?;
            Ok((name, event))
        };
        let events = events.into_iter().enumerate().map(read).collect();
        parts.push(Part { sent_name, events });
    }
    let limit = limits::BATCH_EVENTS_MAX;
    if actual > limit {
        return Err(invalid(
            String::new(),
            Problem::TooMany {
                what: "events in the batch",
                actual,
                limit,
            },
        ));
    }
    Ok(parts)
}

fn refused(problem: EventProblem, before: &str) -> Invalid {
    let pointer = format!("{before}{}", problem.pointer);
    Invalid {
        area: Area::Event,
        pointer,
        problem: Problem::Event(problem.kind),
    }
}
