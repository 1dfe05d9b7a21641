//! Which add-ons does an event ask for?

use crate::filter::Property;
use crate::limits;
use crate::name::PropertyPath;
use crate::value::Value;

/// Something to be found out about an event, and where it goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Addon {
    pub(super) kind: Kind,
    pub(super) output: PropertyPath,
}

/// What is to be found out, and from which properties of the event.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// `keen:ip_to_geo`
    IpToGeo { ip: Property, is_removed: bool },
    /// `keen:ua_parser`
    UserAgent { user_agent: Property },
    /// `keen:url_parser`
    Url { url: Property },
    /// `keen:referrer_parser`
    Referrer { referrer: Property, page: Property },
    /// `keen:date_time_parser`
    DateTime { date_time: Property },
}

/// Why a list of add-ons is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddonProblem {
    /// JSON pointer from the list.
    pub pointer: String,
    /// What stands there instead of what is expected, where it is a text.
    pub found: Option<String>,
    /// What is expected there, in words.
    pub expected: &'static str,
}

type Read<T> = Result<T, AddonProblem>;

const NAMES: &str = "the name of an add-on: keen:ip_to_geo, keen:ua_parser, keen:url_parser, \
                     keen:referrer_parser or keen:date_time_parser";
const PATH: &str = "the path of a property, such as \"user_agent\"";

impl Addon {
    /// Reads `keen.addons`.
    pub fn list(value: &Value) -> Read<Vec<Addon>> {
        let Value::List(items) = value else {
            return refused("", value, "a list of add-ons");
        };
        if items.len() > limits::ADDONS_MAX {
            return refused("", value, "at most 10 add-ons");
        }
        let read = |(at, item)| one(&format!("/{at}"), item);
        items.iter().enumerate().map(read).collect()
    }
}

fn one(pointer: &str, value: &Value) -> Read<Addon> {
    only(
        pointer,
        value,
        &["name", "input", "output"],
        "an add-on of name, input and output",
    )?;
    let at = |name: &str| format!("{pointer}/{name}");
    let named = get(value, "name");
    let input = Input {
        pointer: at("input"),
        value: get(value, "input"),
    };
    let kind = match named.as_text() {
        Some("keen:ip_to_geo") => {
            input.only(
                &["ip", "remove_ip_property"],
                "an object of ip and, if need be, remove_ip_property",
            )?;
            Kind::IpToGeo {
                ip: input.property("ip")?,
                is_removed: input.is_set("remove_ip_property")?,
            }
        }
        Some("keen:ua_parser") => {
            input.only(&["ua_string"], "an object of ua_string")?;
            Kind::UserAgent {
                user_agent: input.property("ua_string")?,
            }
        }
        Some("keen:url_parser") => {
            input.only(&["url"], "an object of url")?;
            Kind::Url {
                url: input.property("url")?,
            }
        }
        Some("keen:referrer_parser") => {
            input.only(
                &["referrer_url", "page_url"],
                "an object of referrer_url and page_url",
            )?;
            Kind::Referrer {
                referrer: input.property("referrer_url")?,
                page: input.property("page_url")?,
            }
        }
        Some("keen:date_time_parser") => {
            input.only(&["date_time"], "an object of date_time")?;
            Kind::DateTime {
                date_time: input.property("date_time")?,
            }
        }
        _ => return refused(&at("name"), named, NAMES),
    };
    let (output, sent) = (at("output"), get(value, "output"));
    let path = sent
        .as_text()
        .and_then(|text| PropertyPath::parse(text).ok());
    match path {
        None => refused(&output, sent, PATH),
        Some(path) if path.is_reserved() => {
            refused(&output, sent, "a path that is not below `keen`")
        }
        Some(output) => Ok(Addon { kind, output }),
    }
}

struct Input<'a> {
    pointer: String,
    value: &'a Value,
}

impl Input<'_> {
    fn only(&self, known: &[&str], expected: &'static str) -> Read<()> {
        only(&self.pointer, self.value, known, expected)
    }

    fn property(&self, name: &str) -> Read<Property> {
        let sent = get(self.value, name);
        let property = sent.as_text().map(Property::parse);
        match property {
            Some(Ok(property)) => Ok(property),
            _ => refused(&format!("{}/{name}", self.pointer), sent, PATH),
        }
    }

    fn is_set(&self, name: &str) -> Read<bool> {
        match self.value.get(name) {
            None => Ok(false),
            Some(Value::Bool(is_set)) => Ok(*is_set),
            Some(other) => refused(&format!("{}/{name}", self.pointer), other, "true or false"),
        }
    }
}

/// The property, or null.
fn get<'a>(value: &'a Value, name: &str) -> &'a Value {
    value.get(name).unwrap_or(&Value::Null)
}

/// A misspelt `remove_ip_property` must not keep an address.
fn only(pointer: &str, value: &Value, known: &[&str], expected: &'static str) -> Read<()> {
    let Value::Object(properties) = value else {
        return refused(pointer, value, expected);
    };
    let unknown = properties
        .iter()
        .find(|(name, _)| !known.contains(&name.as_str()));
    unknown.map_or(Ok(()), |(name, _)| {
        refused(pointer, &Value::text(name), expected)
    })
}

fn refused<T>(pointer: &str, found: &Value, expected: &'static str) -> Read<T> {
    Err(AddonProblem {
        pointer: pointer.to_owned(),
        found: found.as_text().map(str::to_owned),
        expected,
    })
}
