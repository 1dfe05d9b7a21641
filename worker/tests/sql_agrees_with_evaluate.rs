//! Does the SQL answer what `policy::evaluate` says a question means?
//!
//! Generated worlds of events × generated questions, on the engine that D1 is. The seed is printed;
//! `KEYHOLE_SEED=…` runs it again, `KEYHOLE_PAIRS=…` runs more. A failing case is shrunk by proptest
//! before it is shown: keep it as a vector in `tests/vectors/`.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test ends at what it did not expect"
)]

#[path = "agreement/classes.rs"]
mod classes;
#[path = "agreement/compare.rs"]
mod compare;
#[path = "agreement/generate.rs"]
mod generate;
#[path = "agreement/world.rs"]
mod world;

use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::cell::Cell;

const QUESTIONS_PER_WORLD: usize = 20;
const PAIRS: u32 = 20_000;
/// Sizes of classes, each tried on 120 numbers.
const SIZES: u32 = 500;

#[test]
fn the_sql_answers_what_evaluate_says_a_question_means() {
    let pairs = environment("KEYHOLE_PAIRS").unwrap_or(u64::from(PAIRS)) as u32;
    let (seed, mut runner) = runner(pairs.div_ceil(QUESTIONS_PER_WORLD as u32));
    let (asked, answered) = (Cell::new(0_u32), Cell::new(0_u32));
    let cases = (generate::events(), generate::questions(QUESTIONS_PER_WORLD));
    let outcome = runner.run(&cases, |(events, questions)| {
        let world = world::World::new(&events);
        for question in &questions {
            asked.set(asked.get() + 1);
            if compare::check(&world, question)? {
                answered.set(answered.get() + 1);
            }
        }
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("KEYHOLE_SEED={seed}: {failure}");
    }
    // Refused questions agree too easily: most of what is generated must mean something.
    say(&format!(
        "{} pairs, {} of them with an answer",
        asked.get(),
        answered.get()
    ));
    assert!(
        answered.get() * 10 > asked.get() * 9,
        "too many generated questions are refused"
    );
}

#[test]
fn the_sql_and_evaluate_see_every_number_around_an_edge_in_the_same_class() {
    let (seed, mut runner) = runner(SIZES);
    let meant_something = Cell::new(0_u32);
    let outcome = runner.run(&(classes::sizes(), classes::places()), |(sizes, places)| {
        let Some((events, question)) = classes::around_edges(&sizes, &places) else {
            return Ok(());
        };
        let meant = compare::check(&world::World::new(&events), &question)?;
        meant_something.set(meant_something.get() + u32::from(meant));
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("KEYHOLE_SEED={seed}: {failure}");
    }
    let sizes = meant_something.get();
    say(&format!("classes of {sizes} sizes"));
    assert!(sizes * 10 > SIZES * 7, "too many sizes are refused");
}

#[test]
fn the_most_classes_and_analyses_fit_into_statements_of_d1() {
    let world = world::World::new(&[]);
    for sql in compare::statements(&world, &classes::the_largest()) {
        let (instructions, bytes) = (world.instructions(&sql), sql.text.len());
        assert!(
            instructions < 25_000 && bytes < 100_000,
            "{instructions} instructions, {bytes} bytes"
        );
    }
}

fn runner(cases: u32) -> (u64, TestRunner) {
    let seed = environment("KEYHOLE_SEED").unwrap_or_else(random_seed);
    say(&format!("KEYHOLE_SEED={seed}"));
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    (seed, TestRunner::new_with_rng(config, rng))
}

fn environment(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// Past the test runner, which keeps what a passing test prints to itself.
fn say(line: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn random_seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(std::process::id())
}
