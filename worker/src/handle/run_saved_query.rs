//! What is the result of a saved query: computed now, or a copy that is kept fresh?

use super::ask::{Asking, ask};
use super::run_query::without_filters;
use super::saved_answer::{SavedQuery, with};
use super::saved_queries::resource_name;
use crate::authenticate;
use crate::call::Call;
use crate::context::Context;
use crate::copies::{Copy, CopyName};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::sql::hidden::Open;
use crate::sql::layout::Layout;
use crate::sql::saved_queries;
use keyhole_policy::authorize::{self, AuthorizedSavedQuery};
use keyhole_policy::key::Caller;
use keyhole_policy::name::{ProjectId, ResourceName};
use keyhole_policy::query::Query;
use keyhole_policy::value::Value;
use keyhole_policy::wire::saved_question;

/// A copy is as old as this many refreshes at most: older, the clock that refreshes it stands still.
const REFRESHES_MAX: i64 = 2;

/// `GET /3.0/projects/P/queries/saved/N/result`: the definition, and `result` beside it.
pub async fn run_saved_query(
    context: &Context,
    call: &Call,
    project: &str,
    name: &str,
) -> Result<Reply, Refusal> {
    let name = resource_name(name);
    let definition = |id: &_| Some(saved_queries::read_ahead(id, name.as_ref().ok()?));
    let (caller, project, ahead) =
        authenticate::in_project_with(context, call, project, definition).await?;
    context.query_rate.count(&caller).await?;
    let name = name?;
    let permit = authorize::look_up_saved_query(&caller, &project.id, &name, context.now)?;
    let rows = ahead
        .open(&context.store, saved_queries::read(&permit))
        .await?;
    let saved = rows.rows.first().map(SavedQuery::from_row).transpose()?;
    let cached = saved.as_ref().map(|saved| saved.refresh_seconds.is_some());
    permit.decide(cached)?;
    let saved = saved.ok_or(Refusal::NotFound("saved query"))?;
    let (result, computed_at) = if saved.refresh_seconds.is_some() {
        let copy = copy(context, &project.id, &project.layout, &name, &saved).await?;
        (copy.result, Some(copy.at))
    } else {
        let (id, layout) = (&project.id, &project.layout);
        let computed = compute(
            context,
            &caller,
            id,
            layout,
            &saved.hidden,
            &name,
            &saved.query,
        );
        (computed.await?, None)
    };
    let definition = saved.definition(&project.id, computed_at);
    Ok(Reply::ok(with(definition, "result", result)))
}

/// The copy, computed now where there is none, or none that is fresh.
async fn copy(
    context: &Context,
    project: &ProjectId,
    layout: &Layout,
    name: &ResourceName,
    saved: &SavedQuery,
) -> Result<Copy, Refusal> {
    let copy_name = CopyName::new(project, saved.epoch, &saved.query);
    let longest = saved
        .refresh_seconds
        .unwrap_or(0)
        .saturating_mul(REFRESHES_MAX * 1_000);
    let oldest = context.now.saturating_sub_milliseconds(longest);
    let found = context.copies.read(&copy_name).await;
    if let Some(copy) = found.filter(|copy| copy.at >= oldest) {
        return Ok(copy);
    }
    refresh(
        context,
        project,
        layout,
        &saved.hidden,
        name,
        &saved.query,
        &copy_name,
    )
    .await
}

/// Computes the result over all of a project's events, as its owner would, and keeps it.
pub async fn refresh(
    context: &Context,
    project: &ProjectId,
    layout: &Layout,
    hidden: &[Open],
    name: &ResourceName,
    query: &Value,
    copy_name: &CopyName,
) -> Result<Copy, Refusal> {
    let owner = Caller::Master(project.clone());
    let result = compute(context, &owner, project, layout, hidden, name, query).await?;
    let copy = Copy {
        at: context.now,
        result,
    };
    context.copies.keep(copy_name, &copy).await;
    Ok(copy)
}

async fn compute(
    context: &Context,
    caller: &Caller,
    project: &ProjectId,
    layout: &Layout,
    hidden: &[Open],
    name: &ResourceName,
    query: &Value,
) -> Result<Value, Refusal> {
    let asked = saved_question(query, &context.moment())?;
    let allowed =
        |query| match authorize::saved_query(caller, project, name, query, false, context.now)? {
            AuthorizedSavedQuery::Run(authorized) => Ok(authorized),
            AuthorizedSavedQuery::Copy { .. } => Err(Refusal::failed(
                "saved query",
                "what is run now was answered as a copy",
            )),
        };
    let reach = allowed(without_filters(&asked.query))?;
    let authorized = allowed(asked.query)?;
    let asking = Asking {
        layout,
        hidden,
        reach: &reach,
        authorized: &authorized,
    };
    let mut properties = ask(&context.store, &asking).await?.properties;
    if let Query::Funnel(_) = authorized.query() {
        // Keen's saved funnels nest what its ad-hoc funnels have side by side.
        properties.extend(asked.echoed_steps.map(|steps| ("steps".to_owned(), steps)));
        return Ok(Value::Object(properties));
    }
    let result = properties.into_iter().find(|(name, _)| name == "result");
    result
        .map(|(_, result)| result)
        .ok_or_else(|| Refusal::corrupt("saved query"))
}
