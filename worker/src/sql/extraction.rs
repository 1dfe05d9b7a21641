//! Which statement reads the events of an extraction?

use super::selection::Source;
use super::{Constants, Sql};
use keyhole_policy::event::EventPlace;
use keyhole_policy::limits::EXTRACTION_EVENTS_MAX;
use keyhole_policy::query::{Extraction, Portion, Selection};
use keyhole_policy::time::{Instant, Span};
use keyhole_policy::value::Value;

/// Rows `[timestamp, created_at, id, body]` in the extraction's order; of everything and of a page at most one
/// more than it may answer.
pub fn statement(source: &Source, extraction: &Extraction) -> Sql {
    let mut constants = Constants::default();
    let selection = &extraction.selection;
    let (rows, direction, limit) = match &extraction.portion {
        Portion::Everything => {
            let rows = source.rows(selection, &mut constants);
            (rows, "ASC", EXTRACTION_EVENTS_MAX + 1)
        }
        Portion::Latest(latest) | Portion::Newest(latest) => {
            (source.rows(selection, &mut constants), "DESC", *latest)
        }
        Portion::Page(page) => {
            let rows = match &page.after {
                None => source.rows(selection, &mut constants),
                Some(place) => rows_after(source, selection, place, &mut constants),
            };
            (rows, "ASC", page.size + 1)
        }
    };
    // By week first: it is the order of time too, and that of the primary key, so that the weeks past the
    // limit are not read.
    constants.into_sql(format!(
        "SELECT json_array(e.ts, e.created_at, e.id, json(e.body)) AS row {rows} \
         ORDER BY e.wk {direction}, e.ts {direction}, e.id {direction} LIMIT {limit}"
    ))
}

/// The rows that stand after a place, which is inside the selection's span.
fn rows_after(
    source: &Source,
    selection: &Selection,
    place: &EventPlace,
    constants: &mut Constants,
) -> String {
    let mut following = selection.clone();
    if let Some(from_place) = Span::new(place.timestamp, Instant::MAX) {
        following.span = following.span.clip_to(from_place);
    }
    let rows = source.rows(&following, constants);
    let timestamp = place.timestamp.milliseconds();
    let id = constants.bind(Value::text(place.id.as_str()));
    format!("{rows} AND (e.ts > {timestamp} OR e.id > {id})")
}
