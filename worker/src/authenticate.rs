//! Who asks, and in which project? One look at the store, whatever the key.

use crate::call::Call;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::seal::{Seal, hash};
use crate::sql::credential;
use crate::store::row::Row;
use keyhole_policy::key::{AccessKey, Caller, KeyDefinition};
use keyhole_policy::name::{KeyId, OrganizationId, ProjectId, PropertyPath};
use keyhole_policy::secret::{Secret, SecretKind};
use keyhole_policy::value::Value;
use keyhole_policy::wire::key_definition;

/// The project a request acts in.
#[derive(Clone, Debug)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// Whose it is.
    pub organization: OrganizationId,
    /// The path whose value clusters its events.
    pub scope_property: PropertyPath,
}

/// Who asks inside a project. An unknown project is said before anything about the key, as Keen does; a key
/// that is dead or of elsewhere, before anything about the request.
pub async fn in_project(
    context: &Context,
    call: &Call,
    id: &str,
) -> Result<(Caller, Project), Refusal> {
    let id = ProjectId::parse(id).map_err(|_| Refusal::NotFound("project"))?;
    let (project, caller) = look_up(context, call, Some(id)).await?;
    let project = project.ok_or(Refusal::NotFound("project"))?;
    let caller = caller.ok_or(Refusal::UnknownKey)?;
    caller.must_act_in(&project.id, context.now)?;
    Ok((caller, project))
}

/// Who asks outside all projects.
pub async fn outside_projects(context: &Context, call: &Call) -> Result<Caller, Refusal> {
    let (_, caller) = look_up(context, call, None).await?;
    caller.ok_or(Refusal::UnknownKey)
}

/// The caller's own seal for one purpose, made of the key that came with the request.
pub fn seal_of_caller(call: &Call, purpose: &str) -> Result<Seal, Refusal> {
    let failed = || Refusal::failed("seal", "a key of another length was derived");
    Seal::of_caller(&secret(call)?, purpose).ok_or_else(failed)
}

/// The key that came with the request. One of the wrong form is known to nobody.
fn secret(call: &Call) -> Result<Secret, Refusal> {
    let key = call.key()?.ok_or(Refusal::NoKey)?;
    Secret::parse(&key).ok_or(Refusal::UnknownKey)
}

async fn look_up(
    context: &Context,
    call: &Call,
    id: Option<ProjectId>,
) -> Result<(Option<Project>, Option<Caller>), Refusal> {
    // A key of the wrong form is refused without a look at the store.
    let hash = hash(&secret(call)?);
    let statement = credential::look_up(id.as_ref().map(ProjectId::as_str), &hash);
    let rows = context.store.run_one(statement).await?;
    let mut row = Row::new("credential", rows.rows.first().unwrap_or(&Value::Null))?;
    let project = project(&mut row)?;
    let caller = caller(&mut row)?;
    Ok((project, caller))
}

fn project(row: &mut Row) -> Result<Option<Project>, Refusal> {
    let (id, organization, _name, scope) = (
        row.text_or_null()?,
        row.text_or_null()?,
        row.value()?,
        row.text_or_null()?,
    );
    let (Some(id), Some(organization), Some(scope)) = (id, organization, scope) else {
        return Ok(None);
    };
    let corrupt = |_| Refusal::corrupt("project");
    Ok(Some(Project {
        id: ProjectId::parse(id).map_err(corrupt)?,
        organization: OrganizationId::parse(organization).map_err(corrupt)?,
        scope_property: PropertyPath::parse(scope).map_err(corrupt)?,
    }))
}

fn caller(row: &mut Row) -> Result<Option<Caller>, Refusal> {
    let Some(kind) = row.text_or_null()? else {
        return Ok(None);
    };
    let kind = SecretKind::ALL
        .into_iter()
        .find(|known| known.as_str() == kind);
    let organization = row.text()?;
    let corrupt = |_| Refusal::corrupt("credential");
    if kind == Some(SecretKind::Organization) {
        return Ok(Some(Caller::Organization(
            OrganizationId::parse(organization).map_err(corrupt)?,
        )));
    }
    let project = ProjectId::parse(row.text()?).map_err(corrupt)?;
    match kind {
        Some(SecretKind::Master) => Ok(Some(Caller::Master(project))),
        Some(SecretKind::Write) => Ok(Some(Caller::Write(project))),
        Some(SecretKind::Read) => Ok(Some(Caller::Read(project))),
        Some(SecretKind::Access) => {
            let id = KeyId::parse(row.text()?).map_err(corrupt)?;
            let is_active = row.whole()? == 1;
            let definition = definition(row.value()?, is_active)?;
            let key = AccessKey::new(id, project, definition, Vec::new());
            Ok(Some(Caller::Access(Box::new(key))))
        }
        _ => Err(Refusal::corrupt("credential")),
    }
}

/// A stored definition; whether it is active is a column of its own.
pub fn definition(stored: &Value, is_active: bool) -> Result<KeyDefinition, Refusal> {
    let definition = key_definition(stored).map_err(|_| Refusal::corrupt("access key"))?;
    Ok(KeyDefinition {
        is_active,
        ..definition
    })
}
