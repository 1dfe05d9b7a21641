//! Which span of time does a request speak of?

use super::Moment;
use super::node::Node;
use super::problem::{Area, Invalid, Problem};
use crate::time::{Instant, Relative, Span, Timeframe, Zone};
use crate::value::{Value, parse};

const EXPECTED: &str = "a timeframe such as \"this_7_days\", \"previous_3_months\" or {\"start\": \"2026-01-01T00:00:00Z\", \"end\": \"2026-02-01T00:00:00Z\"}";

/// `timezone`: a name of the IANA database, or seconds east of UTC as a number or its text. UTC where absent.
pub fn timezone(parent: &Node, moment: &Moment) -> Result<Zone, Invalid> {
    let Some(node) = parent
        .get("timezone")
        .map(|node| node.as_area(Area::Timezone))
    else {
        return Ok(Zone::UTC);
    };
    let expected = "a zone such as \"Europe/Warsaw\", or seconds east of UTC such as 3600";
    let zone = match node.value() {
        Value::Number(number) => number.whole().and_then(Zone::from_offset_seconds),
        // Keen's own client sends the name in JSON quotes on deletes.
        Value::Text(text) => Zone::parse(text.trim_matches('"'), moment.zones),
        _ => return Err(node.wrong_type(expected)),
    };
    zone.ok_or_else(|| node.out_of_range(expected))
}

/// `timeframe`: required, resolved against the moment of the request.
pub fn timeframe(parent: &Node, zone: &Zone, moment: &Moment) -> Result<Span, Invalid> {
    let node = parent.require("timeframe").map_err(|invalid| Invalid {
        area: Area::Request,
        ..invalid
    })?;
    read(&node.as_area(Area::Timeframe), zone, moment)
}

fn read(node: &Node, zone: &Zone, moment: &Moment) -> Result<Span, Invalid> {
    match node.value() {
        Value::Object(_) => absolute(node),
        Value::Text(text) => {
            // GET forms and deletes carry JSON inside the string: an object, or a quoted word.
            let inner = if text.starts_with(['{', '"']) {
                parse(text.as_bytes()).ok()
            } else {
                None
            };
            match inner {
                Some(Value::Object(properties)) => {
                    let value = Value::Object(properties);
                    let inner = Node::root(Area::Timeframe, &value);
                    absolute(&inner).map_err(|invalid| node.invalid(invalid.problem))
                }
                Some(Value::Text(word)) => relative(node, &word, zone, moment),
                _ => relative(node, text, zone, moment),
            }
        }
        _ => Err(node.wrong_type(EXPECTED)),
    }
}

fn relative(node: &Node, word: &str, zone: &Zone, moment: &Moment) -> Result<Span, Invalid> {
    let out_of_range = || node.out_of_range(EXPECTED);
    let relative = Relative::parse(word).ok_or_else(out_of_range)?;
    Timeframe::Relative(relative)
        .resolve(moment.now, zone, moment.zones)
        .ok_or_else(out_of_range)
}

fn absolute(node: &Node) -> Result<Span, Invalid> {
    node.only("an absolute timeframe", &["start", "end"])?;
    let instant = |name: &'static str| {
        let end = node.require(name)?;
        let instant = Instant::parse(end.text()?);
        instant.ok_or_else(|| end.out_of_range("an ISO 8601 time in the years 1 to 9999"))
    };
    let (start, end) = (instant("start")?, instant("end")?);
    let reversed = "The timeframe's end is before its start.";
    Span::new(start, end).ok_or_else(|| node.invalid(Problem::Conflict(reversed)))
}
