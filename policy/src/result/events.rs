//! Which JSON do the events of an extraction become?

use crate::event::Event;
use crate::key::PropertyScope;
use crate::query::Extraction;
use crate::value::Value;

const KEEN: &str = "keen";

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
                    let path = property.to_string();
                    let value = match path.as_str() {
                        KEEN => Some(keen(&event)),
                        _ => event.property(property),
                    };
                    if let Some(value) = value {
                        insert(&mut object, &path, value);
                    }
                }
                Value::Object(object)
            }
        });
    Value::List(shaped.collect())
}

fn whole_event(event: Event) -> Value {
    let keen = keen(&event);
    let Value::Object(mut properties) = event.body else {
        return Value::Null;
    };
    properties.retain(|(name, _)| name != KEEN);
    properties.insert(0, (KEEN.to_owned(), keen));
    Value::Object(properties)
}

/// The object `keen`, of which only what the caller sent lies in the body.
fn keen(event: &Event) -> Value {
    let (timestamp, created_at) = (event.timestamp.to_string(), event.created_at.to_string());
    let mut keen = vec![
        ("timestamp".to_owned(), Value::Text(timestamp)),
        ("created_at".to_owned(), Value::Text(created_at)),
        ("id".to_owned(), Value::text(event.id.as_str())),
    ];
    if let Some(Value::Object(stored)) = event.body.get(KEEN) {
        keen.extend(stored.iter().cloned());
    }
    Value::Object(keen)
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
