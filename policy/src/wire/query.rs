//! What does a query ask? One analysis and its parameters, read into the question they mean.

use super::Moment;
use super::analysis::{analyses, one_analysis};
use super::extraction::{self, ContentType, extraction};
use super::filter::filters;
use super::funnel::{echo_steps, funnel};
use super::group_by::groupings;
use super::node::Node;
use super::order_by::orderings;
use super::problem::{Area, Invalid, Problem};
use super::timeframe::{timeframe, timezone};
use crate::limits;
use crate::name::CollectionName;
use crate::query::{Aggregate, AnalysisType, Grouping, Measures, Query, Selection};
use crate::time::{Buckets, Interval, Span, Zone};
use crate::value::Value;

/// A question, and how its answer is wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// The question.
    pub query: Query,
    /// `include_metadata`
    pub include_metadata: bool,
    /// A funnel's `steps` with their defaults filled in, which its answer repeats.
    pub echoed_steps: Option<Value>,
    /// `content_type` of an extraction; where `None` the caller leaves it to the request's headers.
    pub content_type: Option<ContentType>,
    /// `cursor` of an extraction, sealed as it was answered.
    pub cursor: Option<String>,
}

/// Reads a query's body. Parameters that are not known are ignored, as Keen does: its clients send their own.
pub fn query(analysis: AnalysisType, body: &Value, moment: &Moment) -> Result<Asked, Invalid> {
    let node = Node::root(Area::Request, body);
    node.properties("an object of parameters")?;
    let query = match analysis {
        AnalysisType::Funnel => Query::Funnel(funnel(&node, moment)?),
        AnalysisType::Extraction => Query::Extraction(extraction(&node, moment)?),
        AnalysisType::MultiAnalysis => {
            Query::Aggregate(aggregate(&node, analyses(&node)?, moment)?)
        }
        _ => {
            let measures = Measures::One(one_analysis(analysis, &node)?);
            Query::Aggregate(aggregate(&node, measures, moment)?)
        }
    };
    let include_metadata = node
        .get("include_metadata")
        .map_or(Ok(false), |node| node.boolean())?;
    let (content_type, cursor) = match query {
        Query::Extraction(_) => (extraction::content_type(&node)?, extraction::cursor(&node)?),
        _ => (None, None),
    };
    let echoed_steps = matches!(query, Query::Funnel(_)).then(|| echo_steps(body));
    Ok(Asked {
        query,
        include_metadata,
        echoed_steps,
        content_type,
        cursor,
    })
}

pub(super) fn selection(node: &Node, zone: &Zone, moment: &Moment) -> Result<Selection, Invalid> {
    let collection = node
        .require("event_collection")?
        .as_area(Area::CollectionName);
    let collection = collection.name(CollectionName::parse)?;
    let span = timeframe(node, zone, moment)?;
    let filter = node
        .get("filters")
        .map_or(Ok(crate::filter::Filter::everything()), |node| {
            filters(&node)
        })?;
    Ok(Selection {
        collection,
        span,
        filter,
    })
}

fn aggregate(node: &Node, measures: Measures, moment: &Moment) -> Result<Aggregate, Invalid> {
    let zone = timezone(node, moment)?;
    let selection = selection(node, &zone, moment)?;
    let buckets = node
        .get("interval")
        .map(|node| {
            let (node, limit) = (node.as_area(Area::Interval), limits::BUCKETS_MAX);
            buckets(node, selection.span, &zone, limit, moment)
        })
        .transpose()?;
    let group_by = node.get("group_by").map_or(Ok(Vec::new()), |node| {
        groupings(node.as_area(Area::GroupBy))
    })?;
    if !group_by.is_empty() && selection.filter.has_within() {
        let reason = "`group_by` cannot be used together with a `within` filter.";
        return Err(Invalid {
            area: Area::GroupBy,
            pointer: "/group_by".to_owned(),
            problem: Problem::Conflict(reason),
        });
    }
    distinct_columns(node, &group_by, &measures)?;
    let order_by = node.get("order_by").map_or(Ok(Vec::new()), |node| {
        orderings(node.as_area(Area::OrderBy), &group_by, &measures)
    })?;
    let limit = node.get("limit").map(|node| {
        node.as_area(Area::OrderBy)
            .count_at_most("a whole number from 1 to 1,000,000", limits::LIMIT_MAX)
    });
    let zero_fill = node
        .get("zero_fill")
        .map_or(Ok(true), |node| node.boolean())?;
    Ok(Aggregate {
        selection,
        measures,
        buckets,
        group_by,
        order_by,
        limit: limit.transpose()?,
        zero_fill,
    })
}

/// A row of the answer names each column once: a group's property beside `result`, or beside the labels.
fn distinct_columns(
    node: &Node,
    group_by: &[Grouping],
    measures: &Measures,
) -> Result<(), Invalid> {
    let is_measure = |column: &str| match measures {
        Measures::One(_) => column == "result",
        Measures::Many(labelled) => labelled.iter().any(|(label, _)| label == column),
    };
    let mut columns = group_by
        .iter()
        .map(|grouping| grouping.property().to_string());
    match columns.find(|column| is_measure(column)) {
        Some(column) => Err(Invalid {
            pointer: "/group_by".to_owned(),
            ..node
                .clone()
                .as_area(Area::GroupBy)
                .invalid(Problem::Twice(column))
        }),
        None => Ok(()),
    }
}

pub(super) fn buckets(
    node: Node,
    span: Span,
    zone: &Zone,
    limit: usize,
    moment: &Moment,
) -> Result<Buckets, Invalid> {
    let expected =
        "minutely, hourly, daily, weekly, monthly, yearly or every_N_minutes … every_N_years";
    let interval = Interval::parse(node.text()?).ok_or_else(|| node.out_of_range(expected))?;
    Buckets::new(interval, span, zone, moment.zones, limit).map_err(|too_many| {
        node.invalid(Problem::TooMany {
            what: "intervals in the timeframe",
            actual: too_many.at_least,
            limit,
        })
    })
}
