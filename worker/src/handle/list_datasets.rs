//! Which datasets are there, as far as the caller may know? A page of them.

use super::datasets::dataset_name;
use crate::authenticate;
use crate::call::Call;
use crate::context::Context;
use crate::kept_dataset::KeptDataset;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::sql::datasets;
use keyhole_policy::authorize;
use keyhole_policy::key::DatasetOperation;
use keyhole_policy::limits::{ANSWER_BYTES_MAX, DATASETS_PER_PAGE, DATASETS_PER_PAGE_MAX};
use keyhole_policy::name::ResourceName;
use keyhole_policy::value::Value;
use keyhole_policy::wire::{Area, Invalid, Problem};

/// `GET /3.0/projects/P/datasets`: a page by name, after `after_name`, of at most `limit`.
pub async fn list_datasets(
    context: &Context,
    call: &Call,
    project: &str,
) -> Result<Reply, Refusal> {
    let (caller, project) = authenticate::in_project(context, call, project).await?;
    let operation = DatasetOperation::List;
    let permit = authorize::dataset(
        &caller,
        &project.id,
        operation,
        None,
        Vec::new(),
        context.now,
    )?;
    let limit = limit(call)?;
    let after = call.parameter("after_name")?;
    let after = after.map(|name| dataset_name(&name)).transpose()?;
    let rows = context.store.run_one(datasets::names(&permit)).await?;
    let corrupt = |_| Refusal::corrupt("dataset");
    let read = |name: String| ResourceName::parse(&name).map_err(corrupt);
    let names = crate::answer::texts("dataset", &rows)?
        .into_iter()
        .map(read);
    let mut names = names.collect::<Result<Vec<ResourceName>, Refusal>>()?;
    names.retain(|name| permit.shows(name));
    let count = names.len();
    if let Some(after) = after {
        names.retain(|name| *name > after);
    }
    let others_follow = names.len() > limit;
    names.truncate(limit);
    let last = names.last().filter(|_| others_follow);
    let next = last.map(|last| next_page(call, limit, last));
    let rows = context
        .store
        .run_one(datasets::page(&permit, &names).cut_at(ANSWER_BYTES_MAX))
        .await?;
    let print = |row| {
        let kept = KeptDataset::from_row(row, &context.moment())?;
        Ok(kept.print(context.now))
    };
    let listed = rows
        .rows
        .iter()
        .map(print)
        .collect::<Result<_, Refusal>>()?;
    Ok(Reply::ok(Value::object([
        ("datasets", Value::List(listed)),
        ("next_page_url", next.map_or(Value::Null, Value::Text)),
        ("count", Value::count(count)),
    ])))
}

fn limit(call: &Call) -> Result<usize, Refusal> {
    let Some(text) = call.parameter("limit")? else {
        return Ok(DATASETS_PER_PAGE);
    };
    let limit = text.parse().ok();
    let limit = limit.filter(|limit| (1..=DATASETS_PER_PAGE_MAX).contains(limit));
    limit.ok_or_else(|| {
        Refusal::Invalid(Invalid {
            area: Area::Request,
            pointer: "/limit".to_owned(),
            problem: Problem::OutOfRange {
                found: text,
                expected: "a whole number from 1 to 100",
            },
        })
    })
}

/// Whole, as Keen's clients follow it; without a key, which no address should hold.
fn next_page(call: &Call, limit: usize, last: &ResourceName) -> String {
    let (origin, path) = (&call.origin, &call.path);
    format!("{origin}{path}?limit={limit}&after_name={last}")
}
