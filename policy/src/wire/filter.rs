//! Which events does a list of filters describe?

use super::node::Node;
use super::problem::{Area, Invalid, Problem};
use crate::filter::{
    Circle, Comparison, Filter, Operand, Pattern, Place, Property, Spelling, Test,
};
use crate::limits;
use crate::time::Instant;
use crate::value::Value;

const OPERATORS: &str =
    "one of eq, ne, lt, lte, gt, gte, exists, in, contains, not_contains, within, regex, or";
const SCALAR: &str =
    "a string, a number, a boolean or null (a list property passes when it holds the value)";

/// How much of each bound on one tree is used.
#[derive(Default)]
struct Used {
    nodes: usize,
    list_values: usize,
    patterns: usize,
}

/// Reads a list of filters; all must hold.
pub fn filters(node: &Node) -> Result<Filter, Invalid> {
    let node = node.clone().as_area(Area::Filter);
    list(&node, 1, &mut Used::default()).map(Filter::All)
}

/// Reads the filters of what stands for long, a key's grant or a deletion: they must leave room for questions.
pub fn standing_filters(node: &Node) -> Result<Filter, Invalid> {
    let filter = filters(node)?;
    let actual = filter.weight(Spelling::Listed);
    let limit = limits::STANDING_FILTER_INSTRUCTIONS_MAX;
    if actual <= limit {
        return Ok(filter);
    }
    let what = "instructions that D1 needs for these filters";
    let node = node.clone().as_area(Area::Filter);
    Err(node.invalid(Problem::TooMany {
        what,
        actual,
        limit,
    }))
}

fn list(node: &Node, depth: usize, used: &mut Used) -> Result<Vec<Filter>, Invalid> {
    let items = node.items("a list of filters")?;
    items.iter().map(|item| one(item, depth, used)).collect()
}

fn one(node: &Node, depth: usize, used: &mut Used) -> Result<Filter, Invalid> {
    add(
        node,
        "filters",
        &mut used.nodes,
        1,
        limits::FILTER_NODES_MAX,
    )?;
    if depth > limits::FILTER_DEPTH_MAX {
        let limit = limits::FILTER_DEPTH_MAX;
        return Err(node.invalid(Problem::TooMany {
            what: "levels of filters",
            actual: depth,
            limit,
        }));
    }
    node.properties("a filter: an object")?;
    let operator = node.require("operator")?;
    if operator.text()? == "or" {
        node.only("a filter", &["operator", "operands"])?;
        let operands = list(&node.require("operands")?, depth + 1, used)?;
        return Ok(Filter::any(operands));
    }
    node.only("a filter", &["property_name", "operator", "property_value"])?;
    let property = node.require("property_name")?.name(Property::parse)?;
    let operand = node.get_even_null("property_value");
    let operand = operand.ok_or_else(|| node.invalid(Problem::Missing("property_value")))?;
    Ok(Filter::Test(
        property.clone(),
        test(&property, &operator, &operand, used)?,
    ))
}

fn test(
    property: &Property,
    operator: &Node,
    operand: &Node,
    used: &mut Used,
) -> Result<Test, Invalid> {
    match operator.text()? {
        "eq" => Ok(Test::Equal(scalar(property, operand)?)),
        "ne" => Ok(Test::NotEqual(scalar(property, operand)?)),
        "lt" => compare(property, Comparison::Less, operand),
        "lte" => compare(property, Comparison::LessOrEqual, operand),
        "gt" => compare(property, Comparison::Greater, operand),
        "gte" => compare(property, Comparison::GreaterOrEqual, operand),
        "exists" => operand.boolean().map(Test::Exists),
        "in" => {
            let items = operand.items("a list of values")?;
            let limit = limits::FILTER_LIST_VALUES_MAX;
            add(
                operand,
                "values in `in` lists",
                &mut used.list_values,
                items.len(),
                limit,
            )?;
            let values: Result<_, _> = items.iter().map(|item| scalar(property, item)).collect();
            values.map(Test::In)
        }
        "contains" => contained(operand).map(Test::Contains),
        "not_contains" => contained(operand).map(Test::NotContains),
        "within" => circle(operand).map(Test::Within),
        "regex" => {
            add(
                operand,
                "regex filters",
                &mut used.patterns,
                1,
                limits::REGEX_FILTERS_MAX,
            )?;
            let pattern = Pattern::parse(operand.text()?);
            pattern
                .map(Test::Regex)
                .map_err(|problem| operand.invalid(Problem::Pattern(problem)))
        }
        other => {
            let found = other.to_owned();
            Err(operator.invalid(Problem::UnknownWord {
                found,
                expected: OPERATORS,
            }))
        }
    }
}

fn add(
    node: &Node,
    what: &'static str,
    used: &mut usize,
    more: usize,
    limit: usize,
) -> Result<(), Invalid> {
    *used += more;
    if *used > limit {
        return Err(node.invalid(Problem::TooMany {
            what,
            actual: *used,
            limit,
        }));
    }
    Ok(())
}

/// A value that a property may be equal to.
pub(super) fn scalar(property: &Property, node: &Node) -> Result<Value, Invalid> {
    match node.value() {
        Value::List(_) | Value::Object(_) => Err(node.wrong_type(SCALAR)),
        Value::Text(text) if property.is_time() => time(text, node),
        value => Ok(value.clone()),
    }
}

fn compare(property: &Property, comparison: Comparison, node: &Node) -> Result<Test, Invalid> {
    let operand = match scalar(property, node)? {
        Value::Number(number) => Operand::Number(number),
        Value::Text(text) => Operand::Text(text),
        _ => return Err(node.wrong_type("a number or a string")),
    };
    Ok(Test::Compare(comparison, operand))
}

/// The canonical text of a time, so that comparing texts compares times.
fn time(text: &str, node: &Node) -> Result<Value, Invalid> {
    let instant = Instant::parse(text);
    let instant =
        instant.ok_or_else(|| node.out_of_range("an ISO 8601 time in the years 1 to 9999"))?;
    Ok(Value::text(instant.to_string()))
}

fn contained(node: &Node) -> Result<Value, Invalid> {
    match node.value() {
        Value::List(_) | Value::Object(_) => {
            Err(node.wrong_type("a string, a number, a boolean or null"))
        }
        value => Ok(value.clone()),
    }
}

fn circle(node: &Node) -> Result<Circle, Invalid> {
    node.only("a circle", &["coordinates", "max_distance_miles"])?;
    let coordinates = node.require("coordinates")?;
    let on_earth = "[longitude, latitude] within ±180 and ±90 degrees";
    let centre =
        Place::from_value(coordinates.value()).ok_or_else(|| coordinates.out_of_range(on_earth))?;
    let radius = node.require("max_distance_miles")?;
    let radius_miles = radius.number()?.double();
    if radius_miles < 0.0 {
        return Err(radius.out_of_range("a distance in miles, 0 or more"));
    }
    Ok(Circle {
        centre,
        radius_miles,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::parse;

    /// Weighed, two circles under an `or` are 455, an `in` is 158, an `lt` 62, an `exists` 26, and their list 5.
    #[test]
    fn filters_that_stand_for_long_take_2500_instructions_and_no_more() {
        let test = |operator: &str, operand: &str| {
            format!(r#"{{"property_name":"p","operator":"{operator}","property_value":{operand}}}"#)
        };
        let circle = test("within", r#"{"coordinates":[1,2],"max_distance_miles":3}"#);
        let pair = format!(r#"{{"operator":"or","operands":[{circle},{circle}]}}"#);
        let mut filters = vec![pair; 5];
        filters.extend([test("in", "[1]"), test("lt", "1")]);
        let read = |filters: &[String]| {
            let value = parse(format!("[{}]", filters.join(",")).as_bytes()).unwrap();
            standing_filters(&Node::root(Area::Filter, &value)).map_err(|invalid| invalid.problem)
        };
        assert!(read(&filters).is_ok());
        filters.push(test("exists", "true"));
        let Err(Problem::TooMany { actual, limit, .. }) = read(&filters) else {
            panic!("too much was let through")
        };
        assert_eq!((actual, limit), (2_526, 2_500));
    }
}
