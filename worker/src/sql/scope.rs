//! Under which scope does an event lie, and under which scopes may a question's events lie?
//!
//! The scope is the value of the project's scope property, written so that every value a filter can
//! pin is found by equality. It is only where rows lie: the filter itself is always applied as well.

use super::Constants;
use super::property::json_path;
use keyhole_policy::filter::{Filter, Property, Test};
use keyhole_policy::name::PropertyPath;
use keyhole_policy::value::Value;
use sha2::{Digest, Sha256};

/// The longest value that stands in the index itself, in bytes of JSON.
const BYTES_MAX: usize = 128;
const MISSING: &str = "";
const LIST: &str = "[";
const OBJECT: &str = "{";
/// Where a long value lies that was moved: SQLite cannot hash it.
const MOVED: &str = "#";

/// The scope of an event whose scope property has this value.
pub fn scope_of(value: Option<&Value>) -> String {
    match value {
        None => MISSING.to_owned(),
        Some(Value::List(_)) => LIST.to_owned(),
        Some(Value::Object(_)) => OBJECT.to_owned(),
        Some(scalar) => {
            let json = scalar.to_string();
            if json.len() <= BYTES_MAX {
                json
            } else {
                format!("#{}", super::hexadecimal(&Sha256::digest(json)))
            }
        }
    }
}

/// Whose event it is, as its id tells tokens apart: all lists lie under one scope, and all objects, but are not one customer.
pub fn namesake_of(value: Option<&Value>) -> String {
    match value {
        Some(whole @ (Value::List(_) | Value::Object(_))) => whole.to_string(),
        _ => scope_of(value),
    }
}

/// The scope under which such an event lies once it was moved there by [`moved_scope`].
pub fn moved_scope_of(value: Option<&Value>) -> String {
    let scope = scope_of(value);
    if scope.starts_with(MOVED) {
        return MOVED.to_owned();
    }
    scope
}

/// The same in SQL, over a row of `event_with_body e`.
pub fn moved_scope(path: &PropertyPath, constants: &mut Constants) -> String {
    let path = constants.bind(Value::Text(json_path(path)));
    let (kind, json) = (
        format!("json_type(e.body,{path})"),
        format!("(e.body->{path})"),
    );
    format!(
        "CASE WHEN {kind} IS NULL THEN '{MISSING}' WHEN {kind} = 'array' THEN '{LIST}' WHEN {kind} = 'object' THEN '{OBJECT}' \
         WHEN length(CAST({json} AS BLOB)) > {BYTES_MAX} THEN '{MOVED}' ELSE {json} END"
    )
}

/// Every scope under which an event may lie that passes the filter; `None` when that may be any.
pub fn scopes_of(filter: &Filter, scope_property: &PropertyPath) -> Option<Vec<String>> {
    match filter {
        Filter::All(filters) => filters
            .iter()
            .find_map(|filter| scopes_of(filter, scope_property)),
        Filter::Any(_) => None,
        Filter::Test(Property::InBody(path), test) if path == scope_property => match test {
            Test::Equal(operand) => Some(scopes_equal_to(&[operand])),
            Test::In(operands) => Some(scopes_equal_to(&operands.iter().collect::<Vec<_>>())),
            _ => None,
        },
        Filter::Test(..) => None,
    }
}

/// A list passes when it holds the operand, so all lists lie under one scope that is looked at too.
fn scopes_equal_to(operands: &[&Value]) -> Vec<String> {
    let mut scopes: Vec<String> = operands
        .iter()
        .flat_map(|operand| [scope_of(Some(operand)), moved_scope_of(Some(operand))])
        .collect();
    if operands.contains(&&Value::Null) {
        scopes.push(MISSING.to_owned());
    }
    scopes.push(LIST.to_owned());
    scopes.sort();
    scopes.dedup();
    scopes
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyhole_policy::value::parse;
    use keyhole_policy::wire::{Area, Node, filters};

    fn scopes(filter: &str) -> Option<Vec<String>> {
        let value = parse(filter.as_bytes()).unwrap();
        let filter = filters(&Node::root(Area::Filter, &value)).unwrap();
        scopes_of(&filter, &PropertyPath::parse("customer.id").unwrap())
    }

    #[test]
    fn only_a_conjunction_that_pins_the_scope_property_narrows_where_rows_lie() {
        let pin = r#"{"property_name":"customer.id","operator":"eq","property_value":"a"}"#;
        let other = r#"{"property_name":"x","operator":"eq","property_value":1}"#;
        let found = Some(vec!["\"a\"".to_owned(), "[".to_owned()]);
        assert_eq!(scopes(&format!("[{pin}]")), found);
        assert_eq!(scopes(&format!("[{other},{pin}]")), found);
        assert_eq!(scopes(&format!("[{other}]")), None);
        let either = format!(r#"[{{"operator":"or","operands":[{pin},{other}]}}]"#);
        assert_eq!(scopes(&either), None);
        assert_eq!(
            scopes(
                &pin.replace("\"eq\"", "\"ne\"")
                    .replace('{', "[{")
                    .replace('}', "}]")
            ),
            None
        );
    }

    #[test]
    fn values_of_different_types_lie_apart_and_null_lies_with_missing() {
        let list = r#"[{"property_name":"customer.id","operator":"in","property_value":[1,"1",true,null]}]"#;
        let expected = ["", "\"1\"", "1", "[", "null", "true"].map(str::to_owned);
        assert_eq!(scopes(list), Some(expected.to_vec()));
    }

    #[test]
    fn a_long_value_lies_under_its_hash() {
        let long = Value::Text("x".repeat(10_000));
        assert_eq!(scope_of(Some(&long)).len(), 65);
        assert_eq!(moved_scope_of(Some(&long)), "#");
        assert_ne!(
            scope_of(Some(&long)),
            scope_of(Some(&Value::Text("x".repeat(10_001))))
        );
    }
}
