//! Which statements store events? One JSON text for thousands of them, each exactly once.

use super::Sql;
use super::scope::scope_of;
use super::selection::week_of;
use keyhole_policy::authorize::AuthorizedEvent;
use keyhole_policy::name::{ProjectId, PropertyPath, hexadecimal_24};
use keyhole_policy::value::{Number, Value};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

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
    let mut by_collection: BTreeMap<&str, Vec<Row>> = BTreeMap::new();
    for (at, event) in events.iter().enumerate() {
        let row = row(event, scope_property, chance, at);
        by_collection
            .entry(event.collection().as_str())
            .or_default()
            .push(row);
    }
    let names = by_collection
        .keys()
        .map(|name| Value::text(*name))
        .collect();
    let mut statements = vec![collections(project, Value::List(names))];
    for (name, rows) in by_collection {
        for chunk in chunks(rows) {
            statements.extend(store(project, name, &chunk));
        }
    }
    statements
}

fn collections(project: &ProjectId, names: Value) -> Sql {
    Sql::new(
        "INSERT OR IGNORE INTO collection (project, name) SELECT ?1, value FROM json_each(?2)",
        vec![project.to_string(), names.to_string()],
    )
}

/// One event as a JSON list: `[wk, scope, ts, id, created_at, body, is large, has only its token]`.
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
        "{before},{body},{},{}]",
        u8::from(is_large),
        u8::from(has_only_its_token)
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

fn store(project: &ProjectId, collection: &str, rows: &[Row]) -> Vec<Sql> {
    let json: Vec<&str> = rows.iter().map(|row| row.json.as_str()).collect();
    let parameters = vec![
        project.to_string(),
        collection.to_owned(),
        format!("[{}]", json.join(",")),
    ];
    let c = "(SELECT c FROM collection WHERE project = ?1 AND name = ?2)";
    let is_new = format!(
        "NOT (value ->> 7 AND EXISTS (SELECT 1 FROM event_token t WHERE t.c = {c} AND t.id = value ->> 3))"
    );
    let mut statements = Vec::new();
    if rows.iter().any(|row| row.is_large) {
        statements.push(format!(
            "INSERT OR IGNORE INTO event_body (c, id, body) \
             SELECT {c}, value ->> 3, jsonb_extract(value, '$[5]') FROM jsonb_each(?3) WHERE value ->> 6 AND {is_new}"
        ));
    }
    statements.push(format!(
        "INSERT OR IGNORE INTO event (c, wk, scope, ts, id, created_at, body) \
         SELECT {c}, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, \
         CASE WHEN value ->> 6 THEN NULL ELSE jsonb_extract(value, '$[5]') END FROM jsonb_each(?3) WHERE {is_new}"
    ));
    if rows.iter().any(|row| row.has_only_its_token) {
        statements.push(format!(
            "INSERT OR IGNORE INTO event_token (c, id, created_at) \
             SELECT {c}, value ->> 3, value ->> 4 FROM jsonb_each(?3) WHERE value ->> 7"
        ));
    }
    statements
        .into_iter()
        .map(|text| Sql::new(text, parameters.clone()))
        .collect()
}
