//! Which SQL condition is a filter? Rendered from the tree, in parentheses at every node.
//!
//! A condition is 0 or 1 and never NULL, so that NOT and OR mean what they say.

use super::Constants;
use super::property::{PropertySql, json_path, property};
use super::regex::Matches;
use keyhole_policy::filter::{
    Circle, Comparison, EARTH_RADIUS_MILES, Filter, Operand, Property, Test,
};
use keyhole_policy::time::Instant;
use keyhole_policy::value::{Number, Value};

/// The condition over one row of `event_with_body e`.
pub fn condition(filter: &Filter, matches: &Matches, constants: &mut Constants) -> String {
    match filter {
        Filter::All(filters) => joined(filters, "AND", "1", matches, constants),
        Filter::Any(filters) => joined(filters, "OR", "0", matches, constants),
        Filter::Test(tested, test) => {
            let row = property(tested, constants);
            format!(
                "({})",
                test_condition(tested, test, &row, matches, constants)
            )
        }
    }
}

/// A balanced tree of parentheses: SQLite takes expressions no deeper than 100.
fn joined(
    filters: &[Filter],
    word: &str,
    nothing: &str,
    matches: &Matches,
    constants: &mut Constants,
) -> String {
    match filters {
        [] => nothing.to_owned(),
        [only] => condition(only, matches, constants),
        several => {
            let (left, right) = several.split_at(several.len() / 2);
            let left = joined(left, word, nothing, matches, constants);
            let right = joined(right, word, nothing, matches, constants);
            format!("({left} {word} {right})")
        }
    }
}

fn test_condition(
    tested: &Property,
    test: &Test,
    row: &PropertySql,
    matches: &Matches,
    constants: &mut Constants,
) -> String {
    let PropertySql {
        json,
        json_type,
        value,
        ..
    } = row;
    match test {
        Test::Equal(operand) => equal(row, operand, constants),
        Test::NotEqual(operand) => format!("NOT ({})", equal(row, operand, constants)),
        Test::Compare(comparison, operand) => compare(tested, *comparison, operand, row, constants),
        Test::Exists(true) => format!("{json_type} IS NOT NULL"),
        Test::Exists(false) => format!("{json_type} IS NULL"),
        Test::In(operands) => {
            let texts = operands
                .iter()
                .map(|operand| Value::Text(operand.to_string()));
            let list = constants.bind_list(texts.collect());
            let item = format!("{} IN {list}", row.item_json);
            format!(
                "coalesce({json}, 'null') IN {list} OR {}",
                any_item(row, &item)
            )
        }
        Test::Contains(operand) => contains(row, operand, constants),
        Test::NotContains(operand) => format!("NOT ({})", contains(row, operand, constants)),
        Test::Within(circle) => within(tested, circle, row, constants),
        Test::Regex(pattern) => {
            let found = matches
                .of(tested, pattern)
                .iter()
                .map(|text| Value::text(text.as_str()));
            let list = constants.bind_list(found.collect());
            format!("coalesce({json_type} = 'text' AND {value} IN {list}, 0)")
        }
    }
}

fn equal(row: &PropertySql, operand: &Value, constants: &mut Constants) -> String {
    let json = constants.bind(Value::Text(operand.to_string()));
    let item = item_is(operand, constants);
    format!(
        "coalesce({}, 'null') = {json} OR {}",
        row.json,
        any_item(row, &item)
    )
}

fn contains(row: &PropertySql, operand: &Value, constants: &mut Constants) -> String {
    let item = any_item(row, &item_is(operand, constants));
    if !matches!(operand, Value::Text(_)) {
        return item;
    }
    let part = constants.bind(operand.clone());
    // instr, not LIKE: D1 takes LIKE patterns of 50 bytes only, and % is a character like others.
    format!(
        "coalesce({} = 'text' AND instr({}, {part}) > 0, 0) OR {item}",
        row.json_type, row.value
    )
}

fn any_item(row: &PropertySql, condition: &str) -> String {
    let list = format!("coalesce({} = 'array', 0)", row.json_type);
    format!(
        "({list} AND EXISTS (SELECT 1 FROM {} WHERE {condition}))",
        row.items
    )
}

/// Is the list item `i` this scalar?
fn item_is(operand: &Value, constants: &mut Constants) -> String {
    match operand {
        Value::Null => "i.type = 'null'".to_owned(),
        Value::Bool(true) => "i.type = 'true'".to_owned(),
        Value::Bool(false) => "i.type = 'false'".to_owned(),
        Value::Number(_) => {
            let number = constants.bind(operand.clone());
            format!("i.type IN ('integer', 'real') AND i.value = {number}")
        }
        _ => {
            let text = constants.bind(operand.clone());
            format!("i.type = 'text' AND i.value = {text}")
        }
    }
}

fn compare(
    tested: &Property,
    comparison: Comparison,
    operand: &Operand,
    row: &PropertySql,
    constants: &mut Constants,
) -> String {
    let sign = match comparison {
        Comparison::Less => "<",
        Comparison::LessOrEqual => "<=",
        Comparison::Greater => ">",
        Comparison::GreaterOrEqual => ">=",
    };
    let column = match tested {
        Property::Timestamp => Some("e.ts"),
        Property::CreatedAt => Some("e.created_at"),
        _ => None,
    };
    match (operand, column) {
        (Operand::Text(text), Some(column)) => match Instant::parse(text) {
            Some(instant) => format!(
                "{column} {sign} {}",
                constants.bind_whole(instant.milliseconds())
            ),
            None => "0".to_owned(),
        },
        (Operand::Text(text), None) => {
            let bound = constants.bind(Value::text(text.as_str()));
            format!(
                "coalesce({} = 'text' AND {} {sign} {bound}, 0)",
                row.json_type, row.value
            )
        }
        (Operand::Number(number), _) => {
            let bound = constants.bind(Value::Number(*number));
            format!("coalesce({} {sign} {bound}, 0)", row.number)
        }
    }
}

/// The haversine formula, on lists of two numbers within range.
fn within(
    tested: &Property,
    circle: &Circle,
    row: &PropertySql,
    constants: &mut Constants,
) -> String {
    let Property::InBody(path) = tested else {
        return "0".to_owned();
    };
    let mut item = |at: usize| constants.bind(Value::Text(format!("{}[{at}]", json_path(path))));
    let number = |item: &str| {
        format!("CASE WHEN json_type(e.body,{item}) IN('integer','real') THEN e.body->>{item} END")
    };
    let (longitude, latitude, third) = (number(&item(0)), number(&item(1)), item(2));
    let mut bind =
        |double: f64| constants.bind(Number::new(double).map_or(Value::Null, Value::Number));
    let (centre_x, centre_y) = (bind(circle.centre.longitude), bind(circle.centre.latitude));
    let (radius, diameter) = (bind(circle.radius_miles), bind(2.0 * EARTH_RADIUS_MILES));
    // pow, not power: D1 lets nobody use the latter.
    let half_chord = |to: &str, from: &str| format!("pow(sin(radians({to}-{from})/2.0),2)");
    let chord = format!(
        "{}+cos(radians({centre_y}))*cos(radians(y))*{}",
        half_chord("y", &centre_y),
        half_chord("x", &centre_x),
    );
    let is_place = format!("{} = 'array' AND e.body->{third} IS NULL", row.json_type);
    let is_near = format!(
        "abs(x) <= 180 AND abs(y) <= 90 AND {diameter}*asin(min(1.0,sqrt({chord}))) <= {radius}"
    );
    format!(
        "coalesce({is_place} AND EXISTS (SELECT 1 FROM (SELECT {longitude} AS x, {latitude} AS y) WHERE {is_near}), 0)"
    )
}
