//! Which JSON do the events of an extraction become?

use crate::event::Event;
use crate::key::PropertyScope;
use crate::query::Extraction;
use crate::value::Value;

/// The whole events, or the asked-for properties of each, as an extraction answers them.
///
/// Of whole events only the visible part is shown; asked-for properties were checked before.
pub fn shape_events(extraction: &Extraction, visible: &PropertyScope, events: Vec<Event>) -> Value {
    let shaped = events
        .into_iter()
        .map(|event| match &extraction.properties {
            None => visible.visible_part(whole_event(event)),
            Some(properties) => {
                let mut object = Vec::new();
                for property in properties {
                    if let Some(value) = event.property(property) {
                        insert(&mut object, &property.to_string(), value);
                    }
                }
                Value::Object(object)
            }
        });
    Value::List(shaped.collect())
}

fn whole_event(event: Event) -> Value {
    let (timestamp, created_at) = (event.timestamp.to_string(), event.created_at.to_string());
    let mut keen = vec![
        ("timestamp".to_owned(), Value::Text(timestamp)),
        ("created_at".to_owned(), Value::Text(created_at)),
        ("id".to_owned(), Value::Text(event.id)),
    ];
    let Value::Object(mut properties) = event.body else {
        return Value::Null;
    };
    let at = properties.iter().position(|(name, _)| name == "keen");
    if let Some((_, Value::Object(stored))) = at.map(|at| properties.remove(at)) {
        keen.extend(stored);
    }
    properties.insert(0, ("keen".to_owned(), Value::Object(keen)));
    Value::Object(properties)
}

/// Puts a value at a dotted path into nested objects.
fn insert(properties: &mut Vec<(String, Value)>, path: &str, value: Value) {
    let Some((first, rest)) = path.split_once('.') else {
        // What is there already is a part of it: `a.b` was asked for before `a`.
        match properties.iter_mut().find(|(name, _)| name == path) {
            Some((_, part)) => *part = value,
            None => properties.push((path.to_owned(), value)),
        }
        return;
    };
    if !properties.iter().any(|(name, _)| name == first) {
        properties.push((first.to_owned(), Value::Object(Vec::new())));
    }
    let inside = properties.iter_mut().find(|(name, _)| name == first);
    if let Some((_, Value::Object(inside))) = inside {
        insert(inside, rest, value);
    }
}
