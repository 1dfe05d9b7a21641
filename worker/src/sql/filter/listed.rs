//! Which SQL condition are many tests of one kind? One test of a list's items `l`: however many, as long as one.

use super::super::Constants;
use super::super::property::{PropertySql, in_body_at, json_path};
use super::within::{WithinSql, double, paths};
use super::{Junction, any_item, one_of};
use keyhole_policy::filter::{Comparison, Kind, Operand, Test};
use keyhole_policy::name::PropertyPath;
use keyhole_policy::value::Value;

/// The condition that all, or one, of the tests hold.
pub fn condition(
    kind: Kind,
    tests: &[(&PropertyPath, &Test)],
    junction: Junction,
    constants: &mut Constants,
) -> String {
    let items = tests.iter().map(|(path, test)| item(path, test)).collect();
    let list = constants.bind_table(items, "l");
    let holds = holds(kind);
    match junction {
        Junction::And => format!("NOT EXISTS (SELECT 1 FROM {list} WHERE NOT ({holds}))"),
        Junction::Or => format!("EXISTS (SELECT 1 FROM {list} WHERE {holds})"),
    }
}

/// A test as an item: its path, and what its kind's condition reads.
fn item(path: &PropertyPath, test: &Test) -> Value {
    let path = json_path(path);
    let json = |operand: &Value| Value::Text(operand.to_string());
    let parts = match test {
        Test::Equal(operand) => vec![Value::Bool(false), Value::List(vec![json(operand)])],
        Test::NotEqual(operand) => vec![Value::Bool(true), Value::List(vec![json(operand)])],
        Test::In(operands) => {
            let texts = operands.iter().map(json).collect();
            vec![Value::Bool(false), Value::List(texts)]
        }
        Test::Contains(operand) => vec![Value::Bool(false), json(operand), part(operand)],
        Test::NotContains(operand) => vec![Value::Bool(true), json(operand), part(operand)],
        Test::Compare(comparison, operand) => vec![sign(*comparison), bound(operand)],
        Test::Exists(is_there) => vec![Value::Bool(*is_there)],
        Test::Within(circle) => {
            let numbers = [
                circle.centre.longitude,
                circle.centre.latitude,
                circle.radius_miles,
            ];
            let items = paths(&path).into_iter().skip(1).map(Value::Text);
            items.chain(numbers.map(double)).collect()
        }
        Test::Regex(_) => Vec::new(),
    };
    Value::List(std::iter::once(Value::Text(path)).chain(parts).collect())
}

/// The text that a string may have as a part.
fn part(operand: &Value) -> Value {
    match operand {
        Value::Text(_) => operand.clone(),
        _ => Value::Null,
    }
}

fn sign(comparison: Comparison) -> Value {
    Value::text(match comparison {
        Comparison::Less => "<",
        Comparison::LessOrEqual => "<=",
        Comparison::Greater => ">",
        Comparison::GreaterOrEqual => ">=",
    })
}

fn bound(operand: &Operand) -> Value {
    match operand {
        Operand::Number(number) => Value::Number(*number),
        Operand::Text(text) => Value::text(text.as_str()),
    }
}

/// The condition that an item's test holds: 0 or 1.
fn holds(kind: Kind) -> String {
    let at = |place: usize| format!("(l.value->>{place})");
    let row = in_body_at(&at(0));
    let PropertySql {
        json_type,
        value,
        item_json,
        ..
    } = &row;
    match kind {
        Kind::OneOf => {
            let found = one_of(&row, "(SELECT value FROM json_each(l.value,'$[2]'))");
            format!("({found}) <> {}", at(1))
        }
        Kind::Contains => {
            let any = any_item(&row, &format!("{item_json} = {}", at(2)));
            let part = at(3);
            format!(
                "(coalesce({json_type} = 'text' AND instr({value}, {part}) > 0, 0) OR {any}) <> {}",
                at(1)
            )
        }
        Kind::Compare => {
            let (sign, bound) = (at(1), at(2));
            // A number only with numbers, a text only with texts.
            format!(
                "coalesce(CASE {json_type} WHEN 'text' THEN 'text' WHEN 'integer' THEN 'n' WHEN 'real' THEN 'n' END \
                 = CASE json_type(l.value,'$[2]') WHEN 'text' THEN 'text' ELSE 'n' END \
                 AND CASE {sign} WHEN '<' THEN {value} < {bound} WHEN '<=' THEN {value} <= {bound} \
                 WHEN '>' THEN {value} > {bound} ELSE {value} >= {bound} END, 0)"
            )
        }
        Kind::Exists => format!("({json_type} IS NOT NULL) = {}", at(1)),
        Kind::Within => {
            let within = WithinSql {
                paths: [at(0), at(1), at(2), at(3)],
                centre: [at(4), at(5)],
                radius: at(6),
            };
            within.condition()
        }
    }
}
