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
    reason = "a test ends at what it did not expect, and shares its modules with others"
)]

#[path = "agreement/classes.rs"]
mod classes;
#[path = "agreement/compare.rs"]
mod compare;
#[path = "agreement/generate.rs"]
mod generate;
#[path = "agreement/trial.rs"]
mod trial;
#[path = "agreement/world.rs"]
mod world;

use std::cell::Cell;
use trial::{runner, say, setting};

const QUESTIONS_PER_WORLD: usize = 20;
const PAIRS: u32 = 20_000;
/// Sizes of classes, each tried on 120 numbers.
const SIZES: u32 = 500;
const SHRINKING_STEPS: u32 = 20_000;

#[test]
fn the_sql_answers_what_evaluate_says_a_question_means() {
    let pairs = setting("KEYHOLE_PAIRS").unwrap_or(u64::from(PAIRS)) as u32;
    let (seed, mut runner) = runner(pairs.div_ceil(QUESTIONS_PER_WORLD as u32), SHRINKING_STEPS);
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
    let (seed, mut runner) = runner(SIZES, SHRINKING_STEPS);
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
