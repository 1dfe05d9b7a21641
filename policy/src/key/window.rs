//! Which time may a key ask about?

use crate::time::{Instant, Span};

/// Bounds in time on every read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Nothing before this.
    pub oldest: Option<Bound>,
    /// Nothing from this on.
    pub newest: Option<Bound>,
    /// No timeframe longer than this, in milliseconds.
    pub max_span_milliseconds: Option<i64>,
    /// What happens to a timeframe that reaches outside.
    pub mode: WindowMode,
}

/// An instant, or a time before now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// This instant.
    At(Instant),
    /// So many milliseconds before now.
    Ago(i64),
}

/// What happens to a timeframe that reaches outside a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowMode {
    /// The part inside is answered.
    Clamp,
    /// It is refused.
    Deny,
}

/// The timeframe reaches outside the window, which refuses such.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutsideWindow;

impl Window {
    /// The part of a timeframe that may be read.
    pub fn admit(&self, asked: Span, now: Instant) -> Result<Span, OutsideWindow> {
        let admitted = asked.clip_to(self.whole(now));
        let too_long = |longest| admitted.milliseconds() > longest;
        if self.mode == WindowMode::Deny {
            let longer = self.max_span_milliseconds.is_some_and(too_long);
            return if admitted == asked && !longer {
                Ok(asked)
            } else {
                Err(OutsideWindow)
            };
        }
        // Of a span that is too long the newest part is kept.
        let longest = self
            .max_span_milliseconds
            .filter(|longest| too_long(*longest));
        let start = longest.map_or(admitted.start(), |longest| before(admitted.end(), longest));
        Span::new(start, admitted.end()).ok_or(OutsideWindow)
    }

    /// All the time inside, as of now; none of it where its end precedes its start.
    pub fn whole(&self, now: Instant) -> Span {
        let at = |bound: Option<Bound>, otherwise| match bound {
            None => otherwise,
            Some(Bound::At(instant)) => instant,
            Some(Bound::Ago(milliseconds)) => before(now, milliseconds),
        };
        let oldest = at(self.oldest, Instant::MIN);
        Span::or_empty(oldest, at(self.newest, Instant::MAX))
    }
}

fn before(instant: Instant, milliseconds: i64) -> Instant {
    let earlier = instant.milliseconds().saturating_sub(milliseconds);
    Instant::from_milliseconds(earlier).unwrap_or(Instant::MIN)
}

/// Reads an ISO 8601 duration of weeks, days, hours, minutes and seconds, such as `P90D` or `PT1H30M`.
///
/// Years and months are not taken: how long they are depends on when.
pub fn parse_duration_milliseconds(text: &str) -> Option<i64> {
    let rest = text.strip_prefix('P')?;
    let (date, time) = match rest.split_once('T') {
        Some((_, "")) => return None,
        Some((date, time)) => (date, time),
        None => (rest, ""),
    };
    if date.is_empty() && time.is_empty() {
        return None;
    }
    let date = parts(date, &[('W', 604_800_000), ('D', 86_400_000)])?;
    let time = parts(time, &[('H', 3_600_000), ('M', 60_000), ('S', 1_000)])?;
    date.checked_add(time).filter(|sum| *sum > 0)
}

/// Writes a duration as [`parse_duration_milliseconds`] reads it, to the whole second: `P90D`, `PT1H30M`.
pub fn print_duration(milliseconds: i64) -> String {
    let seconds = milliseconds / 1_000;
    let part = |number: i64, letter: &str| match number {
        0 => String::new(),
        _ => format!("{number}{letter}"),
    };
    let date = part(seconds / 86_400, "D");
    let [hours, minutes, seconds] = [seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60];
    let time = [part(hours, "H"), part(minutes, "M"), part(seconds, "S")].concat();
    match time.as_str() {
        "" => format!("P{date}"),
        _ => format!("P{date}T{time}"),
    }
}

fn parts(text: &str, units: &[(char, i64)]) -> Option<i64> {
    let mut rest = text;
    let mut sum: i64 = 0;
    for (letter, milliseconds) in units {
        if let Some((number, after)) = rest.split_once(*letter) {
            if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            let count: i64 = number.parse().ok()?;
            sum = sum.checked_add(count.checked_mul(*milliseconds)?)?;
            rest = after;
        }
    }
    rest.is_empty().then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    #[test]
    fn durations_are_read_and_months_are_not_taken() {
        for (text, milliseconds) in [
            ("P90D", Some(7_776_000_000)),
            ("P1W", Some(604_800_000)),
            ("PT1H30M", Some(5_400_000)),
            ("P1DT1S", Some(86_401_000)),
            ("P1M", None),
            ("P", None),
            ("PT", None),
            ("P-1D", None),
            ("90D", None),
            ("P0D", None),
            ("P1D1W", None),
            ("P99999999999999999999D", None),
        ] {
            assert_eq!(parse_duration_milliseconds(text), milliseconds, "{text}");
        }
    }

    #[test]
    fn what_is_printed_is_read_back() {
        for text in ["P90D", "PT1H30M", "P1DT1S", "PT59M59S", "P106751991167D"] {
            let milliseconds = parse_duration_milliseconds(text).unwrap();
            assert_eq!(print_duration(milliseconds), text);
        }
        assert_eq!(print_duration(604_800_000), "P7D");
    }

    #[test]
    fn a_clamping_window_answers_the_part_inside_and_a_denying_one_refuses() {
        let now = at("2026-03-31");
        let mut window = Window {
            oldest: Some(Bound::Ago(30 * 86_400_000)),
            newest: None,
            max_span_milliseconds: Some(7 * 86_400_000),
            mode: WindowMode::Clamp,
        };
        let asked = Span::new(at("2026-01-01"), at("2026-04-01")).unwrap();
        let inside = Span::new(at("2026-03-25"), at("2026-04-01")).unwrap();
        assert_eq!(window.admit(asked, now), Ok(inside));
        let past = Span::new(at("2025-01-01"), at("2025-02-01")).unwrap();
        assert!(window.admit(past, now).unwrap().is_empty());
        window.mode = WindowMode::Deny;
        assert_eq!(window.admit(asked, now), Err(OutsideWindow));
        assert_eq!(window.admit(inside, now), Ok(inside));
    }
}
