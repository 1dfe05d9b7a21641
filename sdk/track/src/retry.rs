//! When is a request sent again, if at all? Exponential backoff with jitter, bounded.

/// Attempts of one request, the first included.
pub const ATTEMPTS_MAX: u32 = 5;
/// Milliseconds before the second attempt, at most; each later pause is twice as long.
pub const FIRST_DELAY_MS_MAX: f64 = 500.0;
/// The longest pause of what is kept until it is stored, but for what a server asks for.
pub const KEPT_DELAY_MS_MAX: f64 = 300_000.0;
/// The longest that a server may make it wait.
pub const KEPT_RETRY_AFTER_MS_MAX: f64 = 3_600_000.0;
/// A server that asks for more patience than this many milliseconds is not waited for.
pub const RETRY_AFTER_MS_MAX: f64 = 60_000.0;

/// Milliseconds to wait before the next attempt; nothing when there shall be none.
///
/// `status` is 0 when no answer came. A `Retry-After` is a floor: jitter comes on top of it, so that
/// a thousand waiting pages do not return in the same instant.
pub fn delay_ms(
    attempts_made: u32,
    status: u16,
    retry_after_ms: Option<f64>,
    random: f64,
) -> Option<f64> {
    if attempts_made >= ATTEMPTS_MAX || !may_pass(status) {
        return None;
    }
    let doublings = attempts_made.saturating_sub(1);
    let backoff_max = FIRST_DELAY_MS_MAX * f64::from(1_u32.checked_shl(doublings)?);
    let backoff = backoff_max * (1.0 + random.clamp(0.0, 1.0)) / 2.0;
    match retry_after_ms {
        Some(asked) if asked > RETRY_AFTER_MS_MAX => None,
        Some(asked) => Some(asked.max(0.0) + backoff - backoff_max / 2.0),
        None => Some(backoff),
    }
}

/// Milliseconds before what is kept is sent again: there is no last attempt. Nothing when the same would
/// be refused again.
pub fn kept_delay_ms(
    attempts_made: u32,
    status: u16,
    retry_after_ms: Option<f64>,
    random: f64,
) -> Option<f64> {
    if !may_pass(status) {
        return None;
    }
    let doublings = attempts_made.saturating_sub(1).min(16);
    let backoff_max = (FIRST_DELAY_MS_MAX * f64::from(1_u32 << doublings)).min(KEPT_DELAY_MS_MAX);
    let jitter = backoff_max * random.clamp(0.0, 1.0) / 2.0;
    let asked = retry_after_ms.unwrap_or(0.0).min(KEPT_RETRY_AFTER_MS_MAX);
    Some(asked.max(backoff_max / 2.0) + jitter)
}

/// Is this a failure that may be gone on the next attempt?
fn may_pass(status: u16) -> bool {
    matches!(status, 0 | 408 | 429 | 500..=599)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pause_is_twice_as_long_and_the_fifth_attempt_is_the_last() {
        let pauses: Vec<Option<f64>> = (1..=5).map(|made| delay_ms(made, 503, None, 1.0)).collect();
        assert_eq!(
            pauses,
            [
                Some(500.0),
                Some(1_000.0),
                Some(2_000.0),
                Some(4_000.0),
                None
            ]
        );
        assert_eq!(delay_ms(1, 503, None, 0.0), Some(250.0));
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        for status in [0, 408, 429, 500, 502, 503, 504, 599] {
            assert!(delay_ms(1, status, None, 0.5).is_some(), "{status}");
        }
        for status in [200, 201, 301, 400, 401, 403, 404, 405, 413, 422] {
            assert!(delay_ms(1, status, None, 0.5).is_none(), "{status}");
        }
    }

    #[test]
    fn what_is_kept_is_sent_again_for_ever_at_least_every_five_minutes() {
        let pauses = [1, 2, 10, 11, 1_000].map(|made| kept_delay_ms(made, 0, None, 1.0));
        let expected = [500.0, 1_000.0, 256_000.0, 300_000.0, 300_000.0].map(Some);
        assert_eq!(pauses, expected);
        assert_eq!(kept_delay_ms(1, 503, None, 0.0), Some(250.0));
        assert_eq!(kept_delay_ms(1, 429, Some(9_000.0), 0.0), Some(9_000.0));
        assert_eq!(kept_delay_ms(1, 429, Some(9_000.0), 1.0), Some(9_250.0));
        assert_eq!(kept_delay_ms(1, 503, Some(1e12), 0.0), Some(3_600_000.0));
        for status in [400, 401, 403, 404, 413] {
            assert_eq!(kept_delay_ms(1, status, Some(1.0), 0.5), None);
        }
    }

    #[test]
    fn retry_after_is_a_floor_up_to_a_minute() {
        assert_eq!(delay_ms(1, 429, Some(3_000.0), 0.0), Some(3_000.0));
        assert_eq!(delay_ms(1, 429, Some(3_000.0), 1.0), Some(3_250.0));
        assert_eq!(delay_ms(1, 503, Some(-5.0), 0.0), Some(0.0));
        assert_eq!(delay_ms(1, 503, Some(60_001.0), 0.0), None);
    }
}
