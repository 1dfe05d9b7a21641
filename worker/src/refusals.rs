//! Which refused requests are kept for the audit? All, up to a rate; of more, every hundredth, with their number.

use crate::call::Call;
use crate::context::Asking;
use crate::refusal::Refusal;
use crate::reply::{code, sentence};
use crate::route::find;
use crate::sql::Sql;
use crate::sql::audit::{self, Refused};
use keyhole_policy::name::ProjectId;
use keyhole_policy::time::Instant;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Refusals of one project that are kept in a minute, by one isolate, before only some are.
const KEPT_IN_A_MINUTE: usize = 20;
/// Of those beyond, one in so many is kept.
const ONE_IN: usize = 100;
/// Projects whose refusals an isolate counts at a time.
const PROJECTS_MAX: usize = 1_000;
const MINUTE_MILLISECONDS: i64 = 60_000;

/// How many refusals there were of late.
#[derive(Debug, Default)]
struct Counts {
    by_project: BTreeMap<ProjectId, Count>,
}

#[derive(Debug, Default)]
struct Count {
    minute: i64,
    in_minute: usize,
    skipped: usize,
}

thread_local! {
    // An isolate's own memory of its rate; nothing but the sampling depends on it.
    static COUNTS: RefCell<Counts> = RefCell::default();
}

/// The statements that keep a refused request, if it is one that is kept: refused by policy, and not for what it
/// says.
pub fn statements(asking: &Asking, call: &Call, refusal: &Refusal, now: Instant) -> Vec<Sql> {
    let (status, error_code) = code(refusal);
    if !matches!(status, 401 | 403) {
        return Vec::new();
    }
    let taken = COUNTS.with_borrow_mut(|counts| counts.take(&asking.project, now));
    let Some(skipped_before) = taken else {
        return Vec::new();
    };
    let template = find(&call.method, &call.path).map(|(route, _)| route.template().1);
    let refused = Refused {
        by: asking.by.clone(),
        request: format!("{} {}", call.method, template.unwrap_or("")),
        status,
        error_code,
        message: without_keys(&sentence(refusal)),
        skipped_before,
    };
    vec![
        audit::refused(&asking.project, &refused, now),
        audit::forget_old_refusals(&asking.project, now),
    ]
}

impl Counts {
    /// Counts one refusal: `Some` of how many were skipped before, if this one is kept.
    fn take(&mut self, project: &ProjectId, now: Instant) -> Option<usize> {
        if self.by_project.len() >= PROJECTS_MAX && !self.by_project.contains_key(project) {
            self.by_project.clear();
        }
        let minute = now.milliseconds().div_euclid(MINUTE_MILLISECONDS);
        let count = self.by_project.entry(project.clone()).or_default();
        if count.minute != minute {
            (count.minute, count.in_minute) = (minute, 0);
        }
        count.in_minute += 1;
        let beyond = count.in_minute.saturating_sub(KEPT_IN_A_MINUTE);
        if beyond.is_multiple_of(ONE_IN) {
            return Some(std::mem::take(&mut count.skipped));
        }
        count.skipped += 1;
        None
    }
}

/// A message that repeats what a caller sent, without what looks like a key of ours.
fn without_keys(message: &str) -> String {
    let mut parts = message.split("kh_");
    let first = parts.next().unwrap_or("").to_owned();
    parts.fold(first, |before, part| {
        let rest =
            part.trim_start_matches(|letter: char| letter.is_ascii_alphanumeric() || letter == '_');
        format!("{before}kh_…{rest}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_the_rate_one_in_a_hundred_is_kept_and_says_how_many_were_not() {
        let mut counts = Counts::default();
        let project = ProjectId::from_random([1; 12]);
        let at = |minute: i64| Instant::from_milliseconds(minute * MINUTE_MILLISECONDS).unwrap();
        let taken: Vec<_> = (0..220).map(|_| counts.take(&project, at(1))).collect();
        let kept: Vec<usize> = taken.iter().flatten().copied().collect();
        let expected: Vec<usize> = [0; KEPT_IN_A_MINUTE].into_iter().chain([99, 99]).collect();
        assert_eq!(kept, expected);
        // What was skipped is told with the next that is kept; another project is counted by itself.
        for _ in 0..5 {
            assert_eq!(counts.take(&project, at(1)), None);
        }
        assert_eq!(counts.take(&project, at(2)), Some(5));
        assert_eq!(
            counts.take(&ProjectId::from_random([2; 12]), at(1)),
            Some(0)
        );
    }

    #[test]
    fn what_looks_like_a_key_is_not_repeated() {
        for (message, expected) in [
            (
                "This key does not reach 'a'.",
                "This key does not reach 'a'.",
            ),
            ("'kh_access_0aZ' and kh_master_x!", "'kh_…' and kh_…!"),
        ] {
            assert_eq!(without_keys(message), expected);
        }
    }
}
