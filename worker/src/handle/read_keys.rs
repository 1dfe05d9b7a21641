//! How are access keys read and listed?

use super::key_answer::from_row;
use super::key_permit::key_permit;
use crate::call::Call;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::seal::hash;
use crate::sql::keys::{self, KeyList, KeyReference};
use keyhole_policy::limits::KEYS_PER_PAGE_MAX;
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
    let (permit, project) = key_permit(context, call, project).await?;
    let rows = context
        .store
        .run_one(keys::read(&permit, &reference(key)?))
        .await?;
    let row = rows.rows.first().ok_or(Refusal::NotFound("access key"))?;
    Ok(Reply::ok(from_row(context, &project.id, row)?))
}

/// `GET /3.0/projects/P/keys?name=&page=&per_page=`: a plain list, the oldest first. Pages count from 1.
pub async fn list_keys(context: &Context, call: &Call, project: &str) -> Result<Reply, Refusal> {
    let (permit, project) = key_permit(context, call, project).await?;
    let list = KeyList {
        name: call.parameter("name")?.filter(|name| !name.is_empty()),
        pages_before: count(
            call,
            "page",
            1,
            1_000_000,
            "a whole number from 1 to 1,000,000",
        )? - 1,
        per_page: count(
            call,
            "per_page",
            KEYS_PER_PAGE_MAX,
            KEYS_PER_PAGE_MAX,
            "a whole number from 1 to 200",
        )?,
    };
    let rows = context.store.run_one(keys::list(&permit, &list)).await?;
    let keys: Result<Vec<Value>, Refusal> = rows
        .rows
        .iter()
        .map(|row| from_row(context, &project.id, row))
        .collect();
    Ok(Reply::ok(Value::List(keys?)))
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

fn count(
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
    count.ok_or_else(|| {
        let problem = Problem::OutOfRange { found, expected };
        Refusal::Invalid(Invalid {
            area: Area::Request,
            pointer: format!("/{name}"),
            problem,
        })
    })
}
