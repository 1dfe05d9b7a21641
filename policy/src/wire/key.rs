//! What is an access key defined to be? Fails closed: a field that is not known is refused.

use super::filter::filters;
use super::node::Node;
use super::problem::{Area, Invalid, Problem};
use crate::event::check;
use crate::filter::Filter;
use crate::key::{
    Bound, DatasetGrant, DatasetOperation, Grants, IndexPins, KeyDefinition, NamePattern,
    NameScope, Permission, PermissionName, PropertyScope, QueryGrant, SavedQueryGrant, SchemaGrant,
    Window, WindowMode, WriteGrant, parse_duration_milliseconds,
};
use crate::limits;
use crate::name::{Label, PropertyPath};
use crate::query::AnalysisType;
use crate::time::Instant;
use crate::value::Value;
use std::collections::{BTreeMap, BTreeSet};

const DURATION: &str =
    "a duration of weeks, days, hours, minutes and seconds, such as \"P90D\" or \"PT12H\"";

/// Reads a definition: `name`, `is_active`, `permitted`, `options` and ours.
pub fn key_definition(body: &Value) -> Result<KeyDefinition, Invalid> {
    let node = Node::root(Area::Key, body);
    // `key`, `id`, `project_id` and the dates are what we answer: a client that reads, changes and writes back sends them.
    let known = &[
        "name",
        "is_active",
        "permitted",
        "options",
        "expires_at",
        "not_before",
        "external_id",
        "metadata",
        "key",
        "id",
        "project_id",
        "created_at",
        "updated_at",
    ];
    node.only("an access key: an object", known)?;
    let actual = body.to_string().len();
    let limit = limits::KEY_DEFINITION_BYTES_MAX;
    if actual > limit {
        return Err(node.invalid(Problem::TooMany {
            what: "bytes in the definition",
            actual,
            limit,
        }));
    }
    let instant = |name: &str| {
        let read = |node: Node| {
            let instant = Instant::parse(node.text()?);
            instant.ok_or_else(|| node.out_of_range("an ISO 8601 time in the years 1 to 9999"))
        };
        node.get(name).map(read).transpose()
    };
    if node
        .get_even_null("options")
        .is_some_and(|options| options.is_null())
    {
        return Err(node.invalid(Problem::Missing("options")));
    }
    if let Some(metadata) = node.get("metadata") {
        metadata.properties("an object")?;
    }
    Ok(KeyDefinition {
        name: node.require("name")?.name(Label::parse)?,
        is_active: node
            .get_even_null("is_active")
            .map_or(Ok(true), |node| node.boolean())?,
        grants: grants(&node)?,
        expires_at: instant("expires_at")?,
        not_before: instant("not_before")?,
        external_id: node
            .get("external_id")
            .map(|node| node.name(Label::parse))
            .transpose()?,
    })
}

fn grants(node: &Node) -> Result<Grants, Invalid> {
    let permitted = permitted(&node.require("permitted")?)?;
    let nothing = Value::Object(Vec::new());
    let options = node
        .get("options")
        .unwrap_or(Node::root(Area::Key, &nothing));
    options.only_without_null(
        "an object of options by permission",
        &[
            "writes",
            "queries",
            "saved_queries",
            "cached_queries",
            "datasets",
            "schema",
            "query_definition",
        ],
    )?;
    let given = |name: PermissionName| (permitted.contains(&name), options.get(name.as_str()));
    Ok(Grants {
        writes: permission(given(PermissionName::Writes), writes)?,
        queries: permission(given(PermissionName::Queries), queries)?,
        saved_queries: permission(given(PermissionName::SavedQueries), saved_queries)?,
        cached_queries: permission(given(PermissionName::CachedQueries), |node| {
            node.only_without_null("options of cached_queries", &["allowed", "blocked"])?;
            name_scope(node)
        })?,
        datasets: permission(given(PermissionName::Datasets), datasets)?,
        schema: permission(given(PermissionName::Schema), |node| {
            node.only_without_null("options of schema", &["collections"])?;
            Ok(SchemaGrant {
                collections: collections(node)?,
            })
        })?,
        query_definition: permission(given(PermissionName::QueryDefinition), |node| {
            node.only_without_null("options of query_definition", &[])
        })?,
    })
}

/// Options are checked whether they are in force or not: they may be one day.
fn permission<Grant>(
    (permitted, options): (bool, Option<Node>),
    read: impl Fn(&Node) -> Result<Grant, Invalid>,
) -> Result<Permission<Grant>, Invalid> {
    let nothing = Value::Object(Vec::new());
    match (permitted, options) {
        (true, Some(options)) => read(&options).map(Permission::Granted),
        (true, None) => read(&Node::root(Area::Key, &nothing)).map(Permission::Granted),
        (false, Some(options)) => read(&options).map(|grant| Permission::Withheld(Some(grant))),
        (false, None) => Ok(Permission::Withheld(None)),
    }
}

fn permitted(node: &Node) -> Result<BTreeSet<PermissionName>, Invalid> {
    let expected =
        "writes, queries, saved_queries, cached_queries, datasets, schema or query_definition";
    let read = |item: &Node| {
        let word = item.text()?;
        let known = PermissionName::ALL
            .into_iter()
            .find(|permission| permission.as_str() == word);
        known.ok_or_else(|| {
            item.invalid(Problem::UnknownWord {
                found: word.to_owned(),
                expected,
            })
        })
    };
    node.items("a list of permissions")?
        .iter()
        .map(read)
        .collect()
}

fn writes(node: &Node) -> Result<WriteGrant, Invalid> {
    node.only_without_null(
        "options of writes",
        &["autofill", "filters", "collections", "properties"],
    )?;
    let autofill = match node.get("autofill") {
        None => Value::Object(Vec::new()),
        Some(autofill) => {
            if let Some(keen) = autofill.get("keen") {
                return Err(keen.invalid(Problem::Conflict("`keen` cannot be filled in by a key.")));
            }
            check(autofill.value().clone())
                .map_err(|problem| autofill.invalid(Problem::Event(problem.kind)))?
                .body
        }
    };
    Ok(WriteGrant {
        autofill,
        filter: filter(node)?,
        collections: collections(node)?,
        properties: properties(node)?,
    })
}

fn queries(node: &Node) -> Result<QueryGrant, Invalid> {
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

fn saved_queries(node: &Node) -> Result<SavedQueryGrant, Invalid> {
    node.only_without_null(
        "options of saved_queries",
        &["allowed", "blocked", "filters"],
    )?;
    Ok(SavedQueryGrant {
        names: name_scope(node)?,
        filter: filter(node)?,
    })
}

fn datasets(node: &Node) -> Result<DatasetGrant, Invalid> {
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

fn list<'a>(node: &Node<'a>) -> Result<Vec<Node<'a>>, Invalid> {
    node.items_at_most("a list", "entries", limits::KEY_LIST_NAMES_MAX)
}

fn filter(node: &Node) -> Result<Filter, Invalid> {
    let read = |node: Node| {
        filters(&node).map_err(|invalid| Invalid {
            area: Area::Key,
            ..invalid
        })
    };
    node.get("filters").map_or(Ok(Filter::everything()), read)
}

fn collections(node: &Node) -> Result<NameScope, Invalid> {
    let Some(node) = node.get("collections") else {
        return Ok(NameScope::everything());
    };
    node.only_without_null("a scope of collections", &["allowed", "blocked"])?;
    name_scope(&node)
}

fn name_scope(node: &Node) -> Result<NameScope, Invalid> {
    let patterns = |name: &str| {
        let read = |node: Node| {
            list(&node)?
                .iter()
                .map(|item| item.text().map(NamePattern::parse))
                .collect()
        };
        node.get(name).map(read).transpose()
    };
    Ok(NameScope {
        allowed: patterns("allowed")?,
        blocked: patterns("blocked")?.unwrap_or_default(),
    })
}

fn properties(node: &Node) -> Result<PropertyScope, Invalid> {
    let Some(node) = node.get("properties") else {
        return Ok(PropertyScope::Everything);
    };
    node.only_without_null("a scope of properties", &["only", "except"])?;
    let paths = |node: Node| -> Result<Vec<PropertyPath>, Invalid> {
        list(&node)?
            .iter()
            .map(|item| item.name(PropertyPath::parse))
            .collect()
    };
    match (node.get("only"), node.get("except")) {
        (Some(only), None) => paths(only).map(PropertyScope::Only),
        (None, Some(except)) => paths(except).map(PropertyScope::Except),
        _ => Err(node.invalid(Problem::Conflict("Either `only` or `except` is expected."))),
    }
}

fn window(node: &Node) -> Result<Window, Invalid> {
    node.only_without_null(
        "a window of time",
        &["oldest", "newest", "max_span", "mode"],
    )?;
    let bound = |name: &str| {
        let read = |node: Node| {
            let text = node.text()?;
            let ago = parse_duration_milliseconds(text).map(Bound::Ago);
            let bound = ago.or_else(|| Instant::parse(text).map(Bound::At));
            bound.ok_or_else(|| {
                node.out_of_range("a duration before now such as \"P90D\", or an ISO 8601 time")
            })
        };
        node.get(name).map(read).transpose()
    };
    let max_span = node.get("max_span").map(|node| {
        parse_duration_milliseconds(node.text()?).ok_or_else(|| node.out_of_range(DURATION))
    });
    let mode = match node.get("mode") {
        None => WindowMode::Clamp,
        Some(mode) => match mode.text()? {
            "clamp" => WindowMode::Clamp,
            "deny" => WindowMode::Deny,
            _ => return Err(mode.out_of_range("clamp or deny")),
        },
    };
    Ok(Window {
        oldest: bound("oldest")?,
        newest: bound("newest")?,
        max_span_milliseconds: max_span.transpose()?,
        mode,
    })
}
