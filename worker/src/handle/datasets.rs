//! How are datasets made, read, listed and deleted?

use crate::authenticate;
use crate::call::Call;
use crate::context::Context;
use crate::kept_dataset::KeptDataset;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::rollup::{self, Reach};
use crate::sql::datasets;
use keyhole_policy::authorize::{self, AuthorizedDatasets};
use keyhole_policy::key::DatasetOperation;
use keyhole_policy::limits::DATASETS_MAX;
use keyhole_policy::name::ResourceName;
use keyhole_policy::wire::{self, Area, Invalid, Problem};
use worker::console_error;

/// `PUT /3.0/projects/P/datasets/N`: 201 with the definition; 200 where there is the same already, 409 where there is
/// another.
pub async fn make_dataset(
    context: &Context,
    call: &Call,
    project: &str,
    name: &str,
) -> Result<Reply, Refusal> {
    let permit = permit(context, call, project).await?;
    let name = dataset_name(name)?;
    let new = wire::dataset(&call.json()?, &context.moment())?;
    let make = datasets::make(&permit, &name, &new, context.now);
    let read = || datasets::read_own(&permit, &name);
    let answers = context.store.run(vec![make, read()]).await?;
    let [made, found] = answers.as_slice() else {
        return Err(Refusal::corrupt("dataset"));
    };
    let Some(row) = found.rows.first() else {
        return Err(Refusal::Conflict(format!(
            "It was not made: the project has {DATASETS_MAX} datasets, and that is the limit. Delete one of them first."
        )));
    };
    let kept = KeptDataset::from_row(row, &context.moment())?;
    if made.changes == 0 {
        let is_same = kept.definition.dataset == new.dataset
            && kept.definition.display_name == new.display_name;
        return if is_same {
            Ok(Reply::ok(kept.print(context.now)))
        } else {
            Err(Refusal::Conflict(format!(
                "There is a dataset '{name}' of another definition. A dataset is not changed: delete it and make it anew."
            )))
        };
    }
    // It is made: what of it is not computed yet is asked of the events, so a fault here is the clock's to mend.
    if let Err(refusal) = rollup::run(context, &kept, &Reach::of_request()).await {
        console_error!("dataset: {refusal:?}");
    }
    let found = context.store.run_one(read()).await?;
    let row = found.rows.first().ok_or(Refusal::NotFound("dataset"))?;
    let kept = KeptDataset::from_row(row, &context.moment())?;
    Ok(Reply::created(kept.print(context.now)))
}

/// `GET /3.0/projects/P/datasets/N`.
pub async fn read_dataset(
    context: &Context,
    call: &Call,
    project: &str,
    name: &str,
) -> Result<Reply, Refusal> {
    let (caller, project) = authenticate::in_project(context, call, project).await?;
    let name = dataset_name(name)?;
    let operation = DatasetOperation::Read;
    let permit = authorize::look_up_dataset(&caller, &project.id, operation, &name, context.now)?;
    let rows = context.store.run_one(datasets::read(&permit)).await?;
    let row = rows.rows.first().ok_or(Refusal::NotFound("dataset"))?;
    let kept = KeptDataset::from_row(row, &context.moment())?;
    Ok(Reply::ok(kept.print(context.now)))
}

/// `DELETE /3.0/projects/P/datasets/N`: 204.
pub async fn delete_dataset(
    context: &Context,
    call: &Call,
    project: &str,
    name: &str,
) -> Result<Reply, Refusal> {
    let permit = permit(context, call, project).await?;
    let name = dataset_name(name)?;
    let answers = context.store.run(datasets::delete(&permit, &name)).await?;
    match answers.last() {
        Some(deleted) if deleted.changes > 0 => Ok(Reply::no_content()),
        _ => Err(Refusal::NotFound("dataset")),
    }
}

async fn permit(
    context: &Context,
    call: &Call,
    project: &str,
) -> Result<AuthorizedDatasets, Refusal> {
    let (caller, project) = authenticate::in_project(context, call, project).await?;
    Ok(authorize::manage_datasets(
        &caller,
        &project.id,
        context.now,
    )?)
}

/// A name in a path, or in a parameter.
pub(super) fn dataset_name(text: &str) -> Result<ResourceName, Invalid> {
    ResourceName::parse(text).map_err(|problem| Invalid {
        area: Area::Dataset,
        pointer: "/dataset_name".to_owned(),
        problem: Problem::Name {
            found: text.to_owned(),
            problem,
        },
    })
}
