//! What does a key say of itself? As much as its holder may know, and enough to decide by.

use super::explain::is_visible;
use super::key::{key_definition, print_limits};
use super::node::Node;
use super::problem::{Area, Invalid};
use crate::filter::Filter;
use crate::key::{
    AccessKey, Caller, KeyDefinition, NameScope, Permission, PermissionName, PropertyScope,
};
use crate::name::{KeyId, OrganizationId, ProjectId};
use crate::value::Value;

const KINDS: &str = "master, write, read, access or organization";

/// The description of a caller, and of every limit it stands under.
///
/// Labels are the owner's and are left out, and so are options of withheld permissions, and what a filter or an
/// autofill tells of properties that the key may not see: `redacted` lists where.
pub fn self_description(caller: &Caller) -> Value {
    let (kind, project) = match caller {
        Caller::Organization(organization) => {
            return Value::object([
                ("kind", Value::text("organization")),
                ("organization_id", Value::text(organization.as_str())),
            ]);
        }
        Caller::Master(project) => ("master", project),
        Caller::Write(project) => ("write", project),
        Caller::Read(project) => ("read", project),
        Caller::Access(key) => ("access", key.project()),
    };
    let mut properties = vec![
        ("kind", Value::text(kind)),
        ("project_id", Value::text(project.as_str())),
    ];
    match caller {
        Caller::Access(key) => properties.extend(of_access_key(key)),
        _ => {
            let permitted = permitted_to(caller).iter();
            let permitted = permitted.map(|name| Value::text(name.as_str()));
            properties.push(("permitted", Value::List(permitted.collect())));
        }
    }
    Value::object(properties)
}

fn permitted_to(caller: &Caller) -> &'static [PermissionName] {
    match caller {
        Caller::Master(_) => &PermissionName::ALL,
        Caller::Write(_) => &[PermissionName::Writes],
        Caller::Read(_) => &[
            PermissionName::Queries,
            PermissionName::SavedQueries,
            PermissionName::CachedQueries,
            PermissionName::Datasets,
            PermissionName::Schema,
        ],
        Caller::Organization(_) | Caller::Access(_) => &[],
    }
}

fn of_access_key(key: &AccessKey) -> Vec<(&'static str, Value)> {
    let visible = key.visible();
    let mut redacted = Vec::new();
    let mut line = key
        .line()
        .iter()
        .enumerate()
        .map(|(generation, definition)| {
            let before = match generation.checked_sub(1) {
                None => String::new(),
                Some(at) => format!("/within/{at}"),
            };
            let shown = shown(definition, &visible, &before, &mut redacted);
            print_limits(&shown)
        });
    let own = line.next().unwrap_or_default();
    let within: Vec<Value> = line.map(Value::object).collect();
    let mut properties = vec![("id", Value::text(key.id().as_str()))];
    properties.extend(own);
    if !within.is_empty() {
        properties.push(("within", Value::List(within)));
    }
    if !redacted.is_empty() {
        let redacted = redacted.into_iter().map(Value::Text);
        properties.push(("redacted", Value::List(redacted.collect())));
    }
    properties
}

/// The definition without what its holder may not know.
fn shown(
    definition: &KeyDefinition,
    visible: &PropertyScope,
    before: &str,
    redacted: &mut Vec<String>,
) -> KeyDefinition {
    let mut shown = definition.clone();
    let grants = &mut shown.grants;
    forget_withheld(&mut grants.writes);
    forget_withheld(&mut grants.saved_queries);
    forget_withheld(&mut grants.cached_queries);
    forget_withheld(&mut grants.datasets);
    forget_withheld(&mut grants.schema);
    forget_withheld(&mut grants.query_definition);
    forget_withheld(&mut grants.keys);
    let mut keep_visible = |filter: &mut Filter, owner: &str| {
        let conjuncts = filter.conjuncts();
        let all = conjuncts.len();
        let kept = conjuncts.into_iter().filter(|one| is_visible(one, visible));
        let kept: Vec<Filter> = kept.cloned().collect();
        if kept.len() < all {
            redacted.push(format!("{before}/options/{owner}/filters"));
            *filter = Filter::All(kept);
        }
    };
    let binds_every_read = grants.window().is_some() || !grants.visible().is_everything();
    match &mut grants.queries {
        Permission::Granted(queries) => keep_visible(&mut queries.filter, "queries"),
        // What they hide, and the window they set, hold for every read; without these nothing of them is in force.
        withheld if !binds_every_read => forget_withheld(withheld),
        Permission::Withheld(Some(queries)) => {
            queries.filter = Filter::everything();
            queries.collections = NameScope::everything();
            queries.analyses = None;
        }
        Permission::Withheld(None) => {}
    }
    if let Permission::Granted(saved) = &mut grants.saved_queries {
        keep_visible(&mut saved.filter, "saved_queries");
    }
    if let Permission::Granted(writes) = &mut grants.writes {
        keep_visible(&mut writes.filter, "writes");
        let autofill = visible.visible_part(writes.autofill.clone());
        if autofill != writes.autofill {
            redacted.push(format!("{before}/options/writes/autofill"));
            writes.autofill = autofill;
        }
    }
    shown
}

fn forget_withheld<Grant>(permission: &mut Permission<Grant>) {
    if let Permission::Withheld(options) = permission {
        *options = None;
    }
}

/// Reads a description back: the caller, as far as its holder may know it.
pub fn described_caller(description: &Value) -> Result<Caller, Invalid> {
    let node = Node::root(Area::Key, description);
    node.properties("the description of a key")?;
    let kind = node.require("kind")?;
    if kind.text()? == "organization" {
        let organization = node.require("organization_id")?;
        return Ok(Caller::Organization(
            organization.name(OrganizationId::parse)?,
        ));
    }
    let project = node.require("project_id")?.name(ProjectId::parse)?;
    match kind.text()? {
        "master" => Ok(Caller::Master(project)),
        "write" => Ok(Caller::Write(project)),
        "read" => Ok(Caller::Read(project)),
        "access" => {
            let id = node.require("id")?.name(KeyId::parse)?;
            let own = described_definition(&node)?;
            let within = node.get("within").map_or(Ok(Vec::new()), |within| {
                let definitions = within.items("a list of definitions")?;
                definitions.iter().map(described_definition).collect()
            })?;
            let key = AccessKey::new(id, project, own, within);
            Ok(Caller::Access(Box::new(key)))
        }
        _ => Err(kind.out_of_range(KINDS)),
    }
}

/// What stands in a description of a definition, under a name that says nothing.
fn described_definition(node: &Node) -> Result<KeyDefinition, Invalid> {
    let limits = ["permitted", "options", "expires_at", "not_before"];
    let properties = limits.into_iter().filter_map(|name| {
        let value = node.value().get(name)?;
        Some((name, value.clone()))
    });
    let named = std::iter::once(("name", Value::text("described"))).chain(properties);
    key_definition(&Value::object(named))
}
