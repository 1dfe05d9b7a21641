//! What is an access key defined to be? Fails closed: a field that is not known is refused.

mod grants;
mod print;
mod scopes;

pub(super) use print::print_limits;
pub use print::{print_key_definition, print_property_scope};

use super::node::Node;
use super::problem::{Area, Invalid, Problem};
use crate::key::{Grants, KeyDefinition, Permission, PermissionName, SchemaGrant};
use crate::limits;
use crate::name::Label;
use crate::time::Instant;
use crate::value::Value;
use grants::{datasets, queries, saved_queries, writes};
use scopes::{collections, name_scope, properties};
use std::collections::BTreeSet;

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
        "made_by",
        "created_at",
        "updated_at",
        "last_used_at",
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
    if let Some(null) = node.get_even_null("options").filter(Node::is_null) {
        return Err(null.wrong_type("an object of options by permission"));
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
            "keys",
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
            node.only_without_null("options of schema", &["collections", "properties"])?;
            Ok(SchemaGrant {
                collections: collections(node)?,
                properties: properties(node)?,
            })
        })?,
        query_definition: permission(given(PermissionName::QueryDefinition), |node| {
            node.only_without_null("options of query_definition", &[])
        })?,
        keys: permission(given(PermissionName::Keys), |node| {
            node.only_without_null("options of keys", &[])
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
    let expected = "writes, queries, saved_queries, cached_queries, datasets, schema, query_definition or keys";
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
