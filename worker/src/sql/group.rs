//! In which group does an event lie?

use super::Constants;
use super::property::ReadOnce;
use keyhole_policy::query::{Classes, Grouping, RANGES_SPELLED_MAX, Range, power_of_ten};
use keyhole_policy::value::{Number, Value};

/// The group as JSON text.
pub fn group(grouping: &Grouping, row: &ReadOnce, constants: &mut Constants) -> String {
    match grouping {
        // `|| ''` takes the mark of JSON off the text, so that it stays text in a JSON list.
        Grouping::Property(_) => format!("(coalesce({}, 'null') || '')", row.json),
        Grouping::Classes { classes, .. } => {
            let class = class(&row.number, classes, constants);
            format!("coalesce({class}, 'null')")
        }
        Grouping::Ranges { ranges, .. } if ranges.len() > RANGES_SPELLED_MAX => {
            let ends =
                |range: &Range| Value::List([range.from, range.to].map(number_or_null).into());
            let list = constants.bind_table(ranges.iter().map(ends).collect(), "r");
            let number = &row.number;
            // Its first range: json_each gives them in order.
            format!(
                "coalesce((SELECT CASE WHEN n IS NOT NULL THEN (SELECT r.key FROM {list} \
                 WHERE coalesce(n >= (r.value->>0), 1) AND coalesce(n < (r.value->>1), 1) \
                 ORDER BY r.key LIMIT 1) END FROM (SELECT {number} AS n LIMIT 1)), 'null')"
            )
        }
        Grouping::Ranges { ranges, .. } => {
            let cases: String = ranges
                .iter()
                .enumerate()
                .map(|(at, range)| {
                    format!(
                        " WHEN {} THEN {at}",
                        in_range(&row.number, range, constants)
                    )
                })
                .collect();
            format!(
                "CASE WHEN ({}) IS NULL THEN 'null'{cases} ELSE 'null' END",
                row.number
            )
        }
    }
}

/// The number of a number's class, an integer.
///
/// The edge nearest to the number is found by arithmetic in steps. Up to 15 digits, below 2^50, each of
/// its three operations is off by at most 2^-4 of a step, and the edge, as a double, by 2^-3 from its
/// decimal: together less than half a class, so that the number's class begins at the edge found or at
/// the one before. One comparison with the edge itself, rounded once, says at which.
fn class(number: &str, classes: &Classes, constants: &mut Constants) -> String {
    let mut whole = |whole: i64| constants.bind(super::whole(whole));
    let (size, offset) = (
        whole(classes.size_in_steps()),
        whole(classes.offset_in_steps()),
    );
    let furthest = whole(classes.furthest_edge());
    let power = Number::new(power_of_ten(classes.exponent().unsigned_abs()));
    let power = constant(power, constants);
    let (into_steps, out_of_steps) = match classes.exponent() {
        ..0 => ('*', '/'),
        0.. => ('/', '*'),
    };
    // `1.0 *` keeps SQLite from dividing whole numbers.
    let nearest = format!(
        "CAST(max(-{furthest},min({furthest},round((1.0*{number}{into_steps}{power}-{offset})/{size}))) AS INTEGER)"
    );
    format!("({nearest}-(1.0*({nearest}*{size}+{offset}){out_of_steps}{power}>{number}))")
}

fn in_range(number: &str, range: &Range, constants: &mut Constants) -> String {
    let from = range
        .from
        .map(|from| format!("({number}) >= {}", constant(Some(from), constants)));
    let to = range
        .to
        .map(|to| format!("({number}) < {}", constant(Some(to), constants)));
    from.into_iter().chain(to).collect::<Vec<_>>().join(" AND ")
}

fn constant(number: Option<Number>, constants: &mut Constants) -> String {
    constants.bind(number_or_null(number))
}

fn number_or_null(number: Option<Number>) -> Value {
    number.map_or(Value::Null, Value::Number)
}

/// A number, or NULL where it grew beyond every double.
pub fn finite(value: &str) -> String {
    format!("CASE WHEN abs({value}) <= 1.7976931348623157e308 THEN {value} END")
}
