//! How are projects made and listed?

use super::new_string;
use crate::authenticate;
use crate::call::Call;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::sql::projects;
use crate::store::row::Row;
use keyhole_policy::authorize::{self, AuthorizedProjects};
use keyhole_policy::name::{OrganizationId, ProjectId};
use keyhole_policy::secret::SecretKind;
use keyhole_policy::time::Instant;
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
    context.store.run(statements).await?;
    let (name, scope_property) = (project.name.to_string(), project.scope_property.to_string());
    Ok(Reply::created(answer(
        &permit,
        id.as_str(),
        &name,
        &scope_property,
        context.now,
        Value::object(keys),
    )))
}

/// `GET /3.0/organizations/O/projects`: a plain list, the oldest first.
pub async fn list_projects(
    context: &Context,
    call: &Call,
    organization: &str,
) -> Result<Reply, Refusal> {
    let permit = permit(context, call, organization).await?;
    let rows = context.store.run_one(projects::list(&permit)).await?;
    let listed: Result<Vec<Value>, Refusal> = rows
        .rows
        .iter()
        .map(|row| from_row(context, &permit, row))
        .collect();
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

/// A project from a row `[id, name, scope_property, created_at, [[kind, hash, sealed], …]]`.
fn from_row(context: &Context, permit: &AuthorizedProjects, row: &Value) -> Result<Value, Refusal> {
    let mut row = Row::new("project", row)?;
    let (id, name, scope_property) = (row.text()?, row.text()?, row.text()?);
    let created_at =
        Instant::from_milliseconds(row.whole()?).ok_or_else(|| Refusal::corrupt("project"))?;
    let mut keys = KINDS.map(|(_, name)| (name, Value::Null));
    for credential in row.list()? {
        let mut credential = Row::new("project", credential)?;
        let (kind, _hash, sealed) = (
            credential.text()?,
            credential.text()?,
            credential.text_or_null()?,
        );
        let opened = context
            .seal
            .as_ref()
            .zip(sealed)
            .and_then(|(seal, sealed)| seal.open(sealed));
        let place = KINDS
            .iter()
            .position(|(known, _)| known.as_str() == kind)
            .and_then(|at| keys.get_mut(at));
        if let (Some(opened), Some((_, place))) = (opened, place) {
            *place = Value::Text(opened);
        }
    }
    Ok(answer(
        permit,
        id,
        name,
        scope_property,
        created_at,
        Value::object(keys),
    ))
}

fn answer(
    permit: &AuthorizedProjects,
    id: &str,
    name: &str,
    scope_property: &str,
    created_at: Instant,
    keys: Value,
) -> Value {
    Value::object([
        ("id", Value::text(id)),
        ("name", Value::text(name)),
        (
            "organization_id",
            Value::text(permit.organization().as_str()),
        ),
        ("url", Value::Text(format!("/3.0/projects/{id}"))),
        ("scope_property", Value::text(scope_property)),
        ("created_at", Value::Text(created_at.to_string())),
        ("api_keys", keys),
    ])
}
