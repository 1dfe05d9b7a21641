//! In which collections may a key see events that does not see all of them? Looked up at once: how many others there
//! are, which anybody who records may make, must not be asked one by one.

use super::ask::{Cost, run};
use crate::answer;
use crate::authenticate::Project;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::sql::regex::Matches;
use crate::sql::schema::holding;
use crate::sql::selection::Source;
use keyhole_policy::authorize::AuthorizedSchema;
use keyhole_policy::name::CollectionName;
use std::collections::BTreeSet;

/// Those of the names that may hold such events: no one is missing, and where the key pins the project's scope property
/// and has no `regex`, no other is among them.
pub async fn own_collections(
    context: &Context,
    permit: &AuthorizedSchema,
    project: &Project,
    mut names: Vec<CollectionName>,
) -> Result<Vec<CollectionName>, Refusal> {
    let question = match names.as_slice() {
        [first, _, ..] => permit.own_events(first).transpose()?,
        _ => None,
    };
    let Some(question) = question else {
        return Ok(names);
    };
    let source = Source {
        authorized: &question,
        spelling: question.spelling(),
        layout: &project.layout,
        matches: &Matches::default(),
        hidden: &project.hidden,
    };
    let selections = question.query().selections();
    let (true, [selection]) = (source.narrows(), selections.as_slice()) else {
        // All events of all collections would be read by one statement.
        return Ok(names);
    };
    let statement = holding(&source, selection);
    let answered = run(
        &context.store,
        &source,
        vec![statement],
        &mut Cost::default(),
    )
    .await;
    let found = match answered {
        Err(Refusal::Busy(fault)) if context.store.says_layout_changed(&fault) => return Ok(names),
        Err(Refusal::TooComplex) => return Ok(names),
        answered => answered?,
    };
    let found: Result<Vec<_>, Refusal> = found
        .iter()
        .map(|rows| answer::texts("schema", rows))
        .collect();
    let found: BTreeSet<String> = found?.into_iter().flatten().collect();
    names.retain(|name| found.contains(name.as_str()));
    Ok(names)
}
