//! Which SQL condition is a filter? Rendered from the tree, in parentheses at every node.
//!
//! A condition is 0 or 1 and never NULL, so that NOT and OR mean what they say.

mod listed;
mod within;

use super::Constants;
use super::property::{PropertySql, property};
use super::regex::Matches;
use keyhole_policy::filter::{Comparison, Filter, Operand, Property, Spelling, Test};
use keyhole_policy::time::Instant;
use keyhole_policy::value::Value;

/// The condition over one row of `event_with_body e`.
pub fn condition(
    filter: &Filter,
    spelling: Spelling,
    matches: &Matches,
    constants: &mut Constants,
) -> String {
    let mut speller = Speller {
        spelling,
        matches,
        constants,
    };
    speller.condition(filter)
}

/// What every part of one condition is written with.
struct Speller<'a> {
    spelling: Spelling,
    matches: &'a Matches,
    constants: &'a mut Constants,
}

/// How conditions are joined.
#[derive(Clone, Copy, PartialEq)]
enum Junction {
    And,
    Or,
}

impl Speller<'_> {
    fn condition(&mut self, filter: &Filter) -> String {
        match filter {
            Filter::All(filters) => self.junction(filters, Junction::And),
            Filter::Any(filters) => self.junction(filters, Junction::Or),
            Filter::Test(tested, test) => {
                let row = property(tested, self.constants);
                let condition = test_condition(tested, test, &row, self.matches, self.constants);
                format!("({condition})")
            }
        }
    }

    fn junction(&mut self, filters: &[Filter], junction: Junction) -> String {
        let conditions: Vec<String> = match self.spelling {
            Spelling::Each => filters
                .iter()
                .map(|filter| self.condition(filter))
                .collect(),
            Spelling::Listed => {
                let siblings = Filter::siblings(filters);
                let others = siblings.others.into_iter();
                let mut conditions: Vec<_> = others.map(|other| self.condition(other)).collect();
                for (kind, tests) in siblings.listed {
                    conditions.push(listed::condition(kind, &tests, junction, self.constants));
                }
                conditions
            }
        };
        joined(&conditions, junction)
    }
}

/// A balanced tree of parentheses: SQLite takes expressions no deeper than 100.
fn joined(conditions: &[String], junction: Junction) -> String {
    match (conditions, junction) {
        ([], Junction::And) => "1".to_owned(),
        ([], Junction::Or) => "0".to_owned(),
        ([only], _) => only.clone(),
        (several, _) => {
            let (left, right) = several.split_at(several.len() / 2);
            let word = match junction {
                Junction::And => "AND",
                Junction::Or => "OR",
            };
            let (left, right) = (joined(left, junction), joined(right, junction));
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
        json_type, value, ..
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
            one_of(row, &list)
        }
        Test::Contains(operand) => contains(row, operand, constants),
        Test::NotContains(operand) => format!("NOT ({})", contains(row, operand, constants)),
        Test::Within(circle) => within::condition(tested, circle, constants),
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

/// Is the value, or an item of it, one of a list's JSON texts?
fn one_of(row: &PropertySql, list: &str) -> String {
    let item = format!("{} IN {list}", row.item_json);
    let (json, any) = (&row.json, any_item(row, &item));
    format!("coalesce({json}, 'null') IN {list} OR {any}")
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
