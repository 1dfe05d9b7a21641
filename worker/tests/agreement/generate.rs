//! Which events and questions are tried? Those where engines like to disagree.

use keyhole_policy::value::{Value, parse};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use std::fmt;

/// A question as it would be sent.
#[derive(Clone)]
pub struct Question {
    /// The analysis' name.
    pub analysis: &'static str,
    /// The body.
    pub body: Value,
}

/// An event as it would be sent.
#[derive(Clone)]
pub struct Sent {
    /// Its collection's name.
    pub collection: String,
    /// The event.
    pub event: Value,
}

impl fmt::Debug for Question {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.analysis, self.body)
    }
}

impl fmt::Debug for Sent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.collection, self.event)
    }
}

const COLLECTIONS: [&str; 2] = ["pageviews", "sign ups"];
const PROPERTIES: [&str; 9] = [
    "a",
    "n",
    "n",
    "customer.id",
    "list",
    "nested.deep.x",
    "nested.deep",
    "we\"ird\\ 'name'\u{1}",
    "__proto__",
];
/// Of few values, so that one actor has many events.
const ACTOR: &str = "who";
const SCALARS: [&str; 32] = [
    "null",
    "true",
    "false",
    "0",
    "-0.0",
    "-0",
    "1",
    "-1",
    "2",
    "10",
    "1.5",
    "-2.25",
    "1e21",
    "5e-324",
    "9007199254740991",
    "1.7976931348623157e308",
    "0.1",
    "\"\"",
    "\"a\"",
    "\"A\"",
    "\"ab\"",
    "\"1\"",
    "\"true\"",
    "\"null\"",
    "\"é\"",
    "\"e\u{301}\"",
    "\"ż\\\"\\\\'\\n\"",
    "\"\\u0000x\"",
    "\"😀\"",
    "\"%_\"",
    "\"2026-03-01\"",
    "\"[\"",
];
const LISTS: [&str; 9] = [
    "[]",
    "[1]",
    "[\"a\",1,null]",
    "[true,\"1\"]",
    "[[1]]",
    "[{\"x\":1}]",
    "[21.01,52.23]",
    "[21,52,7]",
    "[200,0]",
];
const TIMES: [&str; 12] = [
    "2026-03-01T00:00:00Z",
    "2026-03-01T00:00:00Z",
    "2026-03-04T23:59:59.999Z",
    "2026-03-05T00:00:00Z",
    "2026-03-08T09:30:00Z",
    "2026-03-28T22:59:59.999Z",
    "2026-03-29T00:59:59.999Z",
    "2026-03-29T01:00:00Z",
    "2026-03-30T12:34:56.789Z",
    "2026-02-28T23:59:59.999Z",
    "1969-12-31T23:59:59.999Z",
    "2031-01-01T00:00:00Z",
];

fn json(text: &str) -> Value {
    parse(text.as_bytes()).unwrap_or_else(|problem| panic!("{text}: {problem:?}"))
}

fn object(properties: Vec<(&str, Value)>) -> Value {
    Value::object(properties)
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![6 => select(&SCALARS[..]).prop_map(json), 1 => (-50i32..50).prop_map(|n| json(&format!("{}", f64::from(n) / 4.0)))]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![8 => scalar(), 2 => select(&LISTS[..]).prop_map(json), 1 => scalar().prop_map(|x| object(vec![("x", x)]))]
}

/// A value at a dotted path of an event.
fn put(event: &mut Value, path: &str, value: Value) {
    let Value::Object(properties) = event else {
        return;
    };
    let (name, rest) = path
        .split_once('.')
        .map_or((path, None), |(name, rest)| (name, Some(rest)));
    if !properties.iter().any(|(other, _)| other == name) {
        properties.push((name.to_owned(), object(Vec::new())));
    }
    if let Some((_, place)) = properties.iter_mut().find(|(other, _)| other == name) {
        match rest {
            None => *place = value,
            Some(rest) => put(place, rest, value),
        }
    }
}

/// Some events, each with some of the properties.
pub fn events() -> impl Strategy<Value = Vec<Sent>> {
    let properties = vec((select(&PROPERTIES[..]), value()), 0..6);
    let actor = prop::option::weighted(0.8, select(&["\"a\"", "\"b\"", "1"][..]).prop_map(json));
    let event = (
        select(&COLLECTIONS[..]),
        select(&TIMES[..]),
        properties,
        actor,
        prop::bool::weighted(0.05),
    );
    let event = event.prop_map(|(collection, time, properties, actor, is_large)| {
        let mut event = object(vec![(
            "keen",
            object(vec![("timestamp", Value::text(time))]),
        )]);
        for (path, value) in properties {
            put(&mut event, path, value);
        }
        if let Some(actor) = actor {
            put(&mut event, ACTOR, actor);
        }
        if is_large {
            put(&mut event, "padding", Value::Text("x".repeat(1_000)));
        }
        Sent {
            collection: collection.to_owned(),
            event,
        }
    });
    vec(event, 0..40)
}

fn property() -> impl Strategy<Value = &'static str> {
    prop_oneof![9 => select(&PROPERTIES[..]), 1 => select(&["keen.timestamp", "keen.created_at", "keen.id", "missing.one"][..])]
}

fn test() -> impl Strategy<Value = Value> {
    let operator = prop_oneof![
        3 => (select(&["eq", "ne", "eq", "contains", "not_contains"][..]), scalar()),
        2 => (select(&["lt", "lte", "gt", "gte"][..]), scalar()),
        1 => (Just("exists"), any::<bool>().prop_map(Value::Bool)),
        2 => (Just("in"), vec(scalar(), 0..4).prop_map(Value::List)),
        1 => (Just("regex"), select(&["a", "^$", "(?i)^A", "[0-9]+", "é|x", "."][..]).prop_map(Value::text)),
        1 => (Just("within"), select(&[0.0, 1.0, 400.0, 9_000.0][..]).prop_map(|miles| {
            json(&format!(r#"{{"coordinates":[21,52],"max_distance_miles":{miles}}}"#))
        })),
    ];
    (property(), operator).prop_map(|(property, (operator, operand))| {
        // A time compares with times only, and orders need a number or a string.
        let is_time = property == "keen.timestamp" || property == "keen.created_at";
        let is_order = ["lt", "lte", "gt", "gte"].contains(&operator);
        let operand = match operand {
            Value::Text(_) if is_time => Value::text("2026-03-05T01:00:00+01:00"),
            Value::List(_) if is_time => json(r#"["2026-03-01",null]"#),
            Value::Null | Value::Bool(_) if is_order => json("1"),
            other => other,
        };
        object(vec![
            ("property_name", Value::text(property)),
            ("operator", Value::text(operator)),
            ("property_value", operand),
        ])
    })
}

fn filter() -> impl Strategy<Value = Value> {
    test().prop_recursive(3, 12, 3, |inner| {
        vec(inner, 0..3).prop_map(|operands| {
            object(vec![
                ("operator", Value::text("or")),
                ("operands", Value::List(operands)),
            ])
        })
    })
}

/// Filters, half of them with the scope property pinned first, as an access key's are.
fn filters() -> impl Strategy<Value = Value> {
    let pin = prop_oneof![
        scalar().prop_map(|value| ("eq", value)),
        vec(scalar(), 0..3).prop_map(|values| ("in", Value::List(values))),
    ];
    let pin = pin.prop_map(|(operator, value)| {
        object(vec![
            ("property_name", Value::text("customer.id")),
            ("operator", Value::text(operator)),
            ("property_value", value),
        ])
    });
    (prop::option::of(pin), vec(filter(), 0..3))
        .prop_map(|(pin, filters)| Value::List(pin.into_iter().chain(filters).collect()))
}

fn timeframe() -> impl Strategy<Value = Value> {
    let absolute = r#"{"start":"2026-02-01T00:00:00Z","end":"2026-04-01T00:00:00Z"}"#;
    let odd = r#"{"start":"2026-03-01T00:00:00.001Z","end":"2026-03-29T01:00:00Z"}"#;
    let long = r#"{"start":"1900-01-01","end":"2100-01-01"}"#;
    let relative = [
        "this_1_months",
        "previous_5_weeks",
        "this_40_days",
        "this_100_years",
    ]
    .map(Value::text);
    let fixed = [absolute, absolute, odd, long].map(json);
    select([fixed.to_vec(), relative.to_vec()].concat())
}

fn group_by() -> impl Strategy<Value = Value> {
    let classes = select(&[r#"{"size":10}"#, r#"{"size":0.5,"offset":-3}"#][..])
        .prop_map(|buckets| ("buckets", json(buckets)));
    let ranges = Just(("ranges", json(r#"[{"to":0},{"from":1,"to":3},{"from":2}]"#)));
    let classed =
        (property(), prop_oneof![classes, ranges]).prop_map(|(property, (kind, classes))| {
            object(vec![
                ("property_name", Value::text(property)),
                (kind, classes),
            ])
        });
    let grouping = prop_oneof![3 => property().prop_map(Value::text), 1 => classed];
    vec(grouping, 1..3).prop_map(Value::List)
}

fn single() -> impl Strategy<Value = (&'static str, Vec<(&'static str, Value)>)> {
    let named = select(
        &[
            "count",
            "count_unique",
            "minimum",
            "maximum",
            "sum",
            "average",
            "median",
            "standard_deviation",
            "select_unique",
        ][..],
    );
    let percentile = select(&["0.01", "33.3", "50", "99.99", "100"][..]).prop_map(json);
    prop_oneof![
        9 => (named, property()).prop_map(|(name, target)| (name, vec![("target_property", Value::text(target))])),
        1 => (percentile, property()).prop_map(|(percent, target)| {
            ("percentile", vec![("target_property", Value::text(target)), ("percentile", percent)])
        }),
    ]
}

fn aggregate() -> impl Strategy<Value = Question> {
    let interval = select(
        &[
            "hourly",
            "daily",
            "weekly",
            "monthly",
            "yearly",
            "every_5_days",
            "every_2_months",
        ][..],
    );
    let zone = select(
        &[
            "UTC",
            "Europe/Warsaw",
            "US/Pacific",
            "Asia/Kathmandu",
            "-25200",
        ][..],
    );
    let shape = (
        prop::option::of(interval),
        prop::option::of(zone),
        prop::option::of(group_by()),
    );
    let multi = vec(single(), 1..5).prop_map(|analyses| {
        let labelled = analyses
            .into_iter()
            .enumerate()
            .map(|(at, (name, mut parameters))| {
                parameters.push(("analysis_type", Value::text(name)));
                (format!("label {at}"), object(parameters))
            });
        (
            "multi_analysis",
            vec![("analyses", Value::Object(labelled.collect()))],
        )
    });
    let analysis = prop_oneof![5 => single(), 1 => multi];
    (
        analysis,
        select(&COLLECTIONS[..]),
        timeframe(),
        filters(),
        shape,
    )
        .prop_map(
            |((analysis, mut body), collection, timeframe, filters, (interval, zone, group_by))| {
                let is_long = timeframe
                    .get("start")
                    .is_some_and(|start| start.as_text() == Some("1900-01-01"))
                    || timeframe.as_text() == Some("this_100_years");
                let interval = interval.filter(|interval| {
                    !is_long || interval.contains("month") || *interval == "yearly"
                });
                let has_within = filters.to_string().contains("\"within\"");
                body.push(("event_collection", Value::text(collection)));
                body.push(("timeframe", timeframe));
                body.push(("filters", filters));
                body.extend(interval.map(|interval| ("interval", Value::text(interval))));
                body.extend(zone.map(|zone| ("timezone", Value::text(zone))));
                body.extend(
                    group_by
                        .filter(|_| !has_within)
                        .map(|group_by| ("group_by", group_by)),
                );
                Question {
                    analysis,
                    body: object(body),
                }
            },
        )
}

fn extraction() -> impl Strategy<Value = Question> {
    let portion = prop_oneof![
        1 => Just(None),
        1 => (1usize..5).prop_map(|latest| Some(("latest", latest))),
        1 => (1usize..5).prop_map(|size| Some(("page_size", size))),
    ];
    (select(&COLLECTIONS[..]), timeframe(), filters(), portion).prop_map(
        |(collection, timeframe, filters, portion)| {
            let mut body = vec![
                ("event_collection", Value::text(collection)),
                ("timeframe", timeframe),
                ("filters", filters),
            ];
            body.extend(portion.map(|(name, count)| (name, Value::count(count))));
            Question {
                analysis: "extraction",
                body: object(body),
            }
        },
    )
}

/// How a funnel goes: in any order or in order, within a time or not; whole or bucket by bucket.
#[derive(Clone, Debug)]
struct Way {
    ordered: bool,
    within: Option<&'static str>,
    series: Option<(&'static str, &'static str)>,
}

fn way() -> impl Strategy<Value = Way> {
    let within = select(&["PT1S", "PT1H", "P1D", "P4D", "P7D", "P400D"][..]);
    let interval = select(&["every_5_days", "weekly", "monthly", "yearly"][..]);
    let zone = select(&["UTC", "Europe/Warsaw", "-25200"][..]);
    let series = prop::option::weighted(0.3, (interval, zone));
    (any::<bool>(), prop::option::of(within), series).prop_map(|(ordered, within, series)| Way {
        ordered,
        within: within.filter(|_| ordered),
        series,
    })
}

/// A step of few actors and few filters, mostly: a funnel of which nobody gets far tells little.
fn step() -> impl Strategy<Value = Vec<(&'static str, Value)>> {
    let actor = prop_oneof![3 => Just(ACTOR), 1 => property()];
    let filters = prop_oneof![2 => Just(Value::List(Vec::new())), 1 => filters()];
    let own_time = prop::option::weighted(0.2, timeframe());
    (select(&COLLECTIONS[..]), actor, filters, own_time).prop_map(
        |(collection, actor, filters, own_time)| {
            let mut step = vec![
                ("event_collection", Value::text(collection)),
                ("actor_property", Value::text(actor)),
                ("filters", filters),
            ];
            step.extend(own_time.map(|timeframe| ("timeframe", timeframe)));
            step
        },
    )
}

fn funnel() -> impl Strategy<Value = Question> {
    // Few buckets fit a funnel, so the longest timeframes are left to those without.
    let short = select(vec![
        json(r#"{"start":"2026-02-01T00:00:00Z","end":"2026-04-01T00:00:00Z"}"#),
        json(r#"{"start":"2026-03-03T12:00:00Z","end":"2026-03-29T01:00:00Z"}"#),
        Value::text("this_40_days"),
    ]);
    let steps = vec((step(), any::<[bool; 3]>()), 1..5);
    (steps, timeframe(), short, way()).prop_map(|(steps, timeframe, short, way)| {
        let is_series = way.series.is_some();
        let steps = steps.into_iter().enumerate().map(
            |(at, (mut step, [with_actors, inverted, optional]))| {
                step.extend([
                    ("with_actors", Value::Bool(with_actors && !is_series)),
                    ("inverted", Value::Bool(inverted && at > 0 && !way.ordered)),
                    ("optional", Value::Bool(optional && at > 0)),
                ]);
                object(step)
            },
        );
        let mut body = vec![
            ("steps", Value::List(steps.collect())),
            ("timeframe", if is_series { short } else { timeframe }),
            ("ordered", Value::Bool(way.ordered)),
        ];
        body.extend(way.within.map(|within| ("within", Value::text(within))));
        if let Some((interval, zone)) = way.series {
            body.push(("interval", Value::text(interval)));
            body.push(("timezone", Value::text(zone)));
        }
        Question {
            analysis: "funnel",
            body: object(body),
        }
    })
}

/// A dataset's definition: a question that moves with the clock, and one to three properties it is indexed by.
pub fn dataset() -> impl Strategy<Value = Value> {
    let timeframe = select(
        &[
            ("this_5_days", "hourly"),
            ("this_40_days", "daily"),
            ("this_40_days", "every_5_days"),
            ("this_3_months", "weekly"),
            ("this_9_weeks", "every_2_weeks"),
            ("this_2_years", "monthly"),
            ("this_1_years", "every_2_months"),
            ("this_60_years", "yearly"),
        ][..],
    );
    let index = vec(prop_oneof![3 => Just("customer.id"), 4 => property()], 1..4);
    // Most have no filters: a dataset that holds nothing tells little.
    let is_filtered = prop::bool::weighted(0.25);
    let parts = (aggregate(), timeframe, index, is_filtered);
    parts.prop_map(
        |(question, (timeframe, interval), mut index, is_filtered)| {
            index.sort_unstable();
            index.dedup();
            let names = index.iter().map(|name| Value::text(*name)).collect();
            let Value::Object(properties) = question.body else {
                panic!("{}", question.body)
            };
            let kept = |(name, _): &(String, Value)| {
                name != "timeframe" && name != "interval" && (is_filtered || name != "filters")
            };
            let mut query: Vec<(String, Value)> = properties.into_iter().filter(kept).collect();
            for (name, value) in [
                ("timeframe", timeframe),
                ("interval", interval),
                ("analysis_type", question.analysis),
            ] {
                query.push((name.to_owned(), Value::text(value)));
            }
            object(vec![
                ("index_by", Value::List(names)),
                ("query", Value::Object(query)),
            ])
        },
    )
}

/// So many questions on average; a failing case shrinks to one.
pub fn questions(count: usize) -> impl Strategy<Value = Vec<Question>> {
    vec(
        prop_oneof![6 => aggregate(), 1 => extraction(), 2 => funnel()],
        1..2 * count,
    )
}
