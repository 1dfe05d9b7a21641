//! How are saved queries kept, read, listed and deleted?

use super::saved_answer::{SavedQuery, with};
use crate::authenticate;
use crate::call::Call;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::sql::saved_queries;
use keyhole_policy::authorize::{self, AuthorizedSavedQueries};
use keyhole_policy::limits::{ANSWER_BYTES_MAX, CACHED_QUERIES_MAX, SAVED_QUERIES_MAX};
use keyhole_policy::name::{ProjectId, ResourceName};
use keyhole_policy::value::Value;
use keyhole_policy::wire::{self, Area, Invalid, Problem};

/// `PUT /3.0/projects/P/queries/saved/N`: 201 when it is new, 200 when it is replaced. What is left out is cleared.
pub async fn keep_saved_query(
    context: &Context,
    call: &Call,
    project: &str,
    name: &str,
) -> Result<Reply, Refusal> {
    let permit = permit(context, call, project).await?;
    let name = resource_name(name)?;
    let saved = wire::saved_query(&call.json()?, &context.moment())?;
    let new_name = saved.name.as_ref().unwrap_or(&name);
    let mut statements = saved_queries::keep(&permit, &name, &saved, context.now);
    statements.push(saved_queries::read_own(&permit, new_name));
    let answers = context.store.run(statements).await?;
    let [insert, update, read] = answers.as_slice() else {
        return Err(Refusal::corrupt("saved query"));
    };
    if insert.changes == 0 && update.changes == 0 {
        return Err(Refusal::Conflict(format!(
            "It was not kept: either another saved query is called '{new_name}', or the project has all it may have: \
             {} saved queries, {} of them cached.",
            SAVED_QUERIES_MAX, CACHED_QUERIES_MAX
        )));
    }
    let row = read
        .rows
        .first()
        .ok_or_else(|| Refusal::corrupt("saved query"))?;
    let definition = SavedQuery::from_row(row)?.definition(permit.project(), None);
    if insert.changes > 0 {
        Ok(Reply::created(with(
            definition,
            "created",
            Value::Bool(true),
        )))
    } else {
        Ok(Reply::ok(definition))
    }
}

/// `GET /3.0/projects/P/queries/saved/N`.
pub async fn read_saved_query(
    context: &Context,
    call: &Call,
    project: &str,
    name: &str,
) -> Result<Reply, Refusal> {
    let (caller, project) = authenticate::in_project(context, call, project).await?;
    let name = resource_name(name)?;
    let permit = authorize::read_definition(&caller, &project.id, &name, context.now)?;
    let rows = context.store.run_one(saved_queries::read(&permit)).await?;
    let row = rows.rows.first().ok_or(Refusal::NotFound("saved query"))?;
    Ok(Reply::ok(
        SavedQuery::from_row(row)?.definition(&project.id, None),
    ))
}

/// `GET /3.0/projects/P/queries/saved`: a plain list, by name.
pub async fn list_saved_queries(
    context: &Context,
    call: &Call,
    project: &str,
) -> Result<Reply, Refusal> {
    let permit = permit(context, call, project).await?;
    let list = saved_queries::list(&permit).cut_at(ANSWER_BYTES_MAX);
    let rows = context.store.run_one(list).await?;
    let definition = |row| Ok(SavedQuery::from_row(row)?.definition(permit.project(), None));
    let listed: Result<Vec<Value>, Refusal> = rows.rows.iter().map(definition).collect();
    Ok(Reply::ok(Value::List(listed?)))
}

/// `DELETE /3.0/projects/P/queries/saved/N`: 204.
pub async fn delete_saved_query(
    context: &Context,
    call: &Call,
    project: &str,
    name: &str,
) -> Result<Reply, Refusal> {
    let permit = permit(context, call, project).await?;
    let name = resource_name(name)?;
    let rows = context
        .store
        .run_one(saved_queries::delete(&permit, &name))
        .await?;
    match rows.changes {
        0 => Err(Refusal::NotFound("saved query")),
        _ => Ok(Reply::no_content()),
    }
}

async fn permit(
    context: &Context,
    call: &Call,
    project: &str,
) -> Result<AuthorizedSavedQueries, Refusal> {
    let (caller, project) = authenticate::in_project(context, call, project).await?;
    let project: &ProjectId = &project.id;
    Ok(authorize::manage_saved_queries(
        &caller,
        project,
        context.now,
    )?)
}

/// A name in a path.
pub(super) fn resource_name(text: &str) -> Result<ResourceName, Invalid> {
    ResourceName::parse(text).map_err(|problem| Invalid {
        area: Area::SavedQuery,
        pointer: "/query_name".to_owned(),
        problem: Problem::Name {
            found: text.to_owned(),
            problem,
        },
    })
}
