//! Which statements store events? One JSON text for thousands of them, each exactly once.

use super::Sql;
use super::chunks::chunks;
use super::layout::Layout;
use super::property::json_path;
use super::scope::{namesake_of, scope_of};
use super::selection::week_of;
use keyhole_policy::authorize::AuthorizedEvent;
use keyhole_policy::name::{ProjectId, hexadecimal_24};
use keyhole_policy::value::{Number, Value};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
/// Bodies beyond this, in bytes, lie beside the clustered table: they would spoil it.
pub(super) const CLUSTERED_BODY_BYTES_MAX: usize = 900;

/// The statements that store these events, to be run in one transaction, for this layout only.
///
/// `chance` is 32 random bytes, different for every request: ids of events without a token come from it.
pub fn statements(
    project: &ProjectId,
    layout: &Layout,
    events: &[AuthorizedEvent],
    chance: [u8; 32],
) -> Vec<Sql> {
    let rows: Vec<Row> = events
        .iter()
        .enumerate()
        .map(|(at, event)| row(event, layout, chance, at))
        .collect();
    let names: BTreeSet<&str> = events
        .iter()
        .map(|event| event.collection().as_str())
        .collect();
    let names = names.into_iter().map(Value::text).collect();
    let mut statements = vec![collections(project, Value::List(names))];
    for chunk in chunks(rows, |row| row.json.len()) {
        statements.extend(store(project, layout, &chunk));
    }
    statements
}

/// The keys that these events are going to have, or have already: `[wk, scope, ts, id, has only its token, collection]`.
pub fn keys(layout: &Layout, events: &[AuthorizedEvent], chance: [u8; 32]) -> Vec<Value> {
    let mut keys = Vec::with_capacity(events.len());
    for (at, event) in events.iter().enumerate() {
        let customer = event.body().at(&layout.scope_property);
        let scope = scope_of(customer);
        let id = id(event, &namesake_of(customer), chance, at);
        let others = others(event, layout, &scope, &id, chance, at);
        for (scope, id) in std::iter::once((scope, id)).chain(others) {
            keys.push(Value::List(vec![
                super::whole(week_of(event.timestamp())),
                Value::Text(scope),
                super::at(event.timestamp()),
                Value::Text(id),
                Value::Bool(has_only_its_token(event)),
                Value::text(event.collection().as_str()),
            ]));
        }
    }
    keys
}

fn has_only_its_token(event: &AuthorizedEvent) -> bool {
    event.uniqueness_token().is_some() && !event.has_own_timestamp()
}

/// The scopes and ids that the same event may have beside those of today, where it was recorded before the project's
/// scope property was changed.
fn others(
    event: &AuthorizedEvent,
    layout: &Layout,
    scope: &str,
    own: &str,
    chance: [u8; 32],
    at: usize,
) -> Vec<(String, String)> {
    if event.uniqueness_token().is_none() || layout.earlier.is_empty() {
        return Vec::new();
    }
    let ids: Vec<String> = layout
        .namesakes(event.body())
        .iter()
        .map(|namesake| id(event, namesake, chance, at))
        .collect();
    let places = layout.places(event.body()).into_iter();
    let all = places.flat_map(|place| ids.iter().map(move |id| (place.clone(), id.clone())));
    all.filter(|(place, id)| place != scope || id != own)
        .collect()
}

fn collections(project: &ProjectId, names: Value) -> Sql {
    Sql::new(
        "INSERT OR IGNORE INTO collection (project, name) SELECT ?1, value FROM json_each(?2)",
        vec![project.to_string(), names.to_string()],
    )
}

/// One event as a JSON list: `[wk, scope, ts, id, created_at, body, is large, has only its token, collection,
/// [[scope, id], …]]`, the last for where it may be already.
struct Row {
    json: String,
    is_large: bool,
    has_only_its_token: bool,
    has_others: bool,
}

fn row(event: &AuthorizedEvent, layout: &Layout, chance: [u8; 32], at: usize) -> Row {
    let customer = event.body().at(&layout.scope_property);
    let scope = scope_of(customer);
    let id = id(event, &namesake_of(customer), chance, at);
    let others = others(event, layout, &scope, &id, chance, at);
    let has_others = !others.is_empty();
    let others = others
        .into_iter()
        .map(|(scope, id)| Value::List(vec![Value::Text(scope), Value::Text(id)]));
    let others = Value::List(others.collect());
    let body = event.body().to_string();
    let is_large = body.len() > CLUSTERED_BODY_BYTES_MAX;
    let has_only_its_token = has_only_its_token(event);
    let whole = |number: i64| Number::new(number as f64).map_or(Value::Null, Value::Number);
    let before = Value::List(vec![
        whole(week_of(event.timestamp())),
        Value::Text(scope),
        whole(event.timestamp().milliseconds()),
        Value::Text(id),
        whole(event.created_at().milliseconds()),
    ])
    .to_string();
    let before = before.trim_end_matches(']');
    let json = format!(
        "{before},{body},{},{},{},{others}]",
        u8::from(is_large),
        u8::from(has_only_its_token),
        Value::text(event.collection().as_str())
    );
    Row {
        json,
        is_large,
        has_only_its_token,
        has_others,
    }
}

/// 24 hexadecimal digits. The same token in the same collection of the same customer (and at the same time, if the
/// caller says when) is the same event. The customer counts, so that one's token cannot stand in the way of
/// another's event.
fn id(event: &AuthorizedEvent, namesake: &str, chance: [u8; 32], at: usize) -> String {
    let mut hash = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    match event.uniqueness_token() {
        Some(token) => {
            part(b"token");
            part(event.collection().as_str().as_bytes());
            part(namesake.as_bytes());
            part(token.as_bytes());
            if event.has_own_timestamp() {
                part(&event.timestamp().milliseconds().to_be_bytes());
            }
        }
        None => {
            part(b"chance");
            part(&chance);
            part(&(at as u64).to_be_bytes());
        }
    }
    let digest = hash.finalize();
    let mut first = [0; 12];
    first
        .iter_mut()
        .zip(digest.iter())
        .for_each(|(to, from)| *to = *from);
    hexadecimal_24(first)
}

/// However many collections, the statements are at most three: D1 counts them.
fn store(project: &ProjectId, layout: &Layout, rows: &[Row]) -> Vec<Sql> {
    let json: Vec<&str> = rows.iter().map(|row| row.json.as_str()).collect();
    let mut parameters = vec![project.to_string(), format!("[{}]", json.join(","))];
    // CROSS JOIN keeps the events outside: the collection is looked up for each, not the other way round.
    let sent = "FROM jsonb_each(?2) sent CROSS JOIN collection \
                ON collection.project = ?1 AND collection.name = sent.value ->> 8";
    // Of a project whose scope property was another once, events with a time of their own may be known by their ids too.
    let may_be_known = match layout.earlier.is_empty() {
        true => "sent.value ->> 7",
        false => "1",
    };
    let mut is_new = format!(
        "NOT ({may_be_known} AND EXISTS \
         (SELECT 1 FROM event_token t WHERE t.c = collection.c AND t.id = sent.value ->> 3))"
    );
    let mut more = Vec::new();
    if rows.iter().any(|row| row.has_others) {
        is_new.push_str(IS_NOWHERE_ELSE);
        more.push(json_path(&layout.scope_property));
    }
    let mut statements = Vec::new();
    let mut has_its_body = "";
    if rows.iter().any(|row| row.is_large) {
        // One whose id another event has, that lies elsewhere since it was updated, is that event: it shares no body with it.
        has_its_body = " AND NOT (sent.value ->> 6 AND jsonb_extract(sent.value, '$[5]') <> \
             (SELECT b.body FROM event_body b WHERE b.c = collection.c AND b.id = sent.value ->> 3))";
        statements.push(format!(
            "INSERT OR IGNORE INTO event_body (c, id, body) \
             SELECT collection.c, sent.value ->> 3, jsonb_extract(sent.value, '$[5]') \
             {sent} WHERE sent.value ->> 6 AND {is_new}"
        ));
    }
    statements.push(format!(
        "INSERT OR IGNORE INTO event (c, wk, scope, ts, id, created_at, body) \
         SELECT collection.c, sent.value ->> 0, sent.value ->> 1, sent.value ->> 2, sent.value ->> 3, \
         {RECEIVED}, CASE WHEN sent.value ->> 6 THEN NULL ELSE jsonb_extract(sent.value, '$[5]') END \
         {sent} WHERE {is_new}{has_its_body}"
    ));
    if rows.iter().any(|row| row.has_only_its_token) {
        statements.push(format!(
            "INSERT OR IGNORE INTO event_token (c, id, created_at) \
             SELECT collection.c, sent.value ->> 3, sent.value ->> 4 {sent} WHERE sent.value ->> 7 AND {is_new}"
        ));
    }
    parameters.extend(more);
    statements
        .into_iter()
        .map(|text| Sql::new(text, parameters.clone()))
        .collect()
}

/// When an event was received: after every deletion that has begun. A request may have been on its way meanwhile, and
/// what it is told is stored must neither be hidden nor be swept.
const RECEIVED: &str = "max(sent.value ->> 4, \
     coalesce((SELECT max(d.at) + 1 FROM deletion d WHERE d.project = ?1 AND d.hides), 0))";

/// The same event is not there from before the scope property was changed: of the same token, and of the same value
/// of today's scope property, so that one customer's token does not stand in the way of another's event.
///
/// What came without a time of its own lies at the time at which its token was first received.
const IS_NOWHERE_ELSE: &str = " AND NOT EXISTS (SELECT 1 FROM json_each(sent.value, '$[9]') o \
     LEFT JOIN event_token t ON sent.value ->> 7 AND t.c = collection.c AND t.id = o.value ->> 1 \
     CROSS JOIN event_with_body x ON x.c = collection.c AND x.wk = coalesce(t.created_at / 604800000, sent.value ->> 0) \
     AND x.scope = o.value ->> 0 AND x.ts = coalesce(t.created_at, sent.value ->> 2) AND x.id = o.value ->> 1 \
     WHERE (x.body -> ?3) IS (sent.value -> ('$[5]' || substr(?3, 2))))";
