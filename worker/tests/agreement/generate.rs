//! Which events and questions are tried? Those where engines like to disagree.

#[path = "generate_events.rs"]
mod generate_events;
#[path = "generate_filters.rs"]
mod generate_filters;
#[path = "generate_funnels.rs"]
mod generate_funnels;

#[allow(
    unused_imports,
    reason = "not every test that shares this stores events"
)]
pub use generate_events::events;
use generate_events::{COLLECTIONS, json, object};
use generate_filters::{filters, property};
use generate_funnels::funnel;
use keyhole_policy::value::Value;
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
    let sizes = [
        r#"{"size":10}"#,
        r#"{"size":0.5,"offset":-3}"#,
        r#"{"size":0.1}"#,
        r#"{"size":0.03,"offset":0.01}"#,
        r#"{"size":1e-7}"#,
        r#"{"size":2.5e21,"offset":-1e21}"#,
    ];
    let classes = select(sizes.to_vec()).prop_map(|buckets| ("buckets", json(buckets)));
    let many = r#"[{"to":-10},{"from":-10,"to":-1},{"from":0,"to":0.5},{"from":0,"to":1},{"from":1,"to":1.5},{"from":1.5,"to":2},
        {"from":2,"to":3},{"from":3,"to":4},{"from":1e21},{"from":11,"to":12},{"from":5,"to":11}]"#;
    let few = r#"[{"to":0},{"from":1,"to":3},{"from":2}]"#;
    let ranges = select(vec![few, many]).prop_map(|ranges| ("ranges", json(ranges)));
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
