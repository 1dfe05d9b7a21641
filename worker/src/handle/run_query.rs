//! How is an ad-hoc question answered?

use super::ask::ask;
use crate::authenticate;
use crate::call::Call;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::reply::Reply;
use keyhole_policy::authorize;
use keyhole_policy::query::AnalysisType;
use keyhole_policy::value::Value;
use keyhole_policy::wire::{self, Area, Invalid, Problem};

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
    let asked = wire::query(analysis_type(analysis)?, &body?, &context.moment())?;
    let authorized = authorize::query(&caller, &project.id, asked.query, context.now)?;
    let answered = ask(&context.store, &project.scope_property, &authorized).await?;
    let mut properties = answered.properties;
    if let Some(steps) = asked.echoed_steps {
        properties.push(("steps".to_owned(), steps));
    }
    if asked.include_metadata {
        properties.push(("execution_metadata".to_owned(), answered.metadata));
    }
    Ok(Reply::ok(Value::Object(properties)))
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
