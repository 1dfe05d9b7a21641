//! Which SQL condition is a `within`? The haversine formula, on lists of two numbers within range.

use super::super::Constants;
use super::super::property::json_path;
use keyhole_policy::filter::{Circle, EARTH_RADIUS_MILES, Property};
use keyhole_policy::value::{Number, Value};

/// A circle and the place that may lie in it, as expressions.
pub struct WithinSql {
    /// The path of the place, and of its first, second and third item.
    pub paths: [String; 4],
    /// The circle's centre: longitude and latitude in degrees.
    pub centre: [String; 2],
    /// Its radius in miles.
    pub radius: String,
}

/// The condition of one test.
pub fn condition(tested: &Property, circle: &Circle, constants: &mut Constants) -> String {
    let Property::InBody(path) = tested else {
        return "0".to_owned();
    };
    let path = json_path(path);
    let mut bind = |value: Value| constants.bind(value);
    let within = WithinSql {
        paths: paths(&path).map(|path| bind(Value::Text(path))),
        centre: [circle.centre.longitude, circle.centre.latitude].map(|at| bind(double(at))),
        radius: bind(double(circle.radius_miles)),
    };
    within.condition()
}

/// The paths of a place and of its items.
pub fn paths(path: &str) -> [String; 4] {
    let item = |at: usize| format!("{path}[{at}]");
    [path.to_owned(), item(0), item(1), item(2)]
}

/// A double as a constant.
pub fn double(double: f64) -> Value {
    Number::new(double).map_or(Value::Null, Value::Number)
}

impl WithinSql {
    /// The condition: 0 or 1.
    pub fn condition(&self) -> String {
        let [place, first, second, third] = &self.paths;
        let [centre_x, centre_y] = &self.centre;
        let number = |item: &String| {
            format!(
                "CASE WHEN json_type(e.body,{item}) IN('integer','real') THEN e.body->>{item} END"
            )
        };
        let (longitude, latitude) = (number(first), number(second));
        // pow, not power: D1 lets nobody use the latter.
        let half_chord = |to: &str, from: &str| format!("pow(sin(radians({to}-{from})/2.0),2)");
        let chord = format!(
            "{}+cos(radians({centre_y}))*cos(radians(y))*{}",
            half_chord("y", centre_y),
            half_chord("x", centre_x),
        );
        let diameter = format!("{:?}", 2.0 * EARTH_RADIUS_MILES);
        let radius = &self.radius;
        let is_place = format!("json_type(e.body,{place}) = 'array' AND e.body->{third} IS NULL");
        let is_near = format!(
            "abs(x) <= 180 AND abs(y) <= 90 AND {diameter}*asin(min(1.0,sqrt({chord}))) <= {radius}"
        );
        // LIMIT: else SQLite reads both numbers wherever they are named.
        format!(
            "coalesce({is_place} AND EXISTS (SELECT 1 FROM (SELECT {longitude} AS x, {latitude} AS y LIMIT 1) WHERE {is_near}), 0)"
        )
    }
}
