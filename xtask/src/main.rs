//! What turns our Rust into the Worker and the npm package?
//!
//! `cargo run -p xtask -- worker sdk [--release]`

mod artifact;
mod compile;
mod dense;
mod optimize;
mod sdk;
#[cfg(feature = "test-runner")]
mod test_runner;
mod worker;

use std::process::ExitCode;

/// Which build: quick to make, or small and fast to run.
#[derive(Clone, Copy, PartialEq)]
pub enum Mode {
    Development,
    Release,
}

fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("xtask: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Vec<String>) -> Result<(), String> {
    #[cfg(feature = "test-runner")]
    if arguments
        .first()
        .is_some_and(|first| first == "test-runner")
    {
        return test_runner::run();
    }
    let mode = match arguments.iter().any(|argument| argument == "--release") {
        true => Mode::Release,
        false => Mode::Development,
    };
    let targets = arguments.iter().filter(|argument| *argument != "--release");
    for target in targets.clone() {
        match target.as_str() {
            "worker" => worker::build(mode)?,
            "sdk" => sdk::build(mode)?,
            other => return Err(format!("there is nothing called {other} to build: {USAGE}")),
        }
    }
    match targets.count() {
        0 => Err(USAGE.into()),
        _ => Ok(()),
    }
}

const USAGE: &str = "usage: xtask worker|sdk… [--release]";
