//! What is a stored key with the keys it was made within?

use crate::refusal::Refusal;
use crate::store::row::Row;
use keyhole_policy::key::{AccessKey, KeyDefinition};
use keyhole_policy::name::{KeyId, ProjectId};
use keyhole_policy::value::Value;
use keyhole_policy::wire::key_definition;

/// Reads `[[id, is_active, definition, made_by], …]`. `None` for a key that is not there, and for one whose line
/// is broken: a key within a key that is gone is gone.
pub fn read(project: ProjectId, line: &[Value]) -> Result<Option<AccessKey>, Refusal> {
    let mut own: Option<KeyId> = None;
    let mut definitions = Vec::new();
    let mut next: Option<String> = None;
    for (generation, item) in line.iter().enumerate() {
        let mut row = Row::new("access key", item)?;
        let id = row.text_or_null()?;
        let is_expected = match generation {
            0 => id.is_some(),
            _ => id == next.as_deref(),
        };
        if !is_expected {
            return Ok(None);
        }
        let Some(id) = id else {
            break;
        };
        if generation == 0 {
            let id = KeyId::parse(id).map_err(|_| Refusal::corrupt("access key"))?;
            own = Some(id);
        }
        let is_active = row.whole()? == 1;
        definitions.push(definition(row.value()?, is_active)?);
        next = row.text_or_null()?.map(str::to_owned);
        if next.is_none() {
            break;
        }
    }
    let is_whole = definitions.len() < line.len() || next.is_none();
    let mut definitions = definitions.into_iter();
    Ok(own
        .zip(definitions.next())
        .filter(|_| is_whole)
        .map(|(id, own)| AccessKey::new(id, project, own, definitions.collect())))
}

/// A stored definition; whether it is active is a column of its own.
fn definition(stored: &Value, is_active: bool) -> Result<KeyDefinition, Refusal> {
    let definition = key_definition(stored).map_err(|_| Refusal::corrupt("access key"))?;
    Ok(KeyDefinition {
        is_active,
        ..definition
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyhole_policy::value::parse;

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaa";
    const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbb";

    /// How many keys bind the one that is read.
    fn length(rows: &[(Option<&str>, Option<&str>)]) -> Option<usize> {
        let definition = parse(br#"{"name":"k","permitted":[]}"#).unwrap();
        let text = |text: Option<&str>| text.map_or(Value::Null, Value::text);
        let row = |(id, made_by): &(Option<&str>, Option<&str>)| {
            let active = Value::count(1);
            Value::List(vec![text(*id), active, definition.clone(), text(*made_by)])
        };
        let rows: Vec<Value> = rows.iter().map(row).collect();
        let project = ProjectId::from_random([0; 12]);
        let key = read(project, &rows).unwrap();
        key.map(|key| key.line().len())
    }

    #[test]
    fn a_key_whose_line_is_broken_is_no_key() {
        let none = (None, None);
        for (rows, expected) in [
            ([(Some(A), None), none, none], Some(1)),
            ([(Some(A), Some(B)), (Some(B), None), none], Some(2)),
            ([none, none, none], None),
            ([(Some(A), Some(B)), none, none], None),
            ([(Some(A), Some(B)), (Some(A), None), none], None),
            // Longer than is read: what lies beyond would not bind it.
            (
                [(Some(A), Some(B)), (Some(B), Some(A)), (Some(A), Some(B))],
                None,
            ),
        ] {
            assert_eq!(length(&rows), expected, "{rows:?}");
        }
    }
}
