//! Which statement reads the events of an extraction?

use super::selection::Source;
use super::{Constants, Sql};
use keyhole_policy::limits::EXTRACTION_EVENTS_MAX;
use keyhole_policy::query::Extraction;

/// Rows `[timestamp, created_at, id, body]` in the extraction's order; at most one more than it may answer.
pub fn statement(source: &Source, extraction: &Extraction) -> Sql {
    let mut constants = Constants::default();
    let rows = source.rows(&extraction.selection, &mut constants);
    let (direction, limit) = match extraction.latest {
        Some(latest) => ("DESC", latest),
        None => ("ASC", EXTRACTION_EVENTS_MAX + 1),
    };
    constants.into_sql(format!(
        "SELECT json_array(e.ts, e.created_at, e.id, json(e.body)) AS row {rows} \
         ORDER BY e.ts {direction}, e.id {direction} LIMIT {limit}"
    ))
}
