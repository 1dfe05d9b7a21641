//! How is an equation tried? On generated cases by the thousand, of which many must say something.

use crate::dice::Dice;

/// Tries an equation on many cases; the seed of a case that fails is said, and is enough to see it again.
pub fn for_all(equation: impl Fn(&mut Dice) -> bool) {
    let number = |name: &str| {
        std::env::var(name)
            .ok()
            .and_then(|text| text.parse::<u64>().ok())
    };
    let first = number("KEYHOLE_SEED").unwrap_or_else(|| {
        let now = std::time::UNIX_EPOCH.elapsed().unwrap();
        now.as_nanos() as u64
    });
    let cases = number("KEYHOLE_CASES").unwrap_or(5_000);
    let mut said_something = 0;
    for case in 0..cases {
        let seed = first.wrapping_add(case);
        let tried = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            equation(&mut Dice::new(seed))
        }));
        match tried {
            Ok(says_something) => said_something += u64::from(says_something),
            Err(cause) => {
                eprintln!("KEYHOLE_SEED={seed} KEYHOLE_CASES=1 tries this case again");
                std::panic::resume_unwind(cause);
            }
        }
    }
    eprintln!("seed {first}: {said_something} of {cases} cases said something");
    assert!(
        cases < 1_000 || said_something * 10 >= cases,
        "only {said_something} of {cases} cases said something"
    );
}
