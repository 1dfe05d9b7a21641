//! What does each permission of a key carry? Its options, read.

use super::scopes::{collections, filter, list, name_scope, properties, window};
use crate::event::check;
use crate::key::{
    DatasetGrant, DatasetOperation, HostPattern, IndexPins, QueryGrant, RedirectScope,
    SavedQueryGrant, WriteGrant,
};
use crate::limits;
use crate::query::AnalysisType;
use crate::value::Value;
use crate::wire::node::Node;
use crate::wire::problem::{Invalid, Problem};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn writes(node: &Node) -> Result<WriteGrant, Invalid> {
    node.only_without_null(
        "options of writes",
        &[
            "autofill",
            "filters",
            "collections",
            "properties",
            "redirects",
        ],
    )?;
    let autofill = match node.get("autofill") {
        None => Value::Object(Vec::new()),
        Some(autofill) => {
            if let Some(keen) = autofill.get("keen") {
                return Err(keen.invalid(Problem::Conflict("`keen` cannot be filled in by a key.")));
            }
            check(autofill.value().clone())
                .map_err(|problem| {
                    let invalid = autofill.invalid(Problem::Event(problem.kind));
                    let pointer = format!("{}{}", invalid.pointer, problem.pointer);
                    Invalid { pointer, ..invalid }
                })?
                .body
        }
    };
    Ok(WriteGrant {
        autofill,
        filter: filter(node)?,
        collections: collections(node)?,
        properties: properties(node)?,
        redirects: redirects(node)?,
    })
}

/// None where nothing is said: the one option that has to be given to open something.
fn redirects(node: &Node) -> Result<RedirectScope, Invalid> {
    let Some(node) = node.get("redirects") else {
        return Ok(RedirectScope::default());
    };
    let expected = "a list of hosts, such as \"example.com\" or \"*.example.com\"";
    let items = node.items_at_most(expected, "hosts", limits::REDIRECT_HOSTS_MAX)?;
    let read = |item: &Node| {
        let pattern = HostPattern::parse(item.text()?);
        pattern.ok_or_else(|| item.out_of_range("a host, such as example.com or *.example.com"))
    };
    let hosts = items.iter().map(read).collect::<Result<_, _>>()?;
    Ok(RedirectScope { hosts })
}

pub(super) fn queries(node: &Node) -> Result<QueryGrant, Invalid> {
    node.only_without_null(
        "options of queries",
        &[
            "filters",
            "collections",
            "properties",
            "timeframe",
            "analyses",
        ],
    )?;
    let analyses = node.get("analyses").map(|node| {
        let read = |item: &Node| {
            let analysis = AnalysisType::parse(item.text()?);
            analysis.ok_or_else(|| item.out_of_range("an analysis, such as count or extraction"))
        };
        node.items("a list of analyses")?.iter().map(read).collect()
    });
    Ok(QueryGrant {
        filter: filter(node)?,
        collections: collections(node)?,
        properties: properties(node)?,
        window: node
            .get("timeframe")
            .map(|node| window(&node))
            .transpose()?,
        analyses: analyses.transpose()?,
    })
}

pub(super) fn saved_queries(node: &Node) -> Result<SavedQueryGrant, Invalid> {
    node.only_without_null(
        "options of saved_queries",
        &["allowed", "blocked", "filters"],
    )?;
    Ok(SavedQueryGrant {
        names: name_scope(node)?,
        filter: filter(node)?,
    })
}

pub(super) fn datasets(node: &Node) -> Result<DatasetGrant, Invalid> {
    node.only_without_null("options of datasets", &["operations", "allowed", "blocked"])?;
    let operations = node.get("operations").map(|node| {
        let read = |item: &Node| {
            let word = item.text()?;
            let known = DatasetOperation::ALL
                .into_iter()
                .find(|operation| operation.as_str() == word);
            known.ok_or_else(|| item.out_of_range("read, list or retrieve"))
        };
        node.items("a list of operations")?
            .iter()
            .map(read)
            .collect()
    });
    let allowed = node.get("allowed").map(|node| {
        let mut allowed = BTreeMap::new();
        for (name, node) in
            node.properties("an object: dataset → {\"index_by\": {property: [values]}} or {}")?
        {
            allowed.insert(name.to_owned(), pins(&node)?);
        }
        Ok(allowed)
    });
    let blocked = node.get("blocked").map_or(Ok(BTreeSet::new()), |node| {
        list(&node)?
            .iter()
            .map(|item| item.text().map(str::to_owned))
            .collect()
    })?;
    Ok(DatasetGrant {
        operations: operations.transpose()?,
        allowed: allowed.transpose()?,
        blocked,
    })
}

fn pins(node: &Node) -> Result<IndexPins, Invalid> {
    node.only_without_null("a dataset's restrictions", &["index_by"])?;
    let mut pins = IndexPins::new();
    let Some(index_by) = node.get("index_by") else {
        return Ok(pins);
    };
    for (property, values) in index_by.properties("an object: property → list of values")? {
        let values = list(&values)?
            .iter()
            .map(|value| value.value().clone())
            .collect();
        pins.insert(property.to_owned(), values);
    }
    Ok(pins)
}
