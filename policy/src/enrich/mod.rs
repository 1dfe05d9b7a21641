//! What is put into an event when it is received? The caller's address and browser, and what add-ons find out.
//!
//! All of it is as if the caller had sent it: what a key allows is asked afterwards.

mod addon;
mod date_time;
mod ip_to_geo;
mod placeholder;
mod referrer;
mod referrers;
mod url;
mod user_agent;
mod user_agents;

pub use addon::{Addon, AddonProblem};
pub use placeholder::{filled, holds_placeholder};
pub use url::query_pairs;

use crate::filter::Property;
use crate::limits;
use crate::name::PropertyPath;
use crate::time::Instant;
use crate::value::Value;
use addon::Kind;
use std::borrow::Cow;
use std::net::IpAddr;

/// What is known of who sends an event, beside what is sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Surroundings {
    /// The caller's address.
    pub address: Option<IpAddr>,
    /// The header `User-Agent`.
    pub user_agent: Option<String>,
    /// Where that address is.
    pub geography: Geography,
}

/// Where an address is, as far as is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Geography {
    /// `Warsaw`
    pub city: Option<String>,
    /// The name of the region or province.
    pub region: Option<String>,
    /// Two letters of ISO 3166.
    pub country: Option<String>,
    /// Two letters: `EU`, `NA`, …
    pub continent: Option<String>,
    /// A postal code.
    pub postal_code: Option<String>,
    /// Degrees, as text: east of Greenwich, north of the equator.
    pub coordinates: Option<(String, String)>,
    /// `Europe/Warsaw`
    pub timezone: Option<String>,
}

impl Surroundings {
    /// The same, with texts that nobody sends in good faith cut.
    pub fn bounded(self) -> Surroundings {
        let cut = |text: String| match text.char_indices().nth(limits::USER_AGENT_CHARACTERS_MAX) {
            Some((at, _)) => text.get(..at).unwrap_or_default().to_owned(),
            None => text,
        };
        let user_agent = self.user_agent.map(cut);
        Surroundings { user_agent, ..self }
    }
}

/// An event's object on its way in, and what add-ons may read beside it.
#[derive(Debug)]
pub struct Incoming<'a> {
    /// The event's object.
    pub body: Value,
    /// What `keen.timestamp` is.
    pub timestamp: Instant,
    /// What `keen.created_at` is.
    pub created_at: Instant,
    /// Who sends it.
    pub surroundings: &'a Surroundings,
}

/// Why placeholders are not filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooMuch {
    /// The event would be larger than events are: so many bytes.
    InEvent(usize),
    /// More would be put into the events of one request than [`limits::FILLED_IN_BYTES_MAX`].
    InRequest,
}

/// The event's object with its placeholders filled, and then with what its add-ons find, one after the other.
///
/// An add-on never loses an event: without its input, in the way of something else, or without room, it finds
/// nothing. `room` is what may still be put into the events of the request, in bytes: a short add-on finds long texts.
pub fn enrich(incoming: Incoming, addons: &[Addon], room: &mut usize) -> Result<Value, TooMuch> {
    let surroundings = incoming.surroundings;
    let (body, is_filled) = match filled(&incoming.body, surroundings, room)? {
        Cow::Borrowed(_) => (None, false),
        Cow::Owned(body) => (Some(body), true),
    };
    let mut incoming = match body {
        Some(body) => Incoming { body, ..incoming },
        None => incoming,
    };
    if !is_filled && addons.is_empty() {
        return Ok(incoming.body);
    }
    let size = incoming.body.to_string().len();
    let mut room_in_event = limits::EVENT_BYTES_MAX
        .checked_sub(size)
        .ok_or(TooMuch::InEvent(size))?;
    for addon in addons {
        let found = incoming.find(addon);
        if let Kind::IpToGeo {
            ip,
            is_removed: true,
        } = &addon.kind
        {
            incoming.forget(ip);
        }
        let Some(found) = found else { continue };
        let bytes = found.to_string().len() + 5 * addon.output.to_string().len();
        let depth = found.depth() + addon.output.steps().len();
        if bytes <= room_in_event.min(*room) && depth <= limits::EVENT_DEPTH_MAX {
            room_in_event -= bytes;
            *room -= bytes;
            merge(&mut incoming.body, addon.output.steps(), &found);
        }
    }
    Ok(incoming.body)
}

impl Incoming<'_> {
    fn find(&self, addon: &Addon) -> Option<Value> {
        match &addon.kind {
            Kind::IpToGeo { ip, .. } => ip_to_geo::find(&self.text(ip)?, self.surroundings),
            Kind::UserAgent { user_agent } => user_agent::find(&self.text(user_agent)?),
            Kind::Url { url } => url::find(&self.text(url)?),
            Kind::Referrer { referrer, page } => {
                Some(referrer::find(&self.text(referrer)?, &self.text(page)?))
            }
            Kind::DateTime { date_time } => date_time::find(&self.text(date_time)?),
        }
    }

    /// The input that stands at a property, if it is a text that is worth reading.
    fn text(&self, property: &Property) -> Option<Cow<'_, str>> {
        let text: Cow<str> = match property {
            Property::Timestamp => self.timestamp.to_string().into(),
            Property::CreatedAt => self.created_at.to_string().into(),
            Property::Id => return None,
            Property::InBody(path) => self.body.at(path)?.as_text()?.into(),
        };
        (text.len() <= limits::ADDON_INPUT_BYTES_MAX).then_some(text)
    }

    fn forget(&mut self, property: &Property) {
        if let Property::InBody(path) = property {
            remove(&mut self.body, path);
        }
    }
}

fn remove(object: &mut Value, path: &PropertyPath) {
    let Some((last, before)) = path.steps().split_last() else {
        return;
    };
    let parent = before.iter().try_fold(object, |object, step| {
        let Value::Object(properties) = object else {
            return None;
        };
        let found = properties.iter_mut().find(|(name, _)| name == step);
        found.map(|(_, value)| value)
    });
    if let Some(Value::Object(properties)) = parent {
        properties.retain(|(name, _)| name != last);
    }
}

/// Puts an object into another at a path. What is there and is no object stays, and nothing is put.
fn merge(object: &mut Value, steps: &[String], found: &Value) {
    let Value::Object(properties) = object else {
        return;
    };
    let Some((step, rest)) = steps.split_first() else {
        *object = std::mem::replace(object, Value::Null).overlaid_with(found);
        return;
    };
    if !properties.iter().any(|(name, _)| name == step) {
        properties.push((step.clone(), Value::Null));
    }
    let Some((_, value)) = properties.iter_mut().find(|(name, _)| name == step) else {
        return;
    };
    if *value == Value::Null {
        *value = Value::Object(Vec::new());
    }
    merge(value, rest, found);
}
