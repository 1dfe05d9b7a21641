//! Which funnels are tried? In any order and in order, whole and bucket by bucket.

use super::generate_events::{ACTOR, COLLECTIONS, json, object};
use super::generate_filters::{filters, property};
use super::{Question, timeframe};
use keyhole_policy::value::Value;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// How a funnel goes: in any order or in order, within a time or not; whole or bucket by bucket.
#[derive(Clone, Debug)]
struct Way {
    ordered: bool,
    within: Option<&'static str>,
    series: Option<(&'static str, &'static str)>,
}

fn way() -> impl Strategy<Value = Way> {
    let within = select(&["PT1S", "PT1H", "P1D", "P4D", "P7D", "P14D", "P24D", "P400D"][..]);
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
    let actor = prop_oneof![7 => Just(ACTOR), 1 => property()];
    let filters = prop_oneof![5 => Just(Value::List(Vec::new())), 1 => filters()];
    let own_time = prop::option::weighted(0.1, timeframe());
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

pub fn funnel() -> impl Strategy<Value = Question> {
    // Few buckets fit a funnel, so the longest timeframes are left to those without.
    let short = select(vec![
        json(r#"{"start":"2026-02-01T00:00:00Z","end":"2026-04-01T00:00:00Z"}"#),
        json(r#"{"start":"2026-03-03T12:00:00Z","end":"2026-03-29T01:00:00Z"}"#),
        Value::text("this_40_days"),
    ]);
    let steps = vec((step(), any::<[bool; 3]>()), 1..6);
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
