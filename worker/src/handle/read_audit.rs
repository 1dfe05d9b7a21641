//! What happened to keys, and which requests were refused?

use super::key_permit::oversight;
use super::read_keys::count;
use crate::call::Call;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::sql::audit::{self, AuditPage};
use crate::store::row::Row;
use keyhole_policy::limits::{ANSWER_BYTES_MAX, AUDIT_ENTRIES_PER_PAGE_MAX};
use keyhole_policy::name::KeyId;
use keyhole_policy::value::Value;
use keyhole_policy::wire::{Area, Invalid, Problem};

const KINDS: [&str; 2] = ["change", "refusal"];

/// `GET /3.0/projects/P/audit?kind=&key=&before=&per_page=`: `entries`, the newest first, and what `before` is for
/// the next page.
pub async fn read_audit(context: &Context, call: &Call, project: &str) -> Result<Reply, Refusal> {
    let (permit, _, _) = oversight(context, call, project).await?;
    let page = page(call)?;
    let list = audit::list(&permit, &page).cut_at(ANSWER_BYTES_MAX);
    let rows = context.store.run_one(list).await?;
    let mut last = None;
    let mut entries = Vec::new();
    for row in rows.rows.iter().take(page.per_page) {
        let (number, entry) = entry(row)?;
        last = Some(number);
        entries.push(entry);
    }
    let is_last_page = rows.rows.len() <= page.per_page;
    let next = last.filter(|_| !is_last_page);
    Ok(Reply::ok(Value::object([
        ("entries", Value::List(entries)),
        ("next_before", next.map_or(Value::Null, crate::sql::whole)),
    ])))
}

fn page(call: &Call) -> Result<AuditPage, Refusal> {
    let filled = |name| Ok::<_, Refusal>(call.parameter(name)?.filter(|text| !text.is_empty()));
    let refused = |name: &str, found: String, expected| {
        Refusal::Invalid(Invalid {
            area: Area::Request,
            pointer: format!("/{name}"),
            problem: Problem::OutOfRange { found, expected },
        })
    };
    let kind = match filled("kind")? {
        None => None,
        Some(found) => {
            let known = KINDS.into_iter().find(|kind| *kind == found);
            Some(known.ok_or_else(|| refused("kind", found, "change or refusal"))?)
        }
    };
    let access_key = match filled("key")? {
        None => None,
        Some(found) => {
            let id = KeyId::parse(&found);
            Some(id.map_err(|_| refused("key", found, "the id of an access key"))?)
        }
    };
    let before = match filled("before")? {
        None => None,
        Some(found) => {
            let number = found.parse().ok().filter(|number| *number > 0);
            Some(number.ok_or_else(|| refused("before", found, "the number of an entry"))?)
        }
    };
    let (limit, expected) = (AUDIT_ENTRIES_PER_PAGE_MAX, "a whole number from 1 to 200");
    Ok(AuditPage {
        kind,
        access_key,
        before,
        per_page: count(call, "per_page", limit, limit, expected)?,
    })
}

/// An entry from a row `[entry, at, kind, access_key, detail]`, and its number.
fn entry(row: &Value) -> Result<(i64, Value), Refusal> {
    let mut row = Row::new("audit", row)?;
    let number = row.whole()?;
    let at = row.instant()?;
    let kind = row.text()?;
    let access_key = row.text_or_null()?.map_or(Value::Null, Value::text);
    let mut properties = vec![
        ("entry".to_owned(), crate::sql::whole(number)),
        ("at".to_owned(), Value::Text(at.to_string())),
        ("kind".to_owned(), Value::text(kind)),
        ("key_id".to_owned(), access_key),
    ];
    if let Value::Object(detail) = row.value()? {
        properties.extend(detail.iter().cloned());
    }
    Ok((number, Value::Object(properties)))
}
