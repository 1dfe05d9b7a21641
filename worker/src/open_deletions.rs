//! Which deletions are being carried out? As they are kept, and as they are meant.

use crate::refusal::Refusal;
use crate::sql::hidden::{Gone, Open};
use crate::sql::regex::Matches;
use crate::sql::whole;
use crate::store::row::Row;
use keyhole_policy::name::PropertyPath;
use keyhole_policy::time::{Instant, Span};
use keyhole_policy::value::Value;
use keyhole_policy::wire::{Area, Node, filters, print_filters};

const PLACE: &str = "deletion";

/// Reads a list of `[id, at, collections, what]`.
pub fn open_deletions(listed: &[Value]) -> Result<Vec<Open>, Refusal> {
    let read = |item| open_deletion(&mut Row::new(PLACE, item)?);
    listed.iter().map(read).collect()
}

/// Reads `id, at, collections, what`, the next values of a row.
pub fn open_deletion(row: &mut Row) -> Result<Open, Refusal> {
    let id = row.text()?.to_owned();
    let at = row.instant()?;
    let whole = |value: &Value| value.as_number().and_then(|number| number.whole());
    let collections: Option<Vec<i64>> = row.list()?.iter().map(whole).collect();
    Ok(Open {
        id,
        at,
        collections: collections.ok_or_else(|| Refusal::corrupt(PLACE))?,
        gone: gone(row.value()?).ok_or_else(|| Refusal::corrupt(PLACE))?,
    })
}

/// What is taken away, as it is kept.
pub fn print_gone(gone: &Gone) -> Value {
    match gone {
        Gone::Everything => Value::object([("kind", Value::text("everything"))]),
        Gone::Property(path) => Value::object([
            ("kind", Value::text("property")),
            ("path", Value::Text(path.to_string())),
        ]),
        Gone::Events {
            span,
            filter,
            matches,
        } => {
            let span = span.map_or(Value::Null, |span| {
                let ends = [span.start(), span.end()];
                Value::List(ends.map(|end| whole(end.milliseconds())).to_vec())
            });
            Value::object([
                ("kind", Value::text("events")),
                ("span", span),
                ("filters", print_filters(filter)),
                ("matches", matches.print()),
            ])
        }
    }
}

fn gone(kept: &Value) -> Option<Gone> {
    match kept.get("kind")?.as_text()? {
        "everything" => Some(Gone::Everything),
        "property" => {
            let path = PropertyPath::parse(kept.get("path")?.as_text()?).ok()?;
            Some(Gone::Property(path))
        }
        "events" => {
            let span = match kept.get("span")? {
                Value::Null => None,
                Value::List(ends) => Some(span(ends)?),
                _ => return None,
            };
            Some(Gone::Events {
                span,
                filter: filters(&Node::root(Area::Filter, kept.get("filters")?)).ok()?,
                matches: Matches::read(kept.get("matches")?)?,
            })
        }
        _ => None,
    }
}

fn span(ends: &[Value]) -> Option<Span> {
    let [start, end] = ends else {
        return None;
    };
    let instant = |value: &Value| Instant::from_milliseconds(value.as_number()?.whole()?);
    Span::new(instant(start)?, instant(end)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyhole_policy::value::parse;

    #[test]
    fn what_is_kept_is_read_back_as_it_was_meant() {
        for kept in [
            r#"{"kind":"everything"}"#,
            r#"{"kind":"property","path":"a.b"}"#,
            r#"{"kind":"events","span":null,"filters":[{"property_name":"a","operator":"regex","property_value":"x"}],"matches":[["a","x",["ax","x"]]]}"#,
            r#"{"kind":"events","span":[-1,5],"filters":[{"operator":"or","operands":[{"property_name":"keen.created_at","operator":"lt","property_value":"2026-01-01T00:00:00.000Z"}]}],"matches":[]}"#,
        ] {
            let value = parse(kept.as_bytes()).unwrap();
            assert_eq!(print_gone(&gone(&value).unwrap()).to_string(), kept);
        }
        for spoilt in [
            "{}",
            "[]",
            r#"{"kind":"events"}"#,
            r#"{"kind":"events","span":null,"filters":null,"matches":[]}"#,
        ] {
            assert!(
                gone(&parse(spoilt.as_bytes()).unwrap()).is_none(),
                "{spoilt}"
            );
        }
    }
}
