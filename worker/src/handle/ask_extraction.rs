//! How are events asked for themselves, whole or page by page?

use super::ask::{Cost, at_most, run, run_cut};
use crate::answer;
use crate::refusal::Refusal;
use crate::sql::extraction;
use crate::sql::selection::Source;
use crate::store::Store;
use keyhole_policy::event::EventPlace;
use keyhole_policy::limits;
use keyhole_policy::query::{Extraction, Portion};
use keyhole_policy::result;
use keyhole_policy::value::Value;

/// The events, and where to go on after a page that others follow.
pub(super) async fn ask_extraction(
    store: &Store,
    source: &Source<'_>,
    extraction: &Extraction,
    cost: &mut Cost,
) -> Result<(Value, Option<EventPlace>), Refusal> {
    let statement = extraction::statement(source, extraction);
    // A page ends where it would be too many bytes, and of the newest those are answered that are not.
    let answers = match &extraction.portion {
        Portion::Page(_) | Portion::Newest(_) => {
            run_cut(store, source, vec![statement], cost).await?
        }
        Portion::Everything | Portion::Latest(_) => {
            run(store, source, vec![statement], cost).await?
        }
    };
    let rows = answers.into_iter().next().unwrap_or_default();
    at_most(limits::EXTRACTION_EVENTS_MAX, "events", &rows)?;
    let (events, next) = answer::events(extraction, &rows)?;
    let visible = source.authorized.visible();
    Ok((result::shape_events(extraction, visible, events), next))
}
