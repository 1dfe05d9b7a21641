//! How is an ad-hoc question answered?

use super::ask::{Answered, Asking, ask};
use super::paging::paging;
use crate::authenticate;
use crate::call::Call;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::reply::Reply;
use keyhole_policy::authorize;
use keyhole_policy::csv::csv;
use keyhole_policy::filter::Filter;
use keyhole_policy::key::Caller;
use keyhole_policy::query::{AnalysisType, Extraction, Query};
use keyhole_policy::value::Value;
use keyhole_policy::wire::{self, Area, Asked, ContentType, Invalid, Problem};

const ANALYSES: &str = "count, count_unique, minimum, maximum, sum, average, median, percentile, \
    standard_deviation, select_unique, multi_analysis, extraction or funnel";

/// `GET|POST /3.0/projects/P/queries/{analysis}`.
pub async fn run_query(
    context: &Context,
    call: &Call,
    project: &str,
    analysis: &str,
    body: Result<Value, Refusal>,
) -> Result<Reply, Refusal> {
    let (caller, project) = authenticate::in_project(context, call, project).await?;
    context.query_rate.count(&caller).await?;
    let body = body?;
    let mut asked = wire::query(analysis_type(analysis)?, &body, &context.moment())?;
    let paging = paging(call, &mut asked, &body)?;
    let wants_csv = wants_csv(call, &asked);
    let reach = without_filters(&asked.query);
    let authorized = authorize::query(&caller, &project.id, asked.query, context.now)?;
    let asking = Asking {
        layout: &project.layout,
        hidden: &project.hidden,
        reach: &authorize::query(&caller, &project.id, reach, context.now)?,
        authorized: &authorized,
    };
    let mut answered = ask(&context.store, &asking).await?;
    let mut cursor = None;
    if let Some(paging) = paging {
        cursor = paging.cursor(answered.next.take())?;
        let shown = cursor.clone().map_or(Value::Null, Value::Text);
        answered.properties.push(("cursor".to_owned(), shown));
    }
    if let (true, Query::Extraction(extraction)) = (wants_csv, authorized.query()) {
        return as_csv(extraction, answered, cursor);
    }
    let mut properties = answered.properties;
    if let Some(steps) = asked.echoed_steps {
        properties.push(("steps".to_owned(), steps));
    }
    if asked.include_metadata {
        let metadata = told(&caller, answered.metadata);
        properties.push(("execution_metadata".to_owned(), metadata));
    }
    Ok(Reply::ok(Value::Object(properties)))
}

/// What answering took depends on rows outside an access key's scope too, and on its own filters: no such key is
/// told.
fn told(caller: &Caller, metadata: Value) -> Value {
    let (Caller::Access(_), Value::Object(properties)) = (caller, &metadata) else {
        return metadata;
    };
    let names = properties.iter().map(|(name, _)| name.clone());
    Value::Object(names.map(|name| (name, Value::Null)).collect())
}

/// The same question of all that the caller may see.
pub(super) fn without_filters(asked: &Query) -> Query {
    let mut reach = asked.clone();
    for selection in reach.selections_mut() {
        selection.filter = Filter::everything();
    }
    reach
}

/// What the question says goes before what its headers say. Only events are rows.
fn wants_csv(call: &Call, asked: &Asked) -> bool {
    let is_extraction = matches!(asked.query, Query::Extraction(_));
    let says_csv = asked
        .content_type
        .map(|content_type| content_type == ContentType::Csv);
    is_extraction && says_csv.unwrap_or_else(|| call.prefers_csv())
}

/// CSV has no place for a cursor, so that stands in a header.
fn as_csv(
    extraction: &Extraction,
    answered: Answered,
    cursor: Option<String>,
) -> Result<Reply, Refusal> {
    let properties = answered.properties.into_iter();
    let events = properties
        .map(|(_, value)| value)
        .next()
        .unwrap_or(Value::Null);
    let mut reply = Reply::csv(csv(extraction.properties.as_deref(), &events)?);
    let cursor = cursor.map(|cursor| ("keyhole-cursor", cursor));
    reply.headers.extend(cursor);
    Ok(reply)
}

fn analysis_type(name: &str) -> Result<AnalysisType, Refusal> {
    let unknown = || {
        let problem = Problem::UnknownWord {
            found: name.to_owned(),
            expected: ANALYSES,
        };
        Refusal::Invalid(Invalid {
            area: Area::Analysis,
            pointer: String::new(),
            problem,
        })
    };
    AnalysisType::parse(name).ok_or_else(unknown)
}
