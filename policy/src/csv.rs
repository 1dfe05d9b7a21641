//! Which CSV do extracted events become? RFC 4180: one header row, one row for each event.

use crate::filter::Property;
use crate::limits::{CSV_BYTES_MAX, CSV_COLUMNS_MAX, CSV_NAMES_BYTES_MAX};
use crate::value::Value;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// More than one CSV may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMuch {
    /// Of what.
    pub what: &'static str,
    /// How much there would be at least.
    pub at_least: usize,
    /// How much is allowed.
    pub limit: usize,
}

/// The events of an extraction, as [`crate::result::shape_events`] shapes them, with flat dotted names.
///
/// The columns are the properties that were asked for, else every path of any event in the order of
/// its first appearance, those under `keen` first. Missing and null are empty; an empty string is `""`.
pub fn csv(asked: Option<&[Property]>, events: &Value) -> Result<String, TooMuch> {
    let events = match events {
        Value::List(events) => events.as_slice(),
        _ => &[],
    };
    let columns = match asked {
        Some(properties) => properties.iter().map(Property::to_string).collect(),
        None => paths(events)?,
    };
    let mut text = String::new();
    if columns.is_empty() {
        return Ok(text);
    }
    row(&mut text, columns.iter().map(|name| quoted(name)))?;
    let mut places = Places::default();
    for (at, path) in columns.iter().enumerate() {
        places.add(path, at);
    }
    for event in events {
        let mut values = vec![None; columns.len()];
        places.find(event, &mut values);
        row(&mut text, values.into_iter().map(field))?;
    }
    Ok(text)
}

/// In which columns stands what lies at a path, and below it.
#[derive(Default)]
struct Places {
    columns: Vec<usize>,
    below: BTreeMap<String, Places>,
}

impl Places {
    fn add(&mut self, path: &str, column: usize) {
        let place = path.split('.').fold(self, |place, step| {
            place.below.entry(step.to_owned()).or_default()
        });
        place.columns.push(column);
    }

    /// One walk over the event, however many columns there are.
    fn find<'a>(&self, value: &'a Value, values: &mut [Option<&'a Value>]) {
        for column in &self.columns {
            if let Some(found) = values.get_mut(*column) {
                *found = Some(value);
            }
        }
        let Value::Object(properties) = value else {
            return;
        };
        for (name, value) in properties {
            if let Some(place) = self.below.get(name) {
                place.find(value, values);
            }
        }
    }
}

/// A row of one empty field would read as no row at all.
fn row<'a>(text: &mut String, fields: impl Iterator<Item = Cow<'a, str>>) -> Result<(), TooMuch> {
    let start = text.len();
    for (at, field) in fields.enumerate() {
        if at > 0 {
            text.push(',');
        }
        text.push_str(&field);
        at_most("bytes of CSV", text.len(), CSV_BYTES_MAX)?;
    }
    if text.len() == start {
        text.push_str("\"\"");
    }
    text.push_str("\r\n");
    at_most("bytes of CSV", text.len(), CSV_BYTES_MAX)
}

fn field(value: Option<&Value>) -> Cow<'_, str> {
    match value {
        None | Some(Value::Null) => Cow::Borrowed(""),
        Some(Value::Text(text)) if text.is_empty() => Cow::Borrowed("\"\""),
        Some(Value::Text(text)) => quoted(text),
        Some(other) => Cow::Owned(quoted(&other.to_string()).into_owned()),
    }
}

fn quoted(text: &str) -> Cow<'_, str> {
    if text.contains(['"', ',', '\r', '\n']) {
        Cow::Owned(format!("\"{}\"", text.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(text)
    }
}

fn paths(events: &[Value]) -> Result<Vec<String>, TooMuch> {
    let mut found = Paths::default();
    for event in events {
        found.add(event, &mut String::new())?;
    }
    let (mut first, others): (Vec<String>, Vec<String>) = found
        .in_order
        .into_iter()
        .partition(|path| path == "keen" || path.starts_with("keen."));
    first.extend(others);
    Ok(first)
}

#[derive(Default)]
struct Paths {
    seen: BTreeSet<String>,
    in_order: Vec<String>,
    bytes: usize,
}

impl Paths {
    fn add(&mut self, value: &Value, path: &mut String) -> Result<(), TooMuch> {
        match value {
            Value::Object(properties) if path.is_empty() || !properties.is_empty() => {
                for (name, value) in properties {
                    let before = path.len();
                    if before > 0 {
                        path.push('.');
                    }
                    path.push_str(name);
                    self.add(value, path)?;
                    path.truncate(before);
                }
                Ok(())
            }
            _ if self.seen.contains(path.as_str()) => Ok(()),
            _ => {
                self.bytes += path.len();
                self.seen.insert(path.clone());
                self.in_order.push(path.clone());
                let columns = self.in_order.len();
                at_most("columns", columns, CSV_COLUMNS_MAX)?;
                at_most("bytes of columns' names", self.bytes, CSV_NAMES_BYTES_MAX)
            }
        }
    }
}

fn at_most(what: &'static str, at_least: usize, limit: usize) -> Result<(), TooMuch> {
    if at_least <= limit {
        return Ok(());
    }
    Err(TooMuch {
        what,
        at_least,
        limit,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::parse;

    fn of(asked: Option<&[&str]>, events: &str) -> String {
        let properties = asked.map(|names| {
            let parsed = names.iter().map(|name| Property::parse(name).unwrap());
            parsed.collect::<Vec<_>>()
        });
        csv(properties.as_deref(), &parse(events.as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn a_property_asked_for_twice_and_what_lies_below_it_stand_in_each_of_their_columns() {
        let events = r#"[{"a":{"x":1}},{"a":2}]"#;
        assert_eq!(
            of(Some(&["a", "a.x", "a"]), events),
            "a,a.x,a\r\n\"{\"\"x\"\":1}\",1,\"{\"\"x\"\":1}\"\r\n2,,2\r\n"
        );
    }

    #[test]
    fn columns_and_bytes_beyond_the_limits_are_refused() {
        let wide = |names: usize, name: &str| {
            let properties = (0..names).map(|at| (format!("{name}{at}"), Value::Null));
            Value::List(vec![Value::Object(properties.collect())])
        };
        assert!(csv(None, &wide(10_000, "p")).is_ok());
        assert_eq!(csv(None, &wide(10_001, "p")).unwrap_err().what, "columns");
        // Names of 100 bytes each, and one byte more in one of them.
        let named = |last: usize| {
            let name = |at: usize| format!("{at:0>width$}", width = 100 + usize::from(at == last));
            let properties = (0..10_000).map(|at| (name(at), Value::Null));
            Value::List(vec![Value::Object(properties.collect())])
        };
        assert!(csv(None, &named(10_000)).is_ok());
        let names = csv(None, &named(0)).unwrap_err();
        assert_eq!(names.what, "bytes of columns' names");
        // Eighteen columns called `a`: 56 bytes beside the texts, line ends and all.
        let asked = vec![Property::parse("a").unwrap(); 18];
        let of_texts = |bytes: usize| {
            let event = Value::object([("a", Value::Text("x".repeat(bytes)))]);
            csv(Some(&asked), &Value::List(vec![event]))
        };
        let longest = (20_000_000 - 56) / 18;
        assert_eq!(of_texts(longest).unwrap().len(), 20_000_000);
        let text = of_texts(longest + 1).unwrap_err();
        assert_eq!((text.what, text.limit), ("bytes of CSV", 20_000_000));
    }

    #[test]
    fn columns_are_every_path_in_order_of_appearance_with_keen_first() {
        let events = r#"[{"b":1,"a":{"y":2},"keen":{"id":"i"}},{"a":{"x":3,"y":4},"c":{}}]"#;
        assert_eq!(
            of(None, events),
            "keen.id,b,a.y,a.x,c\r\ni,1,2,,\r\n,,4,3,{}\r\n"
        );
    }

    #[test]
    fn columns_are_the_asked_for_properties_in_their_order() {
        let events = r#"[{"a":{"x":1},"b":2}]"#;
        assert_eq!(
            of(Some(&["b", "no", "a.x", "a"]), events),
            "b,no,a.x,a\r\n2,,1,\"{\"\"x\"\":1}\"\r\n"
        );
    }

    #[test]
    fn a_field_is_quoted_where_it_must_be() {
        for (json, field) in [
            (r#""a""#, "a"),
            (r#""a,b""#, "\"a,b\""),
            (r#""\"a\"""#, "\"\"\"a\"\"\""),
            (r#""a\r\nb""#, "\"a\r\nb\""),
            (r#"" ż ""#, " ż "),
            (r#""""#, "\"\""),
            ("null", "\"\""),
            ("true", "true"),
            ("-1.5e300", "-1.5e300"),
            ("[]", "[]"),
            (r#"[1,"x",{"y":null}]"#, r#""[1,""x"",{""y"":null}]""#),
        ] {
            assert_eq!(
                of(Some(&["v"]), &format!(r#"[{{"v":{json}}}]"#)),
                format!("v\r\n{field}\r\n")
            );
        }
    }

    #[test]
    fn no_events_are_the_header_where_it_is_known_and_nothing_where_not() {
        assert_eq!(of(Some(&["a", "b"]), "[]"), "a,b\r\n");
        assert_eq!(of(None, "[]"), "");
    }
}
