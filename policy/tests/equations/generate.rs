//! Which questions and events are tried? Of few names and values, so that they meet.

use crate::dice::Dice;
use keyhole_policy::event::{Event, check};
use keyhole_policy::name::hexadecimal_24;
use keyhole_policy::query::{AnalysisType, Query};
use keyhole_policy::time::{Instant, NoZones};
use keyhole_policy::value::{Value, parse};
use keyhole_policy::wire::{self, Moment};

pub const NOW: &str = "2026-03-15T12:00:00Z";
const COLLECTIONS: [&str; 3] = ["c", "cd", "e"];
const PATHS: [&str; 8] = [
    "a",
    "n",
    "customer.id",
    "o.x",
    "o.y",
    "o",
    "m",
    "keen.timestamp",
];
const SCALARS: [&str; 9] = [
    "null", "true", "1", "2", "1.5", "\"x\"", "\"y\"", "\"xy\"", "\"1\"",
];
pub const TIMES: [&str; 5] = [
    "2026-03-15T11:00:00Z",
    "2026-03-10",
    "2026-03-01",
    "2026-01-01",
    "2026-03-20",
];
pub const ANALYSES: [&str; 12] = [
    "count",
    "count_unique",
    "minimum",
    "maximum",
    "sum",
    "average",
    "median",
    "standard_deviation",
    "select_unique",
    "multi_analysis",
    "extraction",
    "funnel",
];
pub const NAMES: [&str; 4] = ["q", "q2", "r", "s"];

pub fn instant(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

pub fn json(text: &str) -> Value {
    parse(text.as_bytes()).unwrap_or_else(|problem| panic!("{problem:?} in {text}"))
}

fn list(items: Vec<String>) -> String {
    format!("[{}]", items.join(","))
}

pub fn texts(dice: &mut Dice, of: &[&str], least: usize, most: usize) -> String {
    list(dice.some(least, most, |dice| format!("{:?}", dice.one(of))))
}

fn scalar(dice: &mut Dice) -> String {
    dice.one(&SCALARS).to_owned()
}

fn leaf(dice: &mut Dice) -> String {
    let path = dice.one(&PATHS);
    let operator = dice.one(&[
        "eq",
        "eq",
        "eq",
        "ne",
        "lt",
        "gte",
        "gt",
        "lte",
        "exists",
        "in",
        "in",
        "contains",
        "not_contains",
        "regex",
    ]);
    let operand = match operator {
        _ if path == "keen.timestamp" => format!("{:?}", dice.one(&TIMES)),
        "exists" => dice.one(&["true", "false"]).to_owned(),
        "in" => list(dice.some(0, 3, scalar)),
        "lt" | "lte" | "gt" | "gte" => dice.one(&["1", "2", "\"x\"", "1.5"]).to_owned(),
        "regex" => dice.one(&["\"^x\"", "\"y\""]).to_owned(),
        _ => scalar(dice),
    };
    let operator = match path {
        "keen.timestamp" => dice.one(&["lt", "gte"]),
        _ => operator,
    };
    format!(r#"{{"property_name":"{path}","operator":"{operator}","property_value":{operand}}}"#)
}

pub fn node(dice: &mut Dice) -> String {
    if dice.falls(15) {
        let operands = list(dice.some(1, 3, leaf));
        return format!(r#"{{"operator":"or","operands":{operands}}}"#);
    }
    leaf(dice)
}

/// Two tests of one property that are often close to each other.
pub fn neighbours(dice: &mut Dice) -> [String; 2] {
    let operators = ["lt", "lte", "gt", "gte", "eq", "in", "exists", "contains"];
    [(), ()].map(|()| {
        let operator = dice.one(&operators);
        let operand = match operator {
            "in" => list(dice.some(0, 2, |dice| dice.one(&["1", "2", "null"]).to_owned())),
            "exists" => "true".to_owned(),
            _ => dice.one(&["1", "2", "1.5", "2"]).to_owned(),
        };
        format!(r#"[{{"property_name":"n","operator":"{operator}","property_value":{operand}}}]"#)
    })
}

pub fn filters(dice: &mut Dice, most: usize) -> String {
    list(dice.some(0, most, node))
}

/// A collection's name and an event that is there.
pub fn event(dice: &mut Dice) -> (String, Event) {
    let body = event_body(dice);
    let mut id = [0; 12];
    id[0] = dice.below(256) as u8;
    id[1] = dice.below(256) as u8;
    let event = Event {
        timestamp: instant(dice.one(&TIMES)),
        created_at: instant(NOW),
        id: hexadecimal_24(id),
        body: check(body).unwrap().body,
    };
    (dice.one(&COLLECTIONS).to_owned(), event)
}

/// An event as it is sent.
pub fn event_body(dice: &mut Dice) -> Value {
    let mut fields = Vec::new();
    let value = |dice: &mut Dice| match dice.falls(20) {
        true => list(dice.some(0, 2, scalar)),
        false => scalar(dice),
    };
    for name in ["a", "n", "m"] {
        if dice.falls(60) {
            fields.push(format!(r#""{name}":{}"#, value(dice)));
        }
    }
    if dice.falls(80) {
        let customer = match dice.falls(85) {
            true => format!(r#"{{"id":{}}}"#, value(dice)),
            false => scalar(dice),
        };
        fields.push(format!(r#""customer":{customer}"#));
    }
    if dice.falls(50) {
        fields.push(format!(
            r#""o":{{"x":{},"y":{}}}"#,
            value(dice),
            value(dice)
        ));
    }
    json(&format!("{{{}}}", fields.join(",")))
}

pub fn collection(dice: &mut Dice) -> String {
    dice.one(&COLLECTIONS).to_owned()
}

pub fn name(dice: &mut Dice) -> String {
    dice.one(&NAMES).to_owned()
}

fn timeframe(dice: &mut Dice) -> String {
    dice.one(&[
        "\"this_7_days\"",
        "\"previous_2_days\"",
        "\"this_2_months\"",
        "\"today\"",
        r#"{"start":"2026-01-01","end":"2026-04-01"}"#,
        r#"{"start":"2026-03-10","end":"2026-03-15T13:00:00Z"}"#,
    ])
    .to_owned()
}

fn path(dice: &mut Dice) -> &'static str {
    dice.one(&["a", "n", "customer.id", "o.x", "o.y", "o", "m"])
}

/// A question as it is sent, with its `analysis_type`.
pub fn question(dice: &mut Dice) -> Value {
    let analysis = dice.one(&ANALYSES);
    let mut fields = vec![format!(r#""analysis_type":"{analysis}""#)];
    if analysis == "funnel" {
        let steps = dice.some(1, 3, |dice| {
            let (collection, filters) = (collection(dice), filters(dice, 1));
            let (actor, timeframe) = (path(dice), timeframe(dice));
            format!(r#"{{"event_collection":"{collection}","actor_property":"{actor}","filters":{filters},"timeframe":{timeframe}}}"#)
        });
        fields.push(format!(r#""steps":{}"#, list(steps)));
        return json(&format!("{{{}}}", fields.join(",")));
    }
    fields.push(format!(r#""event_collection":"{}""#, collection(dice)));
    fields.push(format!(r#""timeframe":{}"#, timeframe(dice)));
    fields.push(format!(r#""filters":{}"#, filters(dice, 2)));
    match analysis {
        "count" => {}
        "extraction" => {
            if dice.falls(50) {
                fields.push(format!(r#""property_names":["{}"]"#, path(dice)));
            }
        }
        "multi_analysis" => {
            let target = path(dice);
            fields.push(format!(r#""analyses":{{"one":{{"analysis_type":"count"}},"two":{{"analysis_type":"sum","target_property":"{target}"}}}}"#));
        }
        _ => fields.push(format!(r#""target_property":"{}""#, path(dice))),
    }
    if analysis != "extraction" {
        if dice.falls(40) {
            fields.push(format!(r#""group_by":"{}""#, path(dice)));
        }
        if dice.falls(30) {
            fields.push(r#""interval":"daily""#.to_owned());
        }
    }
    json(&format!("{{{}}}", fields.join(",")))
}

/// What a question means at an instant; `None` for one that means nothing.
pub fn meant(question: &Value, now: Instant) -> Option<Query> {
    let analysis = AnalysisType::parse(question.get("analysis_type")?.as_text()?)?;
    let moment = Moment {
        now,
        zones: &NoZones,
    };
    Some(wire::query(analysis, question, &moment).ok()?.query)
}
