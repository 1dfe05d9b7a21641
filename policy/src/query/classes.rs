//! Into which classes of equal width do numbers fall?
//!
//! Size and offset are the decimals that were written, so an edge is a decimal too: the class from 0.3
//! to 0.4 holds what is written 0.3, whatever three times a tenth is in binary. Everything is counted in
//! steps of one power of ten, in which size, offset and edges are whole numbers.

use super::Range;
use crate::limits;
use crate::value::Number;

/// Classes of equal width, numbered upwards; at both ends one that is open.
///
/// An edge has at most [`limits::CLASS_EDGE_DIGITS_MAX`] digits, for so many tell any two decimals apart
/// as doubles; what lies further out is in one of the open classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Classes {
    /// In steps; at least 1.
    size: i64,
    /// In steps; where class 0 begins: at least 0 and below the size.
    offset: i64,
    /// A step is ten to this power.
    exponent: i32,
}

/// Why there are no classes of a size and an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClassesProblem {
    /// The size is 0 or less.
    SizeNotPositive,
    /// The size has more than [`limits::CLASS_SIZE_DIGITS_MAX`] digits, or one more than
    /// [`limits::CLASS_PLACES_MAX`] places from the point.
    SizeTooFine,
    /// The size, written as far as the offset's last digit, has.
    OffsetTooFine,
}

impl Classes {
    /// Classes of that size of which one begins at the offset.
    pub fn new(size: Number, offset: Number) -> Result<Classes, ClassesProblem> {
        if size <= Number::ZERO {
            return Err(ClassesProblem::SizeNotPositive);
        }
        let (size, offset) = (Decimal::of(size), Decimal::of(offset));
        size.in_steps(size.exponent)
            .ok_or(ClassesProblem::SizeTooFine)?;
        let exponent = match offset.digits {
            0 => size.exponent,
            _ => size.exponent.min(offset.exponent),
        };
        let size = size.in_steps(exponent);
        let size = size.ok_or(ClassesProblem::OffsetTooFine)?;
        Ok(Classes {
            size,
            offset: offset.in_steps_within(size, exponent),
            exponent,
        })
    }

    /// The class of a number: the last that begins at it or below.
    pub fn class_of(&self, number: Number) -> i64 {
        let furthest = self.furthest_edge();
        let (mut at_or_below, mut above) = (-furthest - 1, furthest + 1);
        while above - at_or_below > 1 {
            let middle = at_or_below + (above - at_or_below) / 2;
            if self.edge(middle) <= number.double() {
                at_or_below = middle;
            } else {
                above = middle;
            }
        }
        at_or_below
    }

    /// From where to where a class reaches; the first and the last are open.
    pub fn range(&self, class: i64) -> Range {
        let furthest = self.furthest_edge();
        let edge = |at: i64| {
            let inside = (-furthest..=furthest).contains(&at);
            inside.then(|| self.edge(at)).and_then(Number::new)
        };
        Range {
            from: edge(class),
            to: class.checked_add(1).and_then(edge),
        }
    }

    /// The last class, which is open, begins at this edge, and the first ends at its negative.
    pub fn furthest_edge(&self) -> i64 {
        (10_i64.pow(limits::CLASS_EDGE_DIGITS_MAX) - self.offset) / self.size
    }

    /// How wide a class is, in [steps](Classes::exponent).
    pub fn size_in_steps(&self) -> i64 {
        self.size
    }

    /// Where class 0 begins, in [steps](Classes::exponent).
    pub fn offset_in_steps(&self) -> i64 {
        self.offset
    }

    /// A step is ten to this power, which lies within ±[`limits::CLASS_PLACES_MAX`].
    pub fn exponent(&self) -> i32 {
        self.exponent
    }

    /// Where a class begins: the double next to the decimal.
    ///
    /// It is that because both operands are exact, and one operation rounds once.
    fn edge(&self, class: i64) -> f64 {
        let steps = (self.offset + class * self.size) as f64;
        let power = power_of_ten(self.exponent.unsigned_abs());
        if self.exponent < 0 {
            steps / power
        } else {
            steps * power
        }
    }
}

/// Ten to a power of at most 22, which a double holds exactly.
pub fn power_of_ten(power: u32) -> f64 {
    (0..power).map(|_| 10.0).product()
}

/// The shortest decimal that reads as a number: its digits, and the power of ten that the last stands for.
#[derive(Clone, Copy)]
struct Decimal {
    digits: i64,
    exponent: i32,
}

impl Decimal {
    fn of(number: Number) -> Decimal {
        let written = format!("{:e}", number.double());
        let (mantissa, power) = written.split_once('e').unwrap_or((&written, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let power: i32 = power.parse().unwrap_or(0);
        Decimal {
            // At most 17 digits.
            digits: format!("{whole}{fraction}").parse().unwrap_or(0),
            exponent: power - fraction.len() as i32,
        }
    }

    /// How many steps this is, if they are few enough for a size.
    fn in_steps(self, exponent: i32) -> Option<i64> {
        let in_reach = exponent.unsigned_abs() <= limits::CLASS_PLACES_MAX;
        let zeros = u32::try_from(self.exponent - exponent).ok()?;
        let steps = 10_i64.checked_pow(zeros)?.checked_mul(self.digits)?;
        let few = steps < 10_i64.pow(limits::CLASS_SIZE_DIGITS_MAX);
        (in_reach && few).then_some(steps)
    }

    /// How many steps this lies behind the last multiple of a size: the edges are the same from there.
    fn in_steps_within(self, size: i64, exponent: i32) -> i64 {
        let first = self.digits.rem_euclid(size);
        // Nothing is lost: no step is longer than what the last digit stands for.
        (exponent..self.exponent).fold(first, |steps, _| steps * 10 % size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(double: f64) -> Number {
        Number::new(double).unwrap()
    }

    fn classes(size: f64, offset: f64) -> Result<Classes, ClassesProblem> {
        Classes::new(number(size), number(offset))
    }

    #[test]
    fn a_number_at_an_edge_as_written_begins_its_class() {
        let cases = [
            (0.1, 0.0, 0.3, "0.3 - 0.4"),
            (0.1, 0.0, 0.1 + 0.2, "0.3 - 0.4"),
            (0.1, 0.0, 0.3_f64.next_down(), "0.2 - 0.3"),
            (0.1, 0.0, 0.7, "0.7 - 0.8"),
            (0.1, 0.0, -0.3, "-0.3 - -0.2"),
            (0.1, 0.0, (-0.3_f64).next_down(), "-0.4 - -0.3"),
            (0.1, 0.0, 0.0, "0 - 0.1"),
            (0.1, 0.0, -0.0, "0 - 0.1"),
            (0.1, 0.0, -5e-324, "-0.1 - 0"),
            (0.1, 0.05, 0.15, "0.15 - 0.25"),
            (0.1, -0.95, 0.15, "0.15 - 0.25"),
            (0.1, 1e300, 0.15, "0.1 - 0.2"),
            (0.25, 0.0, -0.3, "-0.5 - -0.25"),
            (1e-7, 0.0, 3e-7, "3e-7 - 4e-7"),
            (0.333333333, 0.0, 1.0, "0.999999999 - 1.333333332"),
            (10.0, 5.0, 1e14, "99999999999995 - 100000000000005"),
            (1e18, 0.0, 2e18, "2e18 - 3e18"),
            (2.5e21, 0.0, 5e21, "5e21 - 7.5e21"),
        ];
        for (size, offset, of, expected) in cases {
            let classes = classes(size, offset).unwrap();
            let range = classes.range(classes.class_of(number(of)));
            assert_eq!(range.to_string(), expected, "{size} {offset} {of}");
        }
    }

    #[test]
    fn what_a_double_cannot_tell_apart_by_a_class_is_in_an_open_one() {
        let cases = [
            (
                1.0,
                999_999_999_999_999.0,
                "999999999999999 - 1000000000000000",
            ),
            (1.0, 1e15, ">= 1000000000000000"),
            (1.0, f64::MAX, ">= 1000000000000000"),
            (1.0, -1e15, "-1000000000000000 - -999999999999999"),
            (1.0, -1e15 - 1.0, "< -1000000000000000"),
            (0.1, f64::MIN, "< -100000000000000"),
        ];
        for (size, of, expected) in cases {
            let classes = classes(size, 0.0).unwrap();
            let range = classes.range(classes.class_of(number(of)));
            assert_eq!(range.to_string(), expected, "{size} {of}");
        }
    }

    #[test]
    fn a_size_and_an_offset_have_few_digits() {
        use ClassesProblem::*;
        let cases = [
            (0.0, 0.0, Err(SizeNotPositive)),
            (-1.0, 0.0, Err(SizeNotPositive)),
            (999_999_999.0, 0.0, Ok(())),
            (1_000_000_001.0, 0.0, Err(SizeTooFine)),
            (1.0 / 3.0, 0.0, Err(SizeTooFine)),
            (1e22, 0.0, Ok(())),
            (1e23, 0.0, Err(SizeTooFine)),
            (1e-22, 0.0, Ok(())),
            (1e-23, 0.0, Err(SizeTooFine)),
            (5e-324, 0.0, Err(SizeTooFine)),
            (1.0, 1e-8, Ok(())),
            (1.0, 1e-9, Err(OffsetTooFine)),
            (1.0, 0.1 + 0.2, Err(OffsetTooFine)),
            (1e-22, 1e-23, Err(OffsetTooFine)),
            (1e-22, 1e-300, Err(OffsetTooFine)),
            (1.0, f64::MAX, Ok(())),
        ];
        for (size, offset, expected) in cases {
            let made = classes(size, offset).map(|_| ());
            assert_eq!(made, expected, "{size} {offset}");
        }
    }
}
