//! What is to be explained, and how is the explanation written?

use super::Moment;
use super::batch;
use super::key::{key_definition, print_property_scope};
use super::node::Node;
use super::print_filter::print_filters;
use super::problem::{Area, Invalid, Problem};
use super::query::query;
use crate::explain::{Allowed, Explanation, Request, Rule};
use crate::filter::Filter;
use crate::key::{DatasetOperation, PropertyScope};
use crate::name::{CollectionName, PropertyPath, ResourceName};
use crate::query::{AnalysisType, Query, Selection};
use crate::result::timeframe;
use crate::value::Value;

const REQUESTS: &str =
    "an object with one of query, record, saved_query, query_definition, dataset, schema or key";

/// A request as sent, and as meant.
#[derive(Clone, Debug, PartialEq)]
pub struct ExplainedRequest {
    /// What it means.
    pub request: Request,
    /// The question as it was sent, for its effective form.
    question: Option<Value>,
}

/// Reads `request`: an object of one property, which says what is asked for.
pub fn explained_request(node: &Node, moment: &Moment) -> Result<ExplainedRequest, Invalid> {
    let kinds = &[
        "query",
        "record",
        "saved_query",
        "query_definition",
        "dataset",
        "schema",
        "key",
    ];
    node.only(REQUESTS, kinds)?;
    let mut kinds = node.properties(REQUESTS)?.into_iter();
    let (Some((kind, node)), None) = (kinds.next(), kinds.next()) else {
        return Err(node.wrong_type(REQUESTS));
    };
    let mut question = None;
    let request = match kind {
        "query" => {
            question = Some(node.value().clone());
            Request::Query(asked(&node, moment)?)
        }
        "record" => record(&node)?,
        "saved_query" => {
            node.only("a saved query", &["query_name", "cached", "query"])?;
            let inner = node.get("query");
            question = inner.as_ref().map(|inner| inner.value().clone());
            let cached = node.get("cached");
            Request::SavedQuery {
                name: node.require("query_name")?.name(ResourceName::parse)?,
                cached: cached.map_or(Ok(false), |cached| cached.boolean())?,
                query: inner.map(|inner| asked(&inner, moment)).transpose()?,
            }
        }
        "query_definition" => {
            node.only("a saved query", &["query_name"])?;
            Request::QueryDefinition(node.require("query_name")?.name(ResourceName::parse)?)
        }
        "dataset" => dataset(&node)?,
        "schema" => {
            node.only(
                "a part of the schema",
                &["event_collection", "property_name"],
            )?;
            let collection = node.get("event_collection");
            let property = node.get("property_name");
            Request::Schema {
                collection: collection
                    .map(|node| node.name(CollectionName::parse))
                    .transpose()?,
                property: property
                    .map(|node| node.name(PropertyPath::parse))
                    .transpose()?,
            }
        }
        _ => {
            let definition =
                key_definition(node.value()).map_err(|invalid| below(&node, invalid))?;
            Request::Key(Box::new(definition))
        }
    };
    Ok(ExplainedRequest { request, question })
}

/// A fault inside something that was read as a document of its own stands at its place in the whole.
fn below(node: &Node, invalid: Invalid) -> Invalid {
    let pointer = format!("{}{}", node.pointer(), invalid.pointer);
    Invalid { pointer, ..invalid }
}

fn asked(node: &Node, moment: &Moment) -> Result<Query, Invalid> {
    let analysis = node.require("analysis_type")?;
    let analysis_type = AnalysisType::parse(analysis.text()?)
        .ok_or_else(|| analysis.out_of_range("an analysis, such as count or extraction"))?;
    let asked = query(analysis_type, node.value(), moment);
    Ok(asked.map_err(|invalid| below(node, invalid))?.query)
}

fn record(node: &Node) -> Result<Request, Invalid> {
    node.only("a recording", &["event_collection", "event"])?;
    let collection = node
        .require("event_collection")?
        .as_area(Area::CollectionName);
    let event = node.require("event")?;
    let checked = batch::one(event.value().clone()).map_err(|invalid| below(&event, invalid))?;
    Ok(Request::Record(
        collection.name(CollectionName::parse)?,
        checked,
    ))
}

fn dataset(node: &Node) -> Result<Request, Invalid> {
    node.only("a dataset", &["operation", "dataset_name", "index_by"])?;
    let operation = node.require("operation")?;
    let word = operation.text()?;
    let known = DatasetOperation::ALL.into_iter();
    let known = known.clone().find(|known| known.as_str() == word);
    let index_by = node.get("index_by").map_or(Ok(Vec::new()), |node| {
        let properties = node.properties("an object: property → value")?;
        let owned = |(name, node): (&str, Node)| (name.to_owned(), node.value().clone());
        Ok(properties.into_iter().map(owned).collect())
    })?;
    let name = node.get("dataset_name");
    let name = name
        .map(|name| name.name(ResourceName::parse))
        .transpose()?;
    let operation = known.ok_or_else(|| operation.out_of_range("read, list or retrieve"))?;
    if name.is_none() && operation != DatasetOperation::List {
        return Err(node.invalid(Problem::Missing("dataset_name")));
    }
    Ok(Request::Dataset {
        operation,
        name,
        index_by,
    })
}

/// Writes an explanation. `visible` is what its reader may see: what a filter or an autofill tells beyond it
/// is left out, and `redacted` says so.
pub fn print_explanation(
    explanation: &Explanation,
    asked: &ExplainedRequest,
    visible: &PropertyScope,
) -> Value {
    let rules = explanation.rules.iter().map(print_rule).collect();
    let mut properties = Vec::new();
    match &explanation.decision {
        Err(denial) => {
            let (status, error_code) = denial.code();
            properties.extend([
                ("decision", Value::text("refused")),
                ("status", Value::count(usize::from(status))),
                ("error_code", Value::text(error_code)),
                ("message", Value::Text(denial.to_string())),
                ("rules", Value::List(rules)),
            ]);
        }
        Ok(allowed) => {
            properties.push(("decision", Value::text("allowed")));
            properties.push(("rules", Value::List(rules)));
            let mut redacted = false;
            let effective = effective(allowed, asked, visible, &mut redacted);
            properties.extend(effective.map(|effective| ("effective", effective)));
            if redacted {
                properties.push(("redacted", Value::Bool(true)));
            }
        }
    }
    Value::object(properties)
}

fn print_rule(rule: &Rule) -> Value {
    Value::object([
        ("effect", Value::text(rule.effect.as_str())),
        ("generation", Value::count(rule.generation)),
        ("pointer", Value::text(rule.pointer.as_str())),
    ])
}

/// The request that a key without limits would have to make for the same.
fn effective(
    allowed: &Allowed,
    asked: &ExplainedRequest,
    visible: &PropertyScope,
    redacted: &mut bool,
) -> Option<Value> {
    match allowed {
        Allowed::Query(authorized) => {
            let question = asked.question.clone()?;
            let narrowed = authorized.query();
            let question = effective_question(question, narrowed, visible, redacted);
            let mut properties = vec![("query", question)];
            if !authorized.visible().is_everything() {
                let scope = print_property_scope(authorized.visible());
                properties.push(("properties", scope));
            }
            Some(Value::object(properties))
        }
        Allowed::Event(event) => {
            let shown = visible.visible_part(event.body().clone());
            *redacted |= shown != *event.body();
            let collection = Value::text(event.collection().as_str());
            Some(Value::object([(
                "record",
                Value::object([("event_collection", collection), ("event", shown)]),
            )]))
        }
        Allowed::Schema(schema) => {
            let scope = print_property_scope(schema.properties());
            Some(Value::object([("properties", scope)]))
        }
        Allowed::Dataset(_) | Allowed::AsAsked => None,
    }
}

/// The question as sent, with the narrowed filters and timeframes in their places.
fn effective_question(
    sent: Value,
    narrowed: &Query,
    visible: &PropertyScope,
    redacted: &mut bool,
) -> Value {
    let Query::Funnel(funnel) = narrowed else {
        return narrowed
            .selections()
            .into_iter()
            .fold(sent, |sent, selection| {
                with_selection(sent, selection, visible, redacted)
            });
    };
    let sent_steps = match sent.get("steps") {
        Some(Value::List(steps)) => steps.clone(),
        _ => Vec::new(),
    };
    let steps = sent_steps.into_iter().zip(&funnel.steps);
    let steps = steps.map(|(sent, step)| with_selection(sent, &step.selection, visible, redacted));
    let whole = with(sent, "steps", Value::List(steps.collect()));
    match &funnel.buckets {
        Some(buckets) => with(whole, "timeframe", timeframe(buckets.whole())),
        None => whole,
    }
}

fn with_selection(
    sent: Value,
    selection: &Selection,
    visible: &PropertyScope,
    redacted: &mut bool,
) -> Value {
    let conjuncts = selection.filter.conjuncts().into_iter();
    let (shown, hidden): (Vec<&Filter>, Vec<&Filter>) =
        conjuncts.partition(|filter| is_visible(filter, visible));
    *redacted |= !hidden.is_empty();
    let shown = Filter::All(shown.into_iter().cloned().collect());
    let sent = with(sent, "timeframe", timeframe(selection.span));
    with(sent, "filters", print_filters(&shown))
}

/// Does the filter name only what may be seen?
pub(super) fn is_visible(filter: &Filter, visible: &PropertyScope) -> bool {
    let mut tests = filter.tests().into_iter();
    tests.all(|(property, _)| visible.covers(property))
}

fn with(object: Value, name: &str, value: Value) -> Value {
    let Value::Object(mut properties) = object else {
        return object;
    };
    match properties.iter_mut().find(|(other, _)| other == name) {
        Some((_, old)) => *old = value,
        None => properties.push((name.to_owned(), value)),
    }
    Value::Object(properties)
}
