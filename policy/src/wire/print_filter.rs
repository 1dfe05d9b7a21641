//! How is a filter written? As the list of filters that is read back as the same.

use crate::filter::{Circle, Comparison, Filter, Operand, Property, Test};
use crate::value::{Number, Value};

/// A list of filters, all of which must hold.
pub fn print_filters(filter: &Filter) -> Value {
    Value::List(filter.conjuncts().into_iter().map(one).collect())
}

fn one(filter: &Filter) -> Value {
    match filter {
        Filter::Test(property, test) => of_test(property, test),
        Filter::Any(filters) => {
            let operands = Value::List(filters.iter().map(one).collect());
            Value::object([("operator", Value::text("or")), ("operands", operands)])
        }
        // Nothing that is read has an AND below an OR; were there one, this says what it means.
        Filter::All(filters) => {
            let operands = Value::List(filters.iter().map(one).collect());
            Value::object([("operator", Value::text("and")), ("operands", operands)])
        }
    }
}

fn of_test(property: &Property, test: &Test) -> Value {
    let (operator, operand) = match test {
        Test::Equal(value) => ("eq", value.clone()),
        Test::NotEqual(value) => ("ne", value.clone()),
        Test::Compare(comparison, operand) => (operator(*comparison), of_operand(operand)),
        Test::Exists(wanted) => ("exists", Value::Bool(*wanted)),
        Test::In(values) => ("in", Value::List(values.clone())),
        Test::Contains(value) => ("contains", value.clone()),
        Test::NotContains(value) => ("not_contains", value.clone()),
        Test::Within(circle) => ("within", of_circle(circle)),
        Test::Regex(pattern) => ("regex", Value::text(pattern.as_str())),
    };
    Value::object([
        ("property_name", Value::Text(property.to_string())),
        ("operator", Value::text(operator)),
        ("property_value", operand),
    ])
}

fn operator(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Less => "lt",
        Comparison::LessOrEqual => "lte",
        Comparison::Greater => "gt",
        Comparison::GreaterOrEqual => "gte",
    }
}

fn of_operand(operand: &Operand) -> Value {
    match operand {
        Operand::Number(number) => Value::Number(*number),
        Operand::Text(text) => Value::text(text.as_str()),
    }
}

fn of_circle(circle: &Circle) -> Value {
    let number = |double: f64| Number::new(double).map_or(Value::Null, Value::Number);
    let centre = [circle.centre.longitude, circle.centre.latitude];
    Value::object([
        ("coordinates", Value::List(centre.map(number).to_vec())),
        ("max_distance_miles", number(circle.radius_miles)),
    ])
}
