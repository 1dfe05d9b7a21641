//! How is an access key answered to who manages it?

use crate::context::Context;
use crate::refusal::Refusal;
use crate::store::row::Row;
use keyhole_policy::name::ProjectId;
use keyhole_policy::time::Instant;
use keyhole_policy::value::Value;

/// A key from a row `[id, is_active, definition, created_at, updated_at, hash, sealed]`.
pub fn from_row(context: &Context, project: &ProjectId, row: &Value) -> Result<Value, Refusal> {
    let mut row = Row::new("access key", row)?;
    let id = row.text()?;
    let is_active = row.whole()? == 1;
    let definition = row.value()?;
    let (created_at, updated_at) = (row.whole()?, row.whole()?);
    let _hash = row.text()?;
    let sealed = row.text_or_null()?;
    let key = context
        .seal
        .as_ref()
        .zip(sealed)
        .and_then(|(seal, sealed)| seal.open(sealed));
    let key = key.map_or(Value::Null, Value::Text);
    let dates = [created_at, updated_at].map(Instant::from_milliseconds);
    let [Some(created_at), Some(updated_at)] = dates else {
        return Err(Refusal::corrupt("access key"));
    };
    Ok(answer(
        project, id, key, is_active, definition, created_at, updated_at,
    ))
}

/// The object. `key` is null where it cannot be shown again.
pub fn answer(
    project: &ProjectId,
    id: &str,
    key: Value,
    is_active: bool,
    definition: &Value,
    created_at: Instant,
    updated_at: Instant,
) -> Value {
    let mut properties = vec![
        ("key".to_owned(), key),
        ("id".to_owned(), Value::text(id)),
        ("project_id".to_owned(), Value::text(project.as_str())),
        ("is_active".to_owned(), Value::Bool(is_active)),
    ];
    if let Value::Object(stored) = definition {
        properties.extend(stored.iter().cloned());
    }
    properties.push(("created_at".to_owned(), Value::Text(created_at.to_string())));
    properties.push(("updated_at".to_owned(), Value::Text(updated_at.to_string())));
    Value::Object(properties)
}

/// What is kept of a definition as sent: all but what is answered from elsewhere. `options` is always there.
pub fn kept_definition(sent: Value) -> Value {
    let elsewhere = [
        "key",
        "id",
        "project_id",
        "is_active",
        "created_at",
        "updated_at",
    ];
    let Value::Object(mut properties) = sent else {
        return sent;
    };
    properties.retain(|(name, value)| !elsewhere.contains(&name.as_str()) && *value != Value::Null);
    if !properties.iter().any(|(name, _)| name == "options") {
        properties.push(("options".to_owned(), Value::Object(Vec::new())));
    }
    Value::Object(properties)
}
