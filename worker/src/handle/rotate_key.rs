//! How does an access key get a new string, without those who have the old one being cut off?

use super::change_key::id_of;
use super::key_answer::KeptKey;
use super::key_permit::key_permit;
use super::new_string;
use crate::call::Call;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::sql::keys::KeyReference;
use crate::sql::{credential, keys};
use crate::store::row::Row;
use keyhole_policy::limits::{ROTATION_OLD_STRINGS_MAX, ROTATION_OVERLAP_SECONDS_MAX};
use keyhole_policy::value::Value;
use keyhole_policy::wire::{Area, Invalid, Node};

/// `POST /3.0/projects/P/keys/K/rotate` with `{"overlap_seconds": n}`: the key, with its new string.
///
/// It stays the same key: its id, its definition, and the keys made within it. The old string ends after the
/// overlap, or with the key itself if that is earlier.
pub async fn rotate_key(
    context: &Context,
    call: &Call,
    project: &str,
    key: &str,
) -> Result<Reply, Refusal> {
    let permit = key_permit(context, call, project).await?;
    let overlap = overlap_seconds(&call.json()?)?;
    let id = id_of(context, &permit, key).await?;
    let count = credential::count_old_strings(&permit.project.id, id.as_str(), context.now);
    let rows = context.store.run_one(count).await?;
    let alive = Row::new("credential", rows.rows.first().unwrap_or(&Value::Null))?.whole()?;
    if usize::try_from(alive).is_ok_and(|alive| alive >= ROTATION_OLD_STRINGS_MAX) {
        return Err(Refusal::Conflict(format!(
            "{alive} old strings of this key are still alive; the limit is {ROTATION_OLD_STRINGS_MAX}. Wait until one ends."
        )));
    }
    let dies_at = context.now.saturating_add_milliseconds(overlap * 1_000);
    let (secret, new) = new_string::of_access_key(context, &permit.project, id.as_str())?;
    let mut statements = keys::rotate(&permit.keys, &id, dies_at, &permit.by, context.now);
    statements.push(new);
    statements.push(keys::read(&permit.keys, &KeyReference::Id(id)));
    let answers = context.store.run(statements).await?;
    let row = answers.last().and_then(|rows| rows.rows.first());
    let kept = KeptKey::from_row(row.ok_or(Refusal::NotFound("access key"))?)?;
    let Value::Object(mut answer) = kept.answer(&permit.project.id, Value::text(secret.reveal()))
    else {
        return Err(Refusal::corrupt("access key"));
    };
    let ends = Value::Text(dies_at.to_string());
    answer.push(("previous_key_ends_at".to_owned(), ends));
    Ok(Reply::ok(Value::Object(answer)).with_etag(kept.etag()))
}

fn overlap_seconds(sent: &Value) -> Result<i64, Invalid> {
    let node = Node::root(Area::Key, sent);
    node.only("an object with `overlap_seconds`", &["overlap_seconds"])?;
    let overlap = node.require("overlap_seconds")?;
    let seconds = overlap.number()?.whole();
    seconds
        .filter(|seconds| (0..=ROTATION_OVERLAP_SECONDS_MAX).contains(seconds))
        .ok_or_else(|| overlap.out_of_range("a whole number of seconds from 0 to 2,592,000"))
}
