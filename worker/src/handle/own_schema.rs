//! What is the schema of the events that a key sees which does not see all? Read from the newest of them.

use super::ask::{Asking, Cost, ask, run};
use super::property_types::{Types, see};
use crate::answer;
use crate::authenticate::Project;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::sql::regex::Matches;
use crate::sql::schema::holding;
use crate::sql::selection::Source;
use keyhole_policy::authorize::AuthorizedSchema;
use keyhole_policy::limits::{SCHEMA_BYTES_MAX, SCHEMA_OWN_COLLECTIONS_MAX, SCHEMA_PROPERTIES_MAX};
use keyhole_policy::name::CollectionName;
use keyhole_policy::shape::shape;
use keyhole_policy::value::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The types of the properties of each of these collections; one without such events is not there.
pub(super) async fn own_schema(
    context: &Context,
    permit: &AuthorizedSchema,
    project: &Project,
    names: Vec<CollectionName>,
) -> Result<BTreeMap<String, Types>, Refusal> {
    let mut collections = BTreeMap::new();
    for name in own_collections(context, permit, project, names).await? {
        // Counted are those that are shown: how many others there are shortens nothing.
        if collections.len() >= SCHEMA_OWN_COLLECTIONS_MAX {
            break;
        }
        let Some(question) = permit.own_events(&name).transpose()? else {
            continue;
        };
        let asking = Asking {
            layout: &project.layout,
            hidden: &project.hidden,
            reach: &question,
            authorized: &question,
        };
        let answered = ask(&context.store, &asking).await?;
        let mut types = Types::new();
        // As much as is kept of a collection: a small event nested deep may have paths of many megabytes.
        let (mut room, mut is_full) = (SCHEMA_BYTES_MAX, false);
        for (_, events) in &answered.properties {
            let Value::List(events) = events else {
                continue;
            };
            // The oldest first, as they are kept: the type that was there first is said first.
            for event in events.iter().rev() {
                shape(event, &mut |path, kind| {
                    if is_full {
                        return;
                    }
                    let is_new = !types.contains_key(path);
                    is_full = is_new && (path.len() > room || types.len() >= SCHEMA_PROPERTIES_MAX);
                    if is_full {
                        return;
                    }
                    see(&mut types, permit, path, kind);
                    if is_new && types.contains_key(path) {
                        room -= path.len();
                    }
                });
            }
        }
        if !types.is_empty() {
            collections.insert(name.to_string(), types);
        }
    }
    Ok(collections)
}

/// In which of them may there be such events? Looked up at once: how many others there are, which anybody who records may
/// make, must not be asked one by one.
///
/// Those of the names that may hold such events: no one is missing, and where the key pins the project's scope property
/// and has no `regex`, no other is among them.
async fn own_collections(
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
