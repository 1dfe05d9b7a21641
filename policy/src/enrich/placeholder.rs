//! Which texts stand for something that only the receiver knows?

use super::{Surroundings, TooMuch};
use crate::limits;
use crate::value::Value;
use std::borrow::Cow;

const ADDRESS: &str = "${keen.ip}";
const USER_AGENT: &str = "${keen.user_agent}";

/// Does a string that is filled in on receipt stand anywhere in this value?
pub fn holds_placeholder(value: &Value) -> bool {
    match value {
        Value::Text(text) => text == ADDRESS || text == USER_AGENT,
        Value::List(items) => items.iter().any(holds_placeholder),
        Value::Object(properties) => properties.iter().any(|(_, value)| holds_placeholder(value)),
        _ => false,
    }
}

/// The value with each placeholder replaced, by null where what it stands for is not known.
pub fn filled<'a>(
    value: &'a Value,
    surroundings: &Surroundings,
    room: &mut usize,
) -> Result<Cow<'a, Value>, TooMuch> {
    if !holds_placeholder(value) {
        return Ok(Cow::Borrowed(value));
    }
    let address = surroundings.address.map(|address| address.to_string());
    let filling = Filling {
        address: address.map_or(Value::Null, Value::Text),
        user_agent: surroundings
            .user_agent
            .clone()
            .map_or(Value::Null, Value::Text),
    };
    let mut bytes = 0;
    let filled = filling.fill(value, &mut bytes, room)?;
    Ok(Cow::Owned(filled))
}

struct Filling {
    address: Value,
    user_agent: Value,
}

impl Filling {
    /// `bytes` counts what was put in, `room` what may be: a short placeholder may stand for a long text, thousands of times.
    fn fill(&self, value: &Value, bytes: &mut usize, room: &mut usize) -> Result<Value, TooMuch> {
        let mut put = |filling: &Value, room: &mut usize| {
            let length = filling.as_text().map_or(0, str::len);
            *room = room.checked_sub(length).ok_or(TooMuch::InRequest)?;
            *bytes += length;
            if *bytes > limits::EVENT_BYTES_MAX {
                return Err(TooMuch::InEvent(*bytes));
            }
            Ok(filling.clone())
        };
        match value {
            Value::Text(text) if text == ADDRESS => put(&self.address, room),
            Value::Text(text) if text == USER_AGENT => put(&self.user_agent, room),
            Value::List(items) => {
                let filled = items.iter().map(|item| self.fill(item, bytes, room));
                Ok(Value::List(filled.collect::<Result<_, _>>()?))
            }
            Value::Object(properties) => {
                let filled = properties
                    .iter()
                    .map(|(name, value)| Ok((name.clone(), self.fill(value, bytes, room)?)));
                Ok(Value::Object(filled.collect::<Result<_, _>>()?))
            }
            other => Ok(other.clone()),
        }
    }
}
