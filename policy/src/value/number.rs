//! What is a number to the engine? A finite double, as in JSON and JavaScript.

use std::cmp::Ordering;
use std::fmt;

/// A finite IEEE 754 double without negative zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number(f64);

/// Whole numbers up to this size are kept exactly (`Number.MAX_SAFE_INTEGER`).
pub const WHOLE_MAX: f64 = 9_007_199_254_740_991.0;

impl Number {
    /// Zero.
    pub const ZERO: Number = Number(0.0);

    /// The number, unless it is infinite or not one.
    pub fn new(double: f64) -> Option<Number> {
        // Adding zero turns -0.0 into 0.0, so that equal numbers print the same.
        double.is_finite().then_some(Number(double + 0.0))
    }

    /// A count; exact up to 2^53.
    pub fn from_count(count: usize) -> Number {
        Number(count as f64)
    }

    /// A whole number as sent, unless a double would silently make it another one.
    ///
    /// Accepted beyond 2^53 is only what a double prints as: all that JavaScript can send.
    pub fn from_whole(whole: i128) -> Option<Number> {
        let double = whole as f64;
        let kept = double.abs() <= WHOLE_MAX || format!("{double}") == whole.to_string();
        if kept { Number::new(double) } else { None }
    }

    /// The double.
    pub fn double(self) -> f64 {
        self.0
    }

    /// The whole number this is, if it is one within ±2^53.
    pub fn whole(self) -> Option<i64> {
        let whole = self.0.trunc() == self.0 && self.0.abs() <= WHOLE_MAX;
        whole.then_some(self.0 as i64)
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Number) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Number) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl fmt::Display for Number {
    /// Whole numbers without a fraction, others in the shortest form that reads back the same.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(whole) = self.whole() {
            return write!(formatter, "{whole}");
        }
        let size = self.0.abs();
        if (1e-5..1e16).contains(&size) {
            // Debug keeps `.0` on a whole number, so that SQLite reads it as REAL.
            return write!(formatter, "{:?}", self.0);
        }
        write!(formatter, "{:e}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_numbers_print_the_same_and_read_back_as_themselves() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-7.5, "-7.5"),
            (1e21, "1e21"),
            (1e-7, "1e-7"),
            (9_007_199_254_740_991.0, "9007199254740991"),
            (9_007_199_254_740_992.0, "9007199254740992.0"),
            (0.1, "0.1"),
            (f64::MAX, "1.7976931348623157e308"),
            (5e-324, "5e-324"),
        ];
        for (double, printed) in cases {
            let number = Number::new(double).unwrap();
            assert_eq!(number.to_string(), printed);
            assert_eq!(printed.parse::<f64>().unwrap(), double);
        }
    }

    #[test]
    fn a_whole_number_that_a_double_would_change_is_refused() {
        assert!(Number::from_whole(9_007_199_254_740_993).is_none());
        assert!(Number::from_whole(9_007_199_254_740_992).is_some());
        // What JavaScript prints for 2^60 and 1e20: the shortest digits, filled with zeros.
        assert!(Number::from_whole(1_152_921_504_606_847_000).is_some());
        assert!(Number::from_whole(100_000_000_000_000_000_000).is_some());
        assert!(Number::from_whole(i128::from(u64::MAX)).is_none());
    }

    #[test]
    fn what_is_not_a_number_is_none() {
        assert!(Number::new(f64::NAN).is_none());
        assert!(Number::new(f64::INFINITY).is_none());
    }
}
