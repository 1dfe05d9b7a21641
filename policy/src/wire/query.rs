//! What does a query ask? One analysis and its parameters, read into the question they mean.

use super::Moment;
use super::extraction::{self, ContentType, extraction};
use super::filter::filters;
use super::funnel::{echo_steps, funnel};
use super::node::Node;
use super::problem::{Area, Invalid, Problem};
use super::timeframe::{timeframe, timezone};
use crate::filter::Property;
use crate::limits;
use crate::name::CollectionName;
use crate::query::{
    Aggregate, Analysis, AnalysisType, Classes, ClassesProblem, Grouping, Measures, OrderKey,
    Ordering, Percent, Query, Range, Selection,
};
use crate::time::{Buckets, Interval, Span, Zone};
use crate::value::{Number, Value};

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

fn one_analysis(analysis: AnalysisType, node: &Node) -> Result<Analysis, Invalid> {
    let target = || {
        let target = node.require("target_property").map_err(|invalid| Invalid {
            area: Area::Analysis,
            ..invalid
        })?;
        target.as_area(Area::Property).name(Property::parse)
    };
    Ok(match analysis {
        AnalysisType::Count => Analysis::Count,
        AnalysisType::CountUnique => Analysis::CountUnique(target()?),
        AnalysisType::Minimum => Analysis::Minimum(target()?),
        AnalysisType::Maximum => Analysis::Maximum(target()?),
        AnalysisType::Sum => Analysis::Sum(target()?),
        AnalysisType::Average => Analysis::Average(target()?),
        AnalysisType::Median => Analysis::Median(target()?),
        AnalysisType::StandardDeviation => Analysis::StandardDeviation(target()?),
        AnalysisType::SelectUnique => Analysis::SelectUnique(target()?),
        AnalysisType::Percentile => {
            let percent = node.clone().as_area(Area::Analysis).require("percentile")?;
            let read = Percent::new(percent.number()?);
            let read = read.ok_or_else(|| {
                percent.out_of_range("a number above 0, at most 100, with at most two decimals")
            })?;
            Analysis::Percentile(target()?, read)
        }
        AnalysisType::MultiAnalysis | AnalysisType::Extraction | AnalysisType::Funnel => {
            let found = analysis.as_str().to_owned();
            let expected = "an analysis that answers one value";
            return Err(node.invalid(Problem::UnknownWord { found, expected }));
        }
    })
}

fn analyses(node: &Node) -> Result<Measures, Invalid> {
    let node = node.clone().as_area(Area::Analysis).require("analyses")?;
    let labelled = node.properties("an object of labels and analyses")?;
    let limit = limits::ANALYSES_MAX;
    if labelled.is_empty() {
        return Err(node.invalid(Problem::Conflict("At least one analysis is expected.")));
    }
    if labelled.len() > limit {
        return Err(node.invalid(Problem::TooMany {
            what: "analyses",
            actual: labelled.len(),
            limit,
        }));
    }
    let mut read = Vec::with_capacity(labelled.len());
    for (label, node) in labelled {
        let fields = node.properties("an analysis: an object")?;
        let word = node.require("analysis_type")?;
        let analysis = AnalysisType::parse(word.text()?);
        let expected = "an analysis that answers one value, such as count or sum";
        let analysis = analysis.ok_or_else(|| {
            word.invalid(Problem::UnknownWord {
                found: word.value().to_string(),
                expected,
            })
        })?;
        read.push((label.to_owned(), one_analysis(analysis, &node)?));
        // Keen takes no filters here. Ignoring them would answer another question than the one asked.
        let known = &["analysis_type", "target_property", "percentile"];
        let other = |(name, field): &(&str, Node)| !known.contains(name) && !field.is_null();
        if let Some((name, field)) = fields.into_iter().find(other) {
            let found = name.to_owned();
            return Err(field.invalid(Problem::UnknownField { found, known }));
        }
    }
    Ok(Measures::Many(read))
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

/// One grouping, or a list of them.
fn groupings(node: Node) -> Result<Vec<Grouping>, Invalid> {
    let nodes = match node.value() {
        Value::List(_) => node.items_at_most(
            "a list",
            "properties to group by",
            limits::GROUP_BY_PROPERTIES_MAX,
        )?,
        _ => vec![node.clone()],
    };
    let mut groupings: Vec<Grouping> = Vec::new();
    for item in nodes {
        let grouping = grouping(&item)?;
        if groupings
            .iter()
            .any(|other| other.property() == grouping.property())
        {
            return Err(item.invalid(Problem::Twice(grouping.property().to_string())));
        }
        groupings.push(grouping);
    }
    Ok(groupings)
}

fn grouping(node: &Node) -> Result<Grouping, Invalid> {
    if let Value::Text(_) = node.value() {
        return node.name(Property::parse).map(Grouping::Property);
    }
    node.only(
        "a property's name, or an object with property_name and buckets or ranges",
        &["property_name", "buckets", "ranges"],
    )?;
    let property = node.require("property_name")?.name(Property::parse)?;
    match (node.get("buckets"), node.get("ranges")) {
        (None, None) => Ok(Grouping::Property(property)),
        (Some(_), Some(_)) => Err(node.invalid(Problem::Conflict(
            "Either `buckets` or `ranges` is expected, not both.",
        ))),
        (Some(classes), None) => {
            classes.only("classes of equal width", &["size", "offset"])?;
            let classes = equal_classes(&classes)?;
            Ok(Grouping::Classes { property, classes })
        }
        (None, Some(ranges)) => {
            let items =
                ranges.items_at_most("a list of ranges", "ranges", limits::GROUP_BY_RANGES_MAX)?;
            let ranges: Result<_, _> = items.iter().map(range).collect();
            Ok(Grouping::Ranges {
                property,
                ranges: ranges?,
            })
        }
    }
}

fn equal_classes(node: &Node) -> Result<Classes, Invalid> {
    let size = node.require("size")?;
    let offset = node.get("offset");
    let begins = offset.as_ref().map_or(Ok(Number::ZERO), Node::number)?;
    Classes::new(size.number()?, begins).map_err(|problem| match problem {
        ClassesProblem::SizeNotPositive => size.out_of_range("a number above 0"),
        ClassesProblem::SizeTooFine => size.out_of_range(
            "a number of at most 9 digits, zeros at either end not counted, none of them more than \
             22 places from the point",
        ),
        ClassesProblem::OffsetTooFine => offset.as_ref().unwrap_or(node).out_of_range(
            "a number whose last digit stands at most 8 places behind the first of `size`, and 22 \
             behind the point",
        ),
    })
}

fn range(node: &Node) -> Result<Range, Invalid> {
    node.only("a range", &["from", "to"])?;
    let from = node.get("from").map(|from| from.number()).transpose()?;
    let to = node.get("to").map(|to| to.number()).transpose()?;
    match (from, to) {
        (None, None) => Err(node.invalid(Problem::Conflict("A range has `from`, `to` or both."))),
        (Some(from), Some(to)) if to <= from => {
            Err(node.invalid(Problem::Conflict("A range's `to` is above its `from`.")))
        }
        _ => Ok(Range { from, to }),
    }
}

/// One order, or a list of them; each an object, or a column's name.
fn orderings(
    node: Node,
    group_by: &[Grouping],
    measures: &Measures,
) -> Result<Vec<Ordering>, Invalid> {
    if group_by.is_empty() {
        return Err(node.invalid(Problem::Conflict(
            "`order_by` orders groups: `group_by` is needed with it.",
        )));
    }
    let nodes = match node.value() {
        Value::List(_) => {
            node.items_at_most("a list", "orders", limits::GROUP_BY_PROPERTIES_MAX)?
        }
        _ => vec![node.clone()],
    };
    nodes
        .iter()
        .map(|node| ordering(node, group_by, measures))
        .collect()
}

fn ordering(node: &Node, group_by: &[Grouping], measures: &Measures) -> Result<Ordering, Invalid> {
    let (name, descending) = match node.value() {
        Value::Text(_) => (node.clone(), false),
        _ => {
            node.only("an order", &["property_name", "direction"])?;
            let descending = match node.get("direction") {
                None => false,
                Some(direction) => match direction.text()? {
                    "ASC" | "asc" => false,
                    "DESC" | "desc" => true,
                    _ => return Err(direction.out_of_range("ASC or DESC")),
                },
            };
            (node.require("property_name")?, descending)
        }
    };
    let column = name.text()?;
    let group = group_by
        .iter()
        .position(|grouping| grouping.property().to_string() == column);
    let measure = match measures {
        Measures::One(_) => (column == "result").then_some(0),
        Measures::Many(labelled) => labelled.iter().position(|(label, _)| label == column),
    };
    let by = group
        .map(OrderKey::Group)
        .or(measure.map(OrderKey::Measure));
    let by = by.ok_or_else(|| {
        name.out_of_range("one of the group_by properties, `result` or an analysis' label")
    })?;
    Ok(Ordering { by, descending })
}
