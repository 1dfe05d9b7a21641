//! Does the SQL answer what `policy::evaluate` says a question means?
//!
//! Generated worlds of events × generated questions, on the engine that D1 is. The seed is printed;
//! `KEYHOLE_SEED=…` runs it again, `KEYHOLE_PAIRS=…` runs more. A failing case is shrunk by proptest
//! before it is shown: keep it as a vector in `tests/vectors/`.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test ends at what it did not expect, and shares its modules with others"
)]

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

#[test]
fn the_sql_answers_what_evaluate_says_a_question_means() {
    let seed = std::env::var("KEYHOLE_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    let seed: u64 = seed.unwrap_or_else(random_seed);
    let pairs = std::env::var("KEYHOLE_PAIRS")
        .ok()
        .and_then(|pairs| pairs.parse().ok());
    let worlds = pairs.unwrap_or(PAIRS).div_ceil(QUESTIONS_PER_WORLD as u32);
    say(&format!("KEYHOLE_SEED={seed}"));
    let config = Config {
        cases: worlds,
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let mut runner =
        TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
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

/// Past the test runner, which keeps what a passing test prints to itself.
fn say(line: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn random_seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(std::process::id())
}
