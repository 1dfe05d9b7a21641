//! How are access keys read and listed?

use super::key_answer::{self, KeptKey};
use super::key_permit::key_permit;
use crate::call::Call;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::seal::hash;
use crate::sql::keys::{self, KeyList, KeyReference};
use keyhole_policy::limits::{ANSWER_BYTES_MAX, KEYS_PER_PAGE_MAX};
use keyhole_policy::name::KeyId;
use keyhole_policy::secret::Secret;
use keyhole_policy::value::Value;
use keyhole_policy::wire::{Area, Invalid, Problem};

/// `GET /3.0/projects/P/keys/K`: by the key's id, or by the key itself as Keen's clients do.
pub async fn read_key(
    context: &Context,
    call: &Call,
    project: &str,
    key: &str,
) -> Result<Reply, Refusal> {
    let permit = key_permit(context, call, project).await?;
    let read = keys::read(&permit.keys, &reference(key)?);
    let rows = context.store.run_one(read).await?;
    let row = rows.rows.first().ok_or(Refusal::NotFound("access key"))?;
    key_answer::reply(context, &permit.project.id, row)
}

/// `GET /3.0/projects/P/keys?name=&external_id=&is_active=&page=&per_page=`: a plain list, the oldest first. Pages
/// count from 1.
pub async fn list_keys(context: &Context, call: &Call, project: &str) -> Result<Reply, Refusal> {
    let permit = key_permit(context, call, project).await?;
    let rows = context
        .store
        .run_one(keys::list(&permit.keys, &wanted(call)?).cut_at(ANSWER_BYTES_MAX))
        .await?;
    let listed: Result<Vec<Value>, Refusal> = rows
        .rows
        .iter()
        .map(|row| Ok(KeptKey::from_row(row)?.opened(context, &permit.project.id)))
        .collect();
    Ok(Reply::ok(Value::List(listed?)))
}

fn wanted(call: &Call) -> Result<KeyList, Refusal> {
    let filled = |name| Ok::<_, Refusal>(call.parameter(name)?.filter(|text| !text.is_empty()));
    let is_active = match filled("is_active")?.as_deref() {
        None => None,
        Some("true") => Some(true),
        Some("false") => Some(false),
        Some(found) => return Err(out_of_range("is_active", found.to_owned(), "true or false")),
    };
    let expected = "a whole number from 1 to 1,000,000";
    let page = count(call, "page", 1, 1_000_000, expected)?;
    let (limit, expected) = (KEYS_PER_PAGE_MAX, "a whole number from 1 to 200");
    Ok(KeyList {
        name: filled("name")?,
        external_id: filled("external_id")?,
        is_active,
        pages_before: page - 1,
        per_page: count(call, "per_page", limit, limit, expected)?,
    })
}

/// How a path names a key. What is neither an id nor a key names none.
pub fn reference(key: &str) -> Result<KeyReference, Refusal> {
    if let Some(secret) = Secret::parse(key) {
        return Ok(KeyReference::Hash(hash(&secret)));
    }
    KeyId::parse(key)
        .map(KeyReference::Id)
        .map_err(|_| Refusal::NotFound("access key"))
}

/// A parameter that counts something, from 1 to a limit.
pub(super) fn count(
    call: &Call,
    name: &str,
    otherwise: usize,
    limit: usize,
    expected: &'static str,
) -> Result<usize, Refusal> {
    let Some(found) = call.parameter(name)? else {
        return Ok(otherwise);
    };
    let count = found
        .parse()
        .ok()
        .filter(|count| (1..=limit).contains(count));
    count.ok_or_else(|| out_of_range(name, found, expected))
}

fn out_of_range(name: &str, found: String, expected: &'static str) -> Refusal {
    Refusal::Invalid(Invalid {
        area: Area::Request,
        pointer: format!("/{name}"),
        problem: Problem::OutOfRange { found, expected },
    })
}
