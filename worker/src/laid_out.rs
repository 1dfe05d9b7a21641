//! How do a project's events lie? As it is kept, and as it is meant.

use crate::refusal::Refusal;
use crate::sql::layout::Layout;
use crate::store::row::Row;
use keyhole_policy::name::PropertyPath;
use keyhole_policy::time::Instant;
use keyhole_policy::value::Value;

const PLACE: &str = "layout";
const DAY_MILLISECONDS: i64 = 86_400_000;

/// Reads `[scope_property, [earlier ones], is changing, retention_days]`, as it is at a moment.
pub fn layout(kept: &Value, now: Instant) -> Result<Layout, Refusal> {
    let mut row = Row::new(PLACE, kept)?;
    let path = |text: &str| PropertyPath::parse(text).map_err(|_| Refusal::corrupt(PLACE));
    let scope_property = path(row.text()?)?;
    let earlier = row.list()?.iter().map(|kept| {
        let text = kept.as_text().ok_or_else(|| Refusal::corrupt(PLACE))?;
        path(text)
    });
    let earlier: Result<Vec<PropertyPath>, Refusal> = earlier.collect();
    let is_changing = row.whole()? == 1;
    let retention_days = row.whole_or_null()?;
    Ok(Layout {
        scope_property,
        earlier: earlier?,
        is_changing,
        retention_days,
        oldest: retention_days.map_or(Instant::MIN, |days| oldest(days, now)),
    })
}

/// The first instant whose events are seen of a project that keeps them for so many days.
pub fn oldest(retention_days: i64, now: Instant) -> Instant {
    now.saturating_sub_milliseconds(retention_days.saturating_mul(DAY_MILLISECONDS))
}
