//! How is a project read, changed and deactivated by its organization?

use super::make_project::permit;
use super::project_answer::KeptProject;
use crate::call::Call;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::relayout::lay_out_anew;
use crate::reply::Reply;
use crate::sql::audit::Actor;
use crate::sql::audited_changes::project_changed;
use crate::sql::layout::must_be;
use crate::sql::{datasets, projects, retention};
use keyhole_policy::authorize::AuthorizedProjects;
use keyhole_policy::key::Caller;
use keyhole_policy::name::ProjectId;
use keyhole_policy::value::Value;
use keyhole_policy::wire::{ProjectChange, project_change};
use worker::console_error;

/// `GET /3.0/organizations/O/projects/P`.
pub async fn read_project(
    context: &Context,
    call: &Call,
    organization: &str,
    project: &str,
) -> Result<Reply, Refusal> {
    let permit = permit(context, call, organization).await?;
    let (_, kept) = find(context, &permit, project).await?;
    Ok(Reply::ok(kept.answer(&permit)))
}

/// `POST /3.0/organizations/O/projects/P`: what is sent is different from here on, the rest stays.
pub async fn change_project(
    context: &Context,
    call: &Call,
    organization: &str,
    project: &str,
) -> Result<Reply, Refusal> {
    let permit = permit(context, call, organization).await?;
    let (id, kept) = find(context, &permit, project).await?;
    let change = project_change(&call.json()?)?;
    let changed = change_kept(context, &permit, &id, &kept, &change).await?;
    Ok(Reply::ok(changed.answer(&permit)))
}

/// `DELETE /3.0/organizations/O/projects/P`: 204, however often. None of its keys is taken from here on; what it
/// holds stays, and comes back with `is_active`.
pub async fn deactivate_project(
    context: &Context,
    call: &Call,
    organization: &str,
    project: &str,
) -> Result<Reply, Refusal> {
    let permit = permit(context, call, organization).await?;
    let (id, kept) = find(context, &permit, project).await?;
    let change = ProjectChange {
        is_active: Some(false),
        ..ProjectChange::default()
    };
    change_kept(context, &permit, &id, &kept, &change).await?;
    Ok(Reply::no_content())
}

async fn find(
    context: &Context,
    permit: &AuthorizedProjects,
    project: &str,
) -> Result<(ProjectId, KeptProject), Refusal> {
    let unknown = || Refusal::NotFound("project");
    let id = ProjectId::parse(project).map_err(|_| unknown())?;
    let rows = context.store.run_one(projects::find(permit, &id)).await?;
    let row = rows.rows.first().ok_or_else(unknown)?;
    Ok((id, KeptProject::from_row(context, row)?))
}

/// Changes a project, says so in the audit, and gives it as it is then.
async fn change_kept(
    context: &Context,
    permit: &AuthorizedProjects,
    id: &ProjectId,
    kept: &KeptProject,
    change: &ProjectChange,
) -> Result<KeptProject, Refusal> {
    let (old, earlier) = (&kept.layout.scope_property, &kept.layout.earlier);
    let new = change.scope_property.as_ref().filter(|new| *new != old);
    if new.is_some() && kept.layout.is_changing {
        return Err(Refusal::Conflict(
            "The events of this project are still being laid out by the scope property it was given last. Send the same request again later."
                .to_owned(),
        ));
    }
    let wanted = kept.changed_by(change);
    let (before, after) = differences(kept.settings(), wanted.settings());
    if before == after {
        return Ok(wanted);
    }
    let by = Actor::of(&Caller::Organization(permit.organization().clone()));
    let mut statements = vec![
        must_be(id, &kept.layout),
        project_changed(id, before, after, new.is_some(), &by, context.now),
    ];
    if change.retention_days.is_some() {
        statements.extend(retention::stop(id));
        statements.extend(datasets::kept_otherwise(id, context.now));
    }
    statements.push(projects::change(permit, id, change, context.now));
    if let Some(new) = new {
        let relayout = projects::change_scope_property(permit, id, new, old, earlier);
        statements.extend(relayout);
    }
    statements.push(projects::find(permit, id));
    let answers = context.store.run(statements).await?;
    let row = answers.last().and_then(|rows| rows.rows.first());
    let changed = KeptProject::from_row(context, row.unwrap_or(&Value::Null))?;
    if new.is_none() || context.deletion_steps == 0 {
        return Ok(changed);
    }
    // It is changed, and every answer right: what fails from here on is the clock's to go on with.
    if let Err(refusal) = lay_out_anew(context, id, context.deletion_steps).await {
        console_error!("relayout: {refusal:?}");
        return Ok(changed);
    }
    let (_, settled) = find(context, permit, id.as_str()).await?;
    Ok(settled)
}

/// Of two lists of the same names, those that differ.
fn differences(
    before: Vec<(&'static str, Value)>,
    after: Vec<(&'static str, Value)>,
) -> (Value, Value) {
    let pairs = before.into_iter().zip(after);
    let (before, after): (Vec<_>, Vec<_>) = pairs.filter(|(before, after)| before != after).unzip();
    (Value::object(before), Value::object(after))
}
