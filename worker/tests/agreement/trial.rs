//! With which cases is something tried? With those of a seed, which is printed and can be given again.

use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Tries so many cases, and shrinks one that fails in as many steps at most; with the seed of `KEYHOLE_SEED`, or another
/// each time. Gives the seed too, for what is said of a failure.
pub fn runner(cases: u32, shrinking_steps: u32) -> (u64, TestRunner) {
    let seed = setting("KEYHOLE_SEED").unwrap_or_else(random_seed);
    say(&format!("KEYHOLE_SEED={seed}"));
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: shrinking_steps,
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    (seed, TestRunner::new_with_rng(config, rng))
}

/// A whole number in the environment.
pub fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// Past the test runner, which keeps what a passing test prints to itself.
pub fn say(line: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn random_seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(std::process::id())
}
