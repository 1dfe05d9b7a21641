//! Do classes of equal width begin at the decimals that were written, and are they called so?
//!
//! Edges are worked out again as decimal texts, which Rust reads as the double next to them.
//! `KEYHOLE_SEED` tries the same cases again.

#![cfg(not(target_arch = "wasm32"))]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test, its helpers included, fails by panicking"
)]

use keyhole_policy::filter::Property;
use keyhole_policy::query::{Classes, Grouping};
use keyhole_policy::result::group_label;
use keyhole_policy::value::{Number, Value};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// A size and an offset, both so many times ten to a power.
#[derive(Clone, Debug)]
struct Written {
    size: i64,
    offset: i64,
    power: i32,
}

impl Written {
    fn classes(&self) -> Classes {
        let [size, offset] = [self.size, self.offset].map(|steps| self.number(steps));
        Classes::new(size, offset).unwrap()
    }

    fn number(&self, steps: i64) -> Number {
        Number::new(format!("{steps}e{}", self.power).parse().unwrap()).unwrap()
    }
}

fn written() -> impl Strategy<Value = Written> {
    let size = prop_oneof![1..=12_i64, 1..100_000_i64, 1..1_000_000_000_i64];
    let offset =
        prop_oneof![2 => Just(0), 1 => -100..100_i64, 1 => -999_999_999_999..999_999_999_999_i64];
    // With digits of their own, sizes reach further from the point than 22 places: not above 10^13.
    (size, offset, -22..=13_i32).prop_map(|(size, offset, power)| Written {
        size,
        offset,
        power,
    })
}

fn for_all<T: std::fmt::Debug>(
    cases: impl Strategy<Value = T>,
    check: impl Fn(T) -> Result<(), TestCaseError>,
) {
    let seed = std::env::var("KEYHOLE_SEED").ok();
    let seed = seed.and_then(|seed| seed.parse().ok());
    let now = || std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64;
    let seed: u64 = seed.unwrap_or_else(now);
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config {
        cases: 20_000,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    if let Err(failure) = TestRunner::new_with_rng(config, rng).run(&cases, check) {
        panic!("KEYHOLE_SEED={seed}: {failure}");
    }
}

/// A decimal's digits without zeros at their end, and the power of ten of the last.
fn decimal(text: &str) -> (String, i32) {
    let (mantissa, power) = text.split_once('e').unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let power = power.parse::<i32>().unwrap() - fraction.len() as i32;
    let kept = digits.trim_end_matches('0');
    if kept.trim_start_matches('-').is_empty() {
        return ("0".to_owned(), 0);
    }
    let sign = if kept.starts_with('-') { "-" } else { "" };
    let significant = kept.trim_start_matches(['-', '0']);
    let zeros = (digits.len() - kept.len()) as i32;
    (format!("{sign}{significant}"), power + zeros)
}

#[test]
fn an_edge_is_the_double_next_to_its_decimal_and_the_label_is_that_decimal() {
    let cases = (written(), -1.0..1.0_f64);
    for_all(cases, |(written, part)| {
        let classes = written.classes();
        // Counted from the offset as written, which Classes brings below the size.
        let steps = 1_000_000_000_000_000_i64 - written.size;
        let near = ((steps as f64 * part) as i64 - written.offset) / written.size;
        let [from, to] = [near, near + 1].map(|at| written.offset + at * written.size);
        prop_assume!(from.abs() < steps && to.abs() < steps);
        let number = written.number(from);
        let class = classes.class_of(number);
        let range = classes.range(class);
        prop_assert_eq!(range.from, Some(number));
        prop_assert_eq!(range.to, Some(written.number(to)));
        let label = range.to_string();
        let (begins, ends) = label.split_once(" - ").unwrap();
        for (label, steps) in [(begins, from), (ends, to)] {
            let expected = format!("{steps}e{}", written.power);
            prop_assert_eq!(decimal(label), decimal(&expected), "{}", label);
        }
        Ok(())
    });
}

#[test]
fn a_number_lies_from_the_edge_of_its_class_to_the_next_and_neighbours_are_parted_at_it() {
    let number = prop_oneof![-1e3..1e3_f64, -1e16..1e16_f64, prop::num::f64::NORMAL];
    for_all((written(), number), |(written, double)| {
        let classes = written.classes();
        let number = Number::new(double).unwrap();
        let class = classes.class_of(number);
        let range = classes.range(class);
        prop_assert!(range.from.is_none_or(|from| from <= number), "{range}");
        prop_assert!(range.to.is_none_or(|to| number < to), "{range}");
        if let Some(from) = range.from {
            let before = Number::new(from.double().next_down()).unwrap();
            prop_assert_eq!(classes.class_of(from), class);
            prop_assert_eq!(classes.class_of(before), class - 1);
        }
        Ok(())
    });
}

#[test]
fn every_class_has_a_label_of_its_own_and_labels_ascend() {
    for_all((written(), -1.0..1.0_f64), |(written, part)| {
        let classes = written.classes();
        let last = classes.furthest_edge();
        let at = (part * last as f64) as i64;
        let property = Property::parse("n").unwrap();
        let grouping = Grouping::Classes { property, classes };
        let label = |class: i64| {
            let class = Value::Number(Number::new(class as f64).unwrap());
            group_label(&grouping, class).to_string()
        };
        prop_assert!(label(last).starts_with("\">= "), "{}", label(last));
        prop_assert!(label(-last - 1).starts_with("\"< "), "{}", label(-last - 1));
        let [below, here] = [at - 1, at].map(|class| classes.range(class));
        prop_assert_eq!(below.to, here.from);
        prop_assert!(below.from < here.from || at == -last);
        prop_assert_ne!(label(at - 1), label(at));
        Ok(())
    });
}
