//! What does the Worker find around it? Its bindings, secrets and settings, its clock and its chance.

use crate::context::{Context, Left};
use crate::copies::Copies;
use crate::rate::QueryRate;
use crate::refusal::Refusal;
use crate::seal::{Chance, Seal};
use crate::store::{D1, Store};
use crate::sweep;
use keyhole_policy::time::{BundledZones, Instant};
use worker::Env;

/// Everything of the world that handling one request needs.
pub(super) fn context(environment: &Env) -> std::result::Result<Context, Refusal> {
    let failed = |place, error: &dyn std::fmt::Debug| Refusal::failed(place, format!("{error:?}"));
    let database = environment
        .d1("DB")
        .map_err(|error| failed("binding DB", &error))?;
    let seal = environment
        .secret("KEY_SEAL")
        .ok()
        .map(|secret| secret.to_string());
    let seal = match seal {
        None => None,
        Some(text) => {
            let malformed =
                || Refusal::failed("KEY_SEAL", "the secret is not 64 hexadecimal digits");
            Some(Seal::from_hexadecimal(&text).ok_or_else(malformed)?)
        }
    };
    let setting = |name| {
        environment
            .var(name)
            .ok()
            .map(|setting| setting.to_string())
    };
    let now = i64::try_from(worker::Date::now().as_millis())
        .ok()
        .and_then(Instant::from_milliseconds);
    let mut chance = [0; 32];
    getrandom::fill(&mut chance).map_err(|error| failed("chance", &error))?;
    Ok(Context {
        store: Store::D1(D1(database)),
        copies: Copies(environment.kv("COPIES").ok()),
        query_rate: query_rate(environment),
        deletion_steps: sweep::steps_in_a_request(setting("DELETION_STEPS")),
        seal,
        now: now.ok_or_else(|| Refusal::failed("clock", "the time is beyond the year 9999"))?,
        chance: Chance(chance),
        zones: BundledZones::new(),
        left: Left::default(),
    })
}

/// The limit of `wrangler.toml`, unless the variable beside it switches it off.
fn query_rate(environment: &Env) -> QueryRate {
    let setting = environment.var("QUERY_RATE_LIMIT").ok();
    let is_off = setting.is_some_and(|setting| setting.to_string() == "off");
    QueryRate(if is_off {
        None
    } else {
        environment.rate_limiter("QUERY_RATE").ok()
    })
}
