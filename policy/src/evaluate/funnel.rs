//! How many actors went how far?

use super::{distinct, selected};
use crate::event::Event;
use crate::query::{Funnel, InOrder};
use crate::result::{Answer, FunnelStep};
use crate::time::Instant;
use crate::value::Value;

pub(super) fn answer<'a>(funnel: &Funnel, events_of: &impl Fn(&str) -> &'a [Event]) -> Answer {
    let Some(buckets) = &funnel.buckets else {
        return Answer::Funnel(walk(funnel, events_of));
    };
    let one = |span| walk(&funnel.inside(span), events_of);
    let counts = |steps: Vec<FunnelStep>| steps.iter().map(|step| step.count).collect();
    Answer::FunnelSeries(buckets.iter().map(one).map(counts).collect())
}

fn walk<'a>(funnel: &Funnel, events_of: &impl Fn(&str) -> &'a [Event]) -> Vec<FunnelStep> {
    match funnel.in_order {
        None => walk_in_any_order(funnel, events_of),
        Some(in_order) => walk_in_order(funnel, in_order, events_of),
    }
}

fn walk_in_any_order<'a>(
    funnel: &Funnel,
    events_of: &impl Fn(&str) -> &'a [Event],
) -> Vec<FunnelStep> {
    let mut steps = Vec::new();
    let mut remaining: Option<Vec<Value>> = None;
    for step in &funnel.steps {
        let events = selected(&step.selection, events_of);
        let mut did = distinct(&step.actor, &events);
        did.retain(|actor| *actor != Value::Null);
        let actors = match &remaining {
            None => did,
            Some(before) => {
                let stays = |actor: &&Value| did.contains(actor) != step.inverted;
                before.iter().filter(stays).cloned().collect()
            }
        };
        steps.push(found(step.with_actors, &actors));
        if !step.optional {
            remaining = Some(actors);
        }
    }
    steps
}

/// An actor on the way: when the first step was taken, and when the last one so far.
#[derive(Clone)]
struct Way {
    actor: Value,
    start: Instant,
    at: Instant,
}

/// Every event of the first step begins a way; each further step is taken at the first time it can be.
fn walk_in_order<'a>(
    funnel: &Funnel,
    in_order: InOrder,
    events_of: &impl Fn(&str) -> &'a [Event],
) -> Vec<FunnelStep> {
    let mut steps = Vec::new();
    let mut remaining: Option<Vec<Way>> = None;
    for step in &funnel.steps {
        let events = selected(&step.selection, events_of);
        let did: Vec<(Value, Instant)> = events
            .iter()
            .filter_map(|event| Some((event.property(&step.actor)?, event.timestamp)))
            .filter(|(actor, _)| *actor != Value::Null)
            .collect();
        let ways = match &remaining {
            None => did.into_iter().map(begun).collect(),
            Some(before) => before
                .iter()
                .filter_map(|way| gone_on(way, in_order, &did))
                .collect::<Vec<Way>>(),
        };
        let mut actors: Vec<Value> = ways.iter().map(|way| way.actor.clone()).collect();
        actors.sort_by(Value::compare);
        actors.dedup();
        steps.push(found(step.with_actors, &actors));
        if !step.optional {
            remaining = Some(ways);
        }
    }
    steps
}

fn begun((actor, at): (Value, Instant)) -> Way {
    Way {
        actor,
        start: at,
        at,
    }
}

fn gone_on(way: &Way, in_order: InOrder, did: &[(Value, Instant)]) -> Option<Way> {
    let in_time = |at: Instant| {
        let since_start = at.milliseconds() - way.start.milliseconds();
        in_order
            .within_milliseconds
            .is_none_or(|within| since_start <= within)
    };
    let next = did
        .iter()
        .filter(|(actor, at)| *actor == way.actor && *at > way.at && in_time(*at))
        .map(|(_, at)| *at)
        .min()?;
    Some(Way {
        at: next,
        ..way.clone()
    })
}

fn found(with_actors: bool, actors: &[Value]) -> FunnelStep {
    FunnelStep {
        count: actors.len(),
        actors: with_actors.then(|| actors.to_vec()),
    }
}
