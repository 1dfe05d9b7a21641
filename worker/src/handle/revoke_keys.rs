//! How are all keys of one customer revoked at once?

use super::key_permit::key_permit;
use crate::call::Call;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::sql::keys;
use crate::store::Rows;
use crate::store::row::Row;
use keyhole_policy::name::Label;
use keyhole_policy::value::Value;
use keyhole_policy::wire::{Area, Invalid, Node};

/// `POST /3.0/projects/P/keys/revoke` with `{"external_id": "…"}` says how many active keys have it that the caller made;
/// with that `count` beside it, revokes them and those made within other keys: all, or none if there are no longer so
/// many.
pub async fn revoke_keys(context: &Context, call: &Call, project: &str) -> Result<Reply, Refusal> {
    let permit = key_permit(context, call, project).await?;
    let (external_id, count) = wanted(&call.json()?)?;
    let (keys, external_id) = (&permit.keys, external_id.as_str());
    let mut statements = vec![keys::count_active(keys, external_id)];
    if let Some(count) = count {
        let revoke = keys::revoke_all(keys, external_id, count, &permit.by, context.now);
        statements.extend(revoke);
    }
    let answers = context.store.run(statements).await?;
    let active = number(answers.first())?;
    let revoked = answers.get(2).map_or(0, |change| change.changes);
    if let Some(count) = count
        && active != count
    {
        return Err(Refusal::Conflict(format!(
            "There are {active} active keys with this external id, not {count}: nothing was revoked."
        )));
    }
    Ok(Reply::ok(Value::object([
        ("external_id", Value::text(external_id)),
        ("active", Value::count(count.map_or(active, |_| 0))),
        ("revoked", Value::count(revoked)),
    ])))
}

fn wanted(sent: &Value) -> Result<(Label, Option<usize>), Invalid> {
    let node = Node::root(Area::Key, sent);
    node.only(
        "an object with `external_id`, and `count` once it is known",
        &["external_id", "count"],
    )?;
    let count = node.get("count").map(|count| {
        let whole = count.number()?.whole();
        let whole = whole.and_then(|whole| usize::try_from(whole).ok());
        whole.ok_or_else(|| count.out_of_range("the number of active keys that was answered"))
    });
    let external_id = node.require("external_id")?.name(Label::parse)?;
    Ok((external_id, count.transpose()?))
}

fn number(rows: Option<&Rows>) -> Result<usize, Refusal> {
    let row = rows.and_then(|rows| rows.rows.first());
    let whole = Row::new("access key", row.unwrap_or(&Value::Null))?.whole()?;
    usize::try_from(whole).map_err(|_| Refusal::corrupt("access key"))
}
