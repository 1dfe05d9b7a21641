//! Does this caller ask too often? Counted by the platform, for each key and each of its locations.

use crate::refusal::Refusal;
use keyhole_policy::key::Caller;
use worker::RateLimiter;

/// How long a caller waits who asked too often: the period of the limit in `wrangler.toml`, in seconds.
pub const PERIOD_SECONDS: u32 = 60;

/// The limit on ad-hoc questions, or none where `wrangler.toml` has none.
pub struct QueryRate(pub Option<RateLimiter>);

impl QueryRate {
    /// Counts one question of this caller, and refuses it beyond the limit.
    pub async fn count(&self, caller: &Caller) -> Result<(), Refusal> {
        let Some(limiter) = &self.0 else {
            return Ok(());
        };
        let counted = limiter.limit(whose(caller)).await;
        let counted =
            counted.map_err(|error| Refusal::failed("query rate", format!("{error:?}")))?;
        if counted.success {
            Ok(())
        } else {
            Err(Refusal::TooOften)
        }
    }
}

/// A name for the caller's key that is not the key.
fn whose(caller: &Caller) -> String {
    match caller {
        Caller::Organization(organization) => format!("organization {organization}"),
        Caller::Master(project) => format!("master {project}"),
        Caller::Write(project) => format!("write {project}"),
        Caller::Read(project) => format!("read {project}"),
        Caller::Access(key) => format!("access {} {}", key.project(), key.id()),
    }
}
