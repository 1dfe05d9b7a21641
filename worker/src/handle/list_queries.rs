//! Which analyses can be asked for, and where?

use crate::authenticate;
use crate::call::Call;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::reply::Reply;
use keyhole_policy::authorize;
use keyhole_policy::query::AnalysisType;
use keyhole_policy::value::Value;

/// Keen's documentation names these without `_url`; they are answered under both names.
const ALSO_BARE: [AnalysisType; 6] = [
    AnalysisType::Minimum,
    AnalysisType::Maximum,
    AnalysisType::Average,
    AnalysisType::Sum,
    AnalysisType::Median,
    AnalysisType::Percentile,
];

/// `GET /3.0/projects/P/queries`.
pub async fn list_queries(context: &Context, call: &Call, project: &str) -> Result<Reply, Refusal> {
    let (caller, project) = authenticate::in_project(context, call, project).await?;
    authorize::list_queries(&caller, &project.id, context.now)?;
    let path = |analysis: AnalysisType| {
        let (project, analysis) = (&project.id, analysis.as_str());
        Value::Text(format!("/3.0/projects/{project}/queries/{analysis}"))
    };
    let with_suffix = AnalysisType::ALL.map(|analysis| {
        let name = format!("{}_url", analysis.as_str());
        (name, path(analysis))
    });
    let bare = ALSO_BARE.map(|analysis| (analysis.as_str().to_owned(), path(analysis)));
    Ok(Reply::ok(Value::Object(
        with_suffix.into_iter().chain(bare).collect(),
    )))
}
