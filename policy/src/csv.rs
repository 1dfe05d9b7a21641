//! Which CSV do extracted events become? RFC 4180: one header row, one row for each event.

use crate::filter::Property;
use crate::value::Value;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// The events of an extraction, as [`crate::result::shape_events`] shapes them, with flat dotted names.
///
/// The columns are the properties that were asked for, else every path of any event in the order of
/// its first appearance, those under `keen` first. Missing and null are empty; an empty string is `""`.
pub fn csv(asked: Option<&[Property]>, events: &Value) -> String {
    let events = match events {
        Value::List(events) => events.as_slice(),
        _ => &[],
    };
    let columns = match asked {
        Some(properties) => properties.iter().map(Property::to_string).collect(),
        None => paths(events),
    };
    let mut text = String::new();
    if columns.is_empty() {
        return text;
    }
    row(&mut text, columns.iter().map(|name| quoted(name)));
    for event in events {
        row(&mut text, columns.iter().map(|path| field(event, path)));
    }
    text
}

/// A row of one empty field would read as no row at all.
fn row<'a>(text: &mut String, fields: impl Iterator<Item = Cow<'a, str>>) {
    let start = text.len();
    for (at, field) in fields.enumerate() {
        if at > 0 {
            text.push(',');
        }
        text.push_str(&field);
    }
    if text.len() == start {
        text.push_str("\"\"");
    }
    text.push_str("\r\n");
}

fn field<'a>(event: &'a Value, path: &str) -> Cow<'a, str> {
    let found = path
        .split('.')
        .try_fold(event, |value, step| value.get(step));
    match found {
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

fn paths(events: &[Value]) -> Vec<String> {
    let mut found = Paths::default();
    for event in events {
        found.add(event, "");
    }
    let (mut first, others): (Vec<String>, Vec<String>) = found
        .in_order
        .into_iter()
        .partition(|path| path == "keen" || path.starts_with("keen."));
    first.extend(others);
    first
}

#[derive(Default)]
struct Paths {
    seen: BTreeSet<String>,
    in_order: Vec<String>,
}

impl Paths {
    fn add(&mut self, value: &Value, path: &str) {
        match value {
            Value::Object(properties) if path.is_empty() || !properties.is_empty() => {
                for (name, value) in properties {
                    let below = match path {
                        "" => name.clone(),
                        _ => format!("{path}.{name}"),
                    };
                    self.add(value, &below);
                }
            }
            _ if self.seen.contains(path) => {}
            _ => {
                self.seen.insert(path.to_owned());
                self.in_order.push(path.to_owned());
            }
        }
    }
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
        csv(properties.as_deref(), &parse(events.as_bytes()).unwrap())
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
