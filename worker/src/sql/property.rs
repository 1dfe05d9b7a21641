//! How is a property read in SQL? As JSON text, as its type, as a plain value, as a number.

use super::Constants;
use keyhole_policy::filter::Property;
use keyhole_policy::name::PropertyPath;
use keyhole_policy::value::Value;

/// A property's canonical JSON text, read once for a row and kept in a column.
///
/// Reading it out of the body is most of what a row costs, so its number comes from the text.
pub struct ReadOnce {
    /// The text; NULL when missing.
    pub json: String,
    /// Its number; NULL for anything else.
    pub number: String,
}

impl ReadOnce {
    /// What stands in the column of this name.
    pub fn from_column(name: &str) -> ReadOnce {
        ReadOnce {
            json: name.to_owned(),
            // Only numbers begin with `-` or a digit.
            number: format!("CASE WHEN {name} >= '-' AND {name} < ':' THEN {name} + 0 END"),
        }
    }
}

/// Expressions over one row of `event_with_body e`.
pub struct PropertySql {
    /// Its canonical JSON text; NULL when missing.
    pub json: String,
    /// SQLite's word for its JSON type; NULL when missing.
    pub json_type: String,
    /// Its value as SQLite has it: text unquoted, booleans as 0 and 1.
    pub value: String,
    /// Its number; NULL for anything else.
    pub number: String,
    /// The rows of its list: a table with `key`, `type` and `value`.
    pub items: String,
    /// The canonical JSON text of the item `i` of its list.
    pub item_json: String,
}

/// The expressions for a property.
pub fn property(property: &Property, constants: &mut Constants) -> PropertySql {
    match property {
        Property::InBody(path) => in_body(path, constants),
        Property::Id => column("e.id"),
        Property::Timestamp => column(&iso("e.ts")),
        Property::CreatedAt => column(&iso("e.created_at")),
    }
}

fn in_body(path: &PropertyPath, constants: &mut Constants) -> PropertySql {
    in_body_at(&constants.bind(Value::Text(json_path(path))))
}

/// The expressions for a property whose path in SQLite's JSON syntax is an expression.
pub(super) fn in_body_at(path: &str) -> PropertySql {
    let json_type = format!("json_type(e.body,{path})");
    let value = format!("(e.body->>{path})");
    let number = format!("CASE WHEN {json_type} IN('integer','real') THEN {value} END");
    PropertySql {
        json: format!("(e.body->{path})"),
        json_type,
        value,
        number,
        items: format!("json_each(e.body,{path})i"),
        item_json: format!("(e.body->({path}||'['||i.key||']'))"),
    }
}

/// A column that always holds text.
fn column(value: &str) -> PropertySql {
    PropertySql {
        json: format!("('\"' || {value} || '\"')"),
        json_type: "'text'".to_owned(),
        value: value.to_owned(),
        number: "NULL".to_owned(),
        items: "json_each('[]') i".to_owned(),
        item_json: "NULL".to_owned(),
    }
}

/// Milliseconds as canonical ISO 8601: whole seconds by SQLite's calendar, the rest by arithmetic,
/// so that no floating point is near.
fn iso(column: &str) -> String {
    let seconds = format!("(({column} - {column} % 1000) / 1000 - ({column} % 1000 < 0))");
    let milliseconds = format!("(({column} % 1000 + 1000) % 1000)");
    format!(
        "(strftime('%Y-%m-%dT%H:%M:%S', {seconds}, 'unixepoch') || printf('.%03dZ', {milliseconds}))"
    )
}

/// A path in SQLite's JSON syntax, every step quoted.
pub(super) fn json_path(path: &PropertyPath) -> String {
    let steps = path
        .steps()
        .iter()
        .map(|step| format!(".{}", Value::text(step.as_str())));
    std::iter::once("$".to_owned()).chain(steps).collect()
}
