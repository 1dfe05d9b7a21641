//! Which statements store events? One JSON text for thousands of them, each exactly once.

use super::Sql;
use super::scope::scope_of;
use super::selection::week_of;
use keyhole_policy::authorize::AuthorizedEvent;
use keyhole_policy::name::{ProjectId, PropertyPath, hexadecimal_24};
use keyhole_policy::value::{Number, Value};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// The most of one bound text, in bytes: D1 documents 2,000,000, and a row comes on top of what is there.
const PARAMETER_BYTES_MAX: usize = 1_000_000;
/// Bodies beyond this, in bytes, lie beside the clustered table: they would spoil it.
const CLUSTERED_BODY_BYTES_MAX: usize = 900;

/// The statements that store these events, to be run in one transaction.
///
/// `chance` is 32 random bytes, different for every request: ids of events without a token come from it.
pub fn statements(
    project: &ProjectId,
    scope_property: &PropertyPath,
    events: &[AuthorizedEvent],
    chance: [u8; 32],
) -> Vec<Sql> {
    let rows: Vec<Row> = events
        .iter()
        .enumerate()
        .map(|(at, event)| row(event, scope_property, chance, at))
        .collect();
    let names: BTreeSet<&str> = events
        .iter()
        .map(|event| event.collection().as_str())
        .collect();
    let names = names.into_iter().map(Value::text).collect();
    let mut statements = vec![collections(project, Value::List(names))];
    for chunk in chunks(rows) {
        statements.extend(store(project, &chunk));
    }
    statements
}

/// The keys that these events are going to have: `[wk, scope, ts, id, has only its token, collection]` for each.
pub fn keys(
    scope_property: &PropertyPath,
    events: &[AuthorizedEvent],
    chance: [u8; 32],
) -> Vec<Value> {
    let events = events.iter().enumerate();
    events
        .map(|(at, event)| {
            let scope = scope_of(event.body().at(scope_property));
            let id = id(event, &scope, chance, at);
            let has_only_its_token =
                event.uniqueness_token().is_some() && !event.has_own_timestamp();
            Value::List(vec![
                super::whole(week_of(event.timestamp())),
                Value::Text(scope),
                super::at(event.timestamp()),
                Value::Text(id),
                Value::Bool(has_only_its_token),
                Value::text(event.collection().as_str()),
            ])
        })
        .collect()
}

fn collections(project: &ProjectId, names: Value) -> Sql {
    Sql::new(
        "INSERT OR IGNORE INTO collection (project, name) SELECT ?1, value FROM json_each(?2)",
        vec![project.to_string(), names.to_string()],
    )
}

/// One event as a JSON list: `[wk, scope, ts, id, created_at, body, is large, has only its token, collection]`.
struct Row {
    json: String,
    is_large: bool,
    has_only_its_token: bool,
}

fn row(event: &AuthorizedEvent, scope_property: &PropertyPath, chance: [u8; 32], at: usize) -> Row {
    let scope = scope_of(event.body().at(scope_property));
    let id = id(event, &scope, chance, at);
    let body = event.body().to_string();
    let is_large = body.len() > CLUSTERED_BODY_BYTES_MAX;
    let has_only_its_token = event.uniqueness_token().is_some() && !event.has_own_timestamp();
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
        "{before},{body},{},{},{}]",
        u8::from(is_large),
        u8::from(has_only_its_token),
        Value::text(event.collection().as_str())
    );
    Row {
        json,
        is_large,
        has_only_its_token,
    }
}

/// 24 hexadecimal digits. The same token in the same collection and scope (and at the same time, if the
/// caller says when) is the same event. The scope counts, so that one customer's token cannot stand in
/// the way of another customer's event.
fn id(event: &AuthorizedEvent, scope: &str, chance: [u8; 32], at: usize) -> String {
    let mut hash = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    match event.uniqueness_token() {
        Some(token) => {
            part(b"token");
            part(event.collection().as_str().as_bytes());
            part(scope.as_bytes());
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

fn chunks(rows: Vec<Row>) -> Vec<Vec<Row>> {
    let mut chunks: Vec<Vec<Row>> = Vec::new();
    let mut bytes = 0;
    for row in rows {
        bytes += row.json.len() + 1;
        match chunks.last_mut() {
            Some(chunk) if bytes <= PARAMETER_BYTES_MAX => chunk.push(row),
            _ => {
                bytes = row.json.len() + 1;
                chunks.push(vec![row]);
            }
        }
    }
    chunks
}

/// However many collections, the statements are at most three: D1 counts them.
fn store(project: &ProjectId, rows: &[Row]) -> Vec<Sql> {
    let json: Vec<&str> = rows.iter().map(|row| row.json.as_str()).collect();
    let parameters = vec![project.to_string(), format!("[{}]", json.join(","))];
    // CROSS JOIN keeps the events outside: the collection is looked up for each, not the other way round.
    let sent = "FROM jsonb_each(?2) sent CROSS JOIN collection \
                ON collection.project = ?1 AND collection.name = sent.value ->> 8";
    let is_new = "NOT (sent.value ->> 7 AND EXISTS \
                  (SELECT 1 FROM event_token t WHERE t.c = collection.c AND t.id = sent.value ->> 3))";
    let mut statements = Vec::new();
    if rows.iter().any(|row| row.is_large) {
        statements.push(format!(
            "INSERT OR IGNORE INTO event_body (c, id, body) \
             SELECT collection.c, sent.value ->> 3, jsonb_extract(sent.value, '$[5]') \
             {sent} WHERE sent.value ->> 6 AND {is_new}"
        ));
    }
    statements.push(format!(
        "INSERT OR IGNORE INTO event (c, wk, scope, ts, id, created_at, body) \
         SELECT collection.c, sent.value ->> 0, sent.value ->> 1, sent.value ->> 2, sent.value ->> 3, \
         sent.value ->> 4, CASE WHEN sent.value ->> 6 THEN NULL ELSE jsonb_extract(sent.value, '$[5]') END \
         {sent} WHERE {is_new}"
    ));
    if rows.iter().any(|row| row.has_only_its_token) {
        statements.push(format!(
            "INSERT OR IGNORE INTO event_token (c, id, created_at) \
             SELECT collection.c, sent.value ->> 3, sent.value ->> 4 {sent} WHERE sent.value ->> 7"
        ));
    }
    statements
        .into_iter()
        .map(|text| Sql::new(text, parameters.clone()))
        .collect()
}
