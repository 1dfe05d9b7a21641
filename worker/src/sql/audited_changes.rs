//! Which statements keep what was done to a project, and to events of it?

use super::audit::{Actor, insert};
use super::{Sql, at};
use keyhole_policy::authorize::AuthorizedUpdate;
use keyhole_policy::name::ProjectId;
use keyhole_policy::time::Instant;
use keyhole_policy::value::Value;

/// Keeps that a project is different: only what is. Where its events are to be laid out anew, how many were is told
/// when that is done.
pub fn project_changed(
    project: &ProjectId,
    before: Value,
    after: Value,
    moves_events: bool,
    by: &Actor,
    now: Instant,
) -> Sql {
    let mut detail = vec![
        ("action", Value::text("project_changed")),
        ("by", by.value()),
        ("before", before),
        ("after", after),
    ];
    detail.extend(moves_events.then_some(("events_moved", Value::Null)));
    insert(project, "change", Value::Null, Value::object(detail), now)
}

/// Keeps that events are being changed; how many is told when that is done.
pub fn updated(permit: &AuthorizedUpdate, sent: &Value, by: &Actor) -> Sql {
    let update = permit.update();
    let as_sent = |name| sent.get(name).cloned().unwrap_or(Value::Null);
    let properties = update.changes.iter().map(|change| change.path.to_string());
    let properties = properties.map(Value::Text).collect();
    let mut detail = vec![
        ("action", Value::text("events_updated")),
        ("by", by.value()),
        ("collection", Value::text(update.collection.as_str())),
        ("properties", Value::List(properties)),
    ];
    let names = ["filters", "timeframe", "timezone"];
    detail.extend(names.map(|name| (name, as_sent(name))));
    detail.push(("events", Value::Null));
    let detail = Value::object(detail);
    insert(permit.project(), "change", Value::Null, detail, permit.at())
}

/// Tells the entry of an update how many events it changed.
pub fn told_of_updated(permit: &AuthorizedUpdate, events: usize) -> Sql {
    Sql::keyed(
        "UPDATE audit SET detail = json_set(detail, '$.events', ?1->>'events') WHERE entry = \
         (SELECT max(entry) FROM audit WHERE project = ?1->>'project' AND kind = 'change' AND at = ?1->>'at' \
         AND detail->>'action' = 'events_updated' AND detail->>'collection' = ?1->>'collection')",
        [
            ("project", Value::text(permit.project().as_str())),
            ("at", at(permit.at())),
            (
                "collection",
                Value::text(permit.update().collection.as_str()),
            ),
            ("events", Value::count(events)),
        ],
    )
}
