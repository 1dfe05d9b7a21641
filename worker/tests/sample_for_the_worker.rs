//! What should D1 inside workerd answer to generated questions?
//!
//! Writes a sample of generated worlds, with the answers of `policy::evaluate`, to `build/agreement.json`;
//! `tests/api/agreement.test.mjs` puts it to the built Worker.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test ends at what it did not expect, and shares its modules with another"
)]

#[path = "agreement/classes.rs"]
mod classes;
#[path = "agreement/generate.rs"]
mod generate;
#[path = "agreement/world.rs"]
mod world;

use generate::{Question, Sent};
use keyhole_policy::evaluate::evaluate;
use keyhole_policy::query::{AnalysisType, Query};
use keyhole_policy::result::{Answer, shape, shape_funnel_series};
use keyhole_policy::value::Value;
use keyhole_policy::wire;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use world::World;

const WORLDS: usize = 40;
const QUESTIONS_PER_WORLD: usize = 20;
/// Sizes of classes, each with numbers around its edges.
const SIZES: usize = 40;

#[test]
fn a_sample_is_written_for_the_worker() {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[42; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut worlds = Vec::new();
    for _ in 0..WORLDS {
        let sent = generate::events().new_tree(&mut runner).unwrap().current();
        let questions = generate::questions(QUESTIONS_PER_WORLD);
        let questions = questions.new_tree(&mut runner).unwrap().current();
        worlds.push(world(&sent, &questions));
    }
    let sizes = (classes::sizes(), classes::places());
    for _ in 0..SIZES {
        let (sizes, places) = sizes.new_tree(&mut runner).unwrap().current();
        let around_edges = classes::around_edges(&sizes, &places);
        worlds.extend(around_edges.map(|(sent, question)| world(&sent, &[question])));
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../build");
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(
        format!("{folder}/agreement.json"),
        Value::List(worlds).to_string(),
    )
    .unwrap();
}

/// Events, with questions and their answers.
fn world(sent: &[Sent], questions: &[Question]) -> Value {
    let world = World::new(sent);
    let answered = questions
        .iter()
        .filter_map(|question| answered(&world, question));
    Value::object([
        ("events", by_collection(sent)),
        ("questions", Value::List(answered.collect())),
    ])
}

fn by_collection(sent: &[Sent]) -> Value {
    let mut collections: Vec<(String, Value)> = Vec::new();
    for Sent { collection, event } in sent {
        match collections.iter_mut().find(|(name, _)| name == collection) {
            Some((_, Value::List(events))) => events.push(event.clone()),
            _ => collections.push((collection.clone(), Value::List(vec![event.clone()]))),
        }
    }
    Value::Object(collections)
}

/// The question with its `result`; none where the answer depends on when and as what the events were stored.
fn answered(world: &World, question: &Question) -> Option<Value> {
    let body = question.body.to_string();
    let depends = ["keen.id", "keen.created_at", "\"this_", "\"previous_"];
    if depends.iter().any(|word| body.contains(word)) {
        return None;
    }
    let analysis = AnalysisType::parse(question.analysis).unwrap();
    let asked = wire::query(analysis, &question.body, &world.moment()).ok()?;
    let answer = evaluate(&asked.query, |collection| world.events_of(collection));
    let result = match (&asked.query, answer) {
        (Query::Aggregate(aggregate), Answer::Cells(cells)) => shape(aggregate, cells).ok()?,
        (_, Answer::Funnel(steps)) => {
            Value::List(steps.iter().map(|step| Value::count(step.count)).collect())
        }
        (Query::Funnel(funnel), Answer::FunnelSeries(series)) => {
            shape_funnel_series(funnel.buckets.as_ref()?, series)
        }
        _ => return None,
    };
    let analysis = Value::text(question.analysis);
    Some(Value::object([
        ("analysis", analysis),
        ("body", question.body.clone()),
        ("result", result),
    ]))
}
