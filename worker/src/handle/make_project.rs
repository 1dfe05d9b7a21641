//! How are projects made and listed?

use super::new_string;
use super::project_answer::KeptProject;
use crate::authenticate;
use crate::call::Call;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::sql::projects;
use keyhole_policy::authorize::{self, AuthorizedProjects};
use keyhole_policy::name::{OrganizationId, ProjectId};
use keyhole_policy::secret::SecretKind;
use keyhole_policy::value::Value;
use keyhole_policy::wire::new_project;

/// A project's own keys, and their names in `api_keys`.
pub(super) const KINDS: [(SecretKind, &str); 3] = [
    (SecretKind::Master, "master_key"),
    (SecretKind::Write, "write_key"),
    (SecretKind::Read, "read_key"),
];

/// `POST /3.0/organizations/O/projects`: 201 with the project and its three keys.
pub async fn make_project(
    context: &Context,
    call: &Call,
    organization: &str,
) -> Result<Reply, Refusal> {
    let permit = permit(context, call, organization).await?;
    let project = new_project(&call.json()?)?;
    let id = ProjectId::from_random(context.chance.twelve_bytes_for("project id"));
    let mut statements = vec![projects::insert(&permit, &id, &project, context.now)];
    let mut keys = Vec::new();
    for (kind, name) in KINDS {
        let organization = permit.organization();
        let (secret, statement) = new_string::of_project(context, kind, organization, &id)?;
        statements.push(statement);
        keys.push((name, Value::text(secret.reveal())));
    }
    statements.push(projects::find(&permit, &id));
    let answers = context.store.run(statements).await?;
    let row = answers.last().and_then(|rows| rows.rows.first());
    let row = row.ok_or_else(|| Refusal::corrupt("project"))?;
    let made = KeptProject::from_row(context, row)?.with_keys(Value::object(keys));
    Ok(Reply::created(made.answer(&permit)))
}

/// `GET /3.0/organizations/O/projects`: a plain list, the oldest first.
pub async fn list_projects(
    context: &Context,
    call: &Call,
    organization: &str,
) -> Result<Reply, Refusal> {
    let permit = permit(context, call, organization).await?;
    let rows = context.store.run_one(projects::list(&permit)).await?;
    let answer = |row| Ok(KeptProject::from_row(context, row)?.answer(&permit));
    let listed: Result<Vec<Value>, Refusal> = rows.rows.iter().map(answer).collect();
    Ok(Reply::ok(Value::List(listed?)))
}

pub(super) async fn permit(
    context: &Context,
    call: &Call,
    organization: &str,
) -> Result<AuthorizedProjects, Refusal> {
    let caller = authenticate::outside_projects(context, call).await?;
    let organization =
        OrganizationId::parse(organization).map_err(|_| Refusal::NotFound("organization"))?;
    Ok(authorize::manage_projects(&caller, &organization)?)
}
