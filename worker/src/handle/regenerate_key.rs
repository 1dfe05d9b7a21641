//! How is a project's master, write or read key made anew? The old one is dead at once.

use super::key_permit::oversight;
use super::make_project;
use super::new_string;
use crate::call::Call;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::sql::audit::{self, Actor};
use crate::sql::{credential, projects};
use keyhole_policy::key::Caller;
use keyhole_policy::name::{OrganizationId, ProjectId};
use keyhole_policy::secret::SecretKind;
use keyhole_policy::value::Value;

/// `POST /3.0/projects/P/api_keys/{master|write|read}/regenerate`, by the master key.
pub async fn regenerate_key(
    context: &Context,
    call: &Call,
    project: &str,
    kind: &str,
) -> Result<Reply, Refusal> {
    let (permit, by, project) = oversight(context, call, project).await?;
    regenerate(context, kind, &project.organization, permit.project(), &by).await
}

/// The same below an organization, by its own key: the way back when a master key is in wrong hands.
pub async fn regenerate_project_key(
    context: &Context,
    call: &Call,
    organization: &str,
    project: &str,
    kind: &str,
) -> Result<Reply, Refusal> {
    let permit = make_project::permit(context, call, organization).await?;
    let unknown = Refusal::NotFound("project");
    let Ok(project) = ProjectId::parse(project) else {
        return Err(unknown);
    };
    let found = context
        .store
        .run_one(projects::find(&permit, &project))
        .await?;
    if found.rows.is_empty() {
        return Err(unknown);
    }
    let organization = permit.organization();
    let by = Actor::of(&Caller::Organization(organization.clone()));
    regenerate(context, kind, organization, &project, &by).await
}

async fn regenerate(
    context: &Context,
    kind: &str,
    organization: &OrganizationId,
    project: &ProjectId,
    by: &Actor,
) -> Result<Reply, Refusal> {
    let kinds = make_project::KINDS.into_iter();
    let (kind, name) = kinds
        .clone()
        .find(|(known, _)| known.as_str() == kind)
        .ok_or(Refusal::NotFound(
            "kind of key: master, write and read are regenerated",
        ))?;
    let (secret, new) = new_string::of_project(context, kind, organization, project)?;
    let statements = vec![
        credential::forget(project, kind),
        new,
        audit::regenerated(project, SecretKind::as_str(kind), by, context.now),
    ];
    context.store.run(statements).await?;
    Ok(Reply::ok(Value::object([(
        name,
        Value::text(secret.reveal()),
    )])))
}
