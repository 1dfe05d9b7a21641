//! Which steps does a funnel have, in which order, and over which buckets?

use super::Moment;
use super::filter::filters;
use super::node::Node;
use super::problem::{Area, Invalid, Problem};
use super::query::buckets;
use super::timeframe::{timeframe, timezone};
use crate::filter::Property;
use crate::key::parse_duration_milliseconds;
use crate::limits;
use crate::name::CollectionName;
use crate::query::{Funnel, InOrder, Selection, Step};
use crate::time::Buckets;
use crate::value::Value;

pub(super) fn funnel(node: &Node, moment: &Moment) -> Result<Funnel, Invalid> {
    let steps = node.require("steps")?.as_area(Area::Funnel);
    let in_order = in_order(node)?;
    let (what, limit) = match in_order {
        None => ("steps", limits::FUNNEL_STEPS_MAX),
        Some(_) => (
            "steps of a funnel in order",
            limits::ORDERED_FUNNEL_STEPS_MAX,
        ),
    };
    let items = steps.items_at_most("a list of steps", what, limit)?;
    if items.is_empty() {
        return Err(steps.invalid(Problem::Conflict("A funnel has at least one step.")));
    }
    let buckets = series(node, moment)?;
    let mut steps = Vec::with_capacity(items.len());
    for (at, item) in items.iter().enumerate() {
        let step = step(at, item, node, moment)?;
        if step.inverted && in_order.is_some() {
            return Err(item.invalid(Problem::Conflict(
                "What did not happen has no time: `inverted` cannot be used together with `ordered`.",
            )));
        }
        if step.with_actors && buckets.is_some() {
            return Err(item.invalid(Problem::Conflict(
                "`with_actors` cannot be used together with `interval`.",
            )));
        }
        steps.push(step);
    }
    Ok(Funnel {
        steps,
        in_order,
        buckets,
    })
}

/// `ordered`, and `within` with it.
fn in_order(node: &Node) -> Result<Option<InOrder>, Invalid> {
    let get = |name: &str| node.get(name).map(|node| node.as_area(Area::Funnel));
    let ordered = get("ordered").map_or(Ok(false), |node| node.boolean())?;
    let within = get("within");
    if !ordered {
        let reason = "`within` needs `\"ordered\": true`.";
        return within.map_or(
            Ok(None),
            |node| Err(node.invalid(Problem::Conflict(reason))),
        );
    }
    let duration = |node: Node| {
        let expected = "a duration such as \"P7D\" or \"PT36H\"";
        parse_duration_milliseconds(node.text()?).ok_or_else(|| node.out_of_range(expected))
    };
    Ok(Some(InOrder {
        within_milliseconds: within.map(duration).transpose()?,
    }))
}

/// `interval`: the buckets of the root's own timeframe.
fn series(node: &Node, moment: &Moment) -> Result<Option<Buckets>, Invalid> {
    let Some(interval) = node.get("interval") else {
        return Ok(None);
    };
    let zone = timezone(node, moment)?;
    let span = timeframe(node, &zone, moment)?;
    let limit = limits::FUNNEL_INTERVALS_MAX;
    buckets(interval.as_area(Area::Interval), span, &zone, limit, moment).map(Some)
}

fn step(at: usize, node: &Node, root: &Node, moment: &Moment) -> Result<Step, Invalid> {
    let known = &[
        "event_collection",
        "actor_property",
        "filters",
        "timeframe",
        "timezone",
        "with_actors",
        "inverted",
        "optional",
    ];
    node.only("a step", known)?;
    let zone = timezone(
        if node.get("timezone").is_some() {
            node
        } else {
            root
        },
        moment,
    )?;
    let collection = node
        .require("event_collection")?
        .as_area(Area::CollectionName)
        .name(CollectionName::parse)?;
    let span = timeframe(
        if node.get("timeframe").is_some() {
            node
        } else {
            root
        },
        &zone,
        moment,
    )?;
    let filter = node
        .get("filters")
        .map_or(Ok(crate::filter::Filter::everything()), |node| {
            filters(&node)
        })?;
    let actor = node
        .require("actor_property")?
        .as_area(Area::Property)
        .name(Property::parse)?;
    let flag = |name: &str| node.get(name).map_or(Ok(false), |node| node.boolean());
    let (with_actors, inverted, optional) =
        (flag("with_actors")?, flag("inverted")?, flag("optional")?);
    if at == 0 && (inverted || optional) {
        return Err(node.invalid(Problem::Conflict(
            "The first step cannot be inverted or optional.",
        )));
    }
    let selection = Selection {
        collection,
        span,
        filter,
    };
    Ok(Step {
        selection,
        actor,
        with_actors,
        inverted,
        optional,
    })
}

/// The steps with their defaults filled in, as Keen answers them.
pub(super) fn echo_steps(body: &Value) -> Value {
    let Some(Value::List(steps)) = body.get("steps") else {
        return Value::Null;
    };
    let step = |step: &Value| {
        let sent = |name: &str, otherwise: Value| match step.get(name) {
            None | Some(Value::Null) => otherwise,
            Some(value) => value.clone(),
        };
        let inherited = |name: &str| sent(name, body.get(name).cloned().unwrap_or(Value::Null));
        Value::object([
            ("event_collection", sent("event_collection", Value::Null)),
            ("actor_property", sent("actor_property", Value::Null)),
            ("filters", sent("filters", Value::List(Vec::new()))),
            ("timeframe", inherited("timeframe")),
            ("timezone", inherited("timezone")),
            ("with_actors", sent("with_actors", Value::Bool(false))),
            ("inverted", sent("inverted", Value::Bool(false))),
            ("optional", sent("optional", Value::Bool(false))),
        ])
    };
    Value::List(steps.iter().map(step).collect())
}
