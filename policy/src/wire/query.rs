//! What does a query ask? One analysis and its parameters, read into the question they mean.

use super::Moment;
use super::filter::filters;
use super::node::Node;
use super::problem::{Area, Invalid, Problem};
use super::timeframe::{timeframe, timezone};
use crate::filter::Property;
use crate::limits;
use crate::name::CollectionName;
use crate::query::{
    Aggregate, Analysis, AnalysisType, Extraction, Funnel, Grouping, Measures, OrderKey, Ordering,
    Percent, Query, Range, Selection, Step,
};
use crate::time::{Buckets, Interval, Zone};
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
    let echoed_steps = matches!(query, Query::Funnel(_)).then(|| echo_steps(body));
    Ok(Asked {
        query,
        include_metadata,
        echoed_steps,
    })
}

fn echo_steps(body: &Value) -> Value {
    let Some(Value::List(steps)) = body.get("steps") else {
        return Value::Null;
    };
    let step = |step: &Value| {
        let sent = |name: &str, otherwise: Value| step.get(name).cloned().unwrap_or(otherwise);
        let inherited = |name: &str| sent(name, body.get(name).cloned().unwrap_or(Value::Null));
        Value::object([
            ("event_collection", sent("event_collection", Value::Null)),
            ("actor_property", sent("actor_property", Value::Null)),
            ("filters", sent("filters", Value::List(Vec::new()))),
            ("timeframe", inherited("timeframe")),
            ("timezone", inherited("timezone")),
            ("with_actors", sent("with_actors", Value::Bool(false))),
            ("inverted", sent("inverted", Value::Bool(false))),
            ("optional", sent("optional", Value::Bool(false))),
        ])
    };
    Value::List(steps.iter().map(step).collect())
}

fn selection(node: &Node, zone: &Zone, moment: &Moment) -> Result<Selection, Invalid> {
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
        .map(|node| buckets(node.as_area(Area::Interval), &selection, &zone, moment))
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
        node.properties("an analysis: an object")?;
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
    }
    Ok(Measures::Many(read))
}

fn buckets(
    node: Node,
    selection: &Selection,
    zone: &Zone,
    moment: &Moment,
) -> Result<Buckets, Invalid> {
    let expected =
        "minutely, hourly, daily, weekly, monthly, yearly or every_N_minutes … every_N_years";
    let interval = Interval::parse(node.text()?).ok_or_else(|| node.out_of_range(expected))?;
    let limit = limits::BUCKETS_MAX;
    Buckets::new(interval, selection.span, zone, moment.zones, limit).map_err(|too_many| {
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
            let size = classes.require("size")?;
            let width = size.number()?;
            if width <= Number::ZERO {
                return Err(size.out_of_range("a number above 0"));
            }
            let offset = classes
                .get("offset")
                .map_or(Ok(Number::ZERO), |offset| offset.number())?;
            Ok(Grouping::Classes {
                property,
                size: width,
                offset,
            })
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

fn extraction(node: &Node, moment: &Moment) -> Result<Extraction, Invalid> {
    let zone = timezone(node, moment)?;
    let selection = selection(node, &zone, moment)?;
    let latest = node.get("latest").map(|node| {
        let expected = "a whole number from 1 to 100,000";
        node.as_area(Area::Extraction)
            .count_at_most(expected, limits::EXTRACTION_EVENTS_MAX)
    });
    let properties = node
        .get("property_names")
        .map(|node| property_names(node.as_area(Area::Extraction)));
    Ok(Extraction {
        selection,
        latest: latest.transpose()?,
        properties: properties.transpose()?,
    })
}

/// One name, or a list of them.
fn property_names(node: Node) -> Result<Vec<Property>, Invalid> {
    match node.value() {
        Value::Text(_) => Ok(vec![node.name(Property::parse)?]),
        _ => {
            let items = node.items_at_most(
                "a property's name or a list of them",
                "properties",
                limits::KEY_LIST_NAMES_MAX,
            )?;
            items
                .iter()
                .map(|item| item.name(Property::parse))
                .collect()
        }
    }
}

fn funnel(node: &Node, moment: &Moment) -> Result<Funnel, Invalid> {
    let steps = node.clone().as_area(Area::Funnel).require("steps")?;
    let items = steps.items_at_most("a list of steps", "steps", limits::FUNNEL_STEPS_MAX)?;
    if items.is_empty() {
        return Err(steps.invalid(Problem::Conflict("A funnel has at least one step.")));
    }
    let steps: Result<_, _> = items
        .iter()
        .enumerate()
        .map(|(at, item)| step(at, item, node, moment))
        .collect();
    Ok(Funnel { steps: steps? })
}

fn step(at: usize, node: &Node, root: &Node, moment: &Moment) -> Result<Step, Invalid> {
    let known = &[
        "event_collection",
        "actor_property",
        "filters",
        "timeframe",
        "timezone",
        "with_actors",
        "inverted",
        "optional",
    ];
    node.only("a step", known)?;
    let zone = timezone(
        if node.get("timezone").is_some() {
            node
        } else {
            root
        },
        moment,
    )?;
    let collection = node
        .require("event_collection")?
        .as_area(Area::CollectionName)
        .name(CollectionName::parse)?;
    let span = timeframe(
        if node.get("timeframe").is_some() {
            node
        } else {
            root
        },
        &zone,
        moment,
    )?;
    let filter = node
        .get("filters")
        .map_or(Ok(crate::filter::Filter::everything()), |node| {
            filters(&node)
        })?;
    let actor = node
        .require("actor_property")?
        .as_area(Area::Property)
        .name(Property::parse)?;
    let flag = |name: &str| node.get(name).map_or(Ok(false), |node| node.boolean());
    let (with_actors, inverted, optional) =
        (flag("with_actors")?, flag("inverted")?, flag("optional")?);
    if at == 0 && (inverted || optional) {
        return Err(node.invalid(Problem::Conflict(
            "The first step cannot be inverted or optional.",
        )));
    }
    let selection = Selection {
        collection,
        span,
        filter,
    };
    Ok(Step {
        selection,
        actor,
        with_actors,
        inverted,
        optional,
    })
}
