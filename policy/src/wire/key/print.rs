//! How is a key's definition written? As what is read back as the same.

use crate::filter::Filter;
use crate::key::{
    Bound, DatasetGrant, Grants, IndexPins, KeyDefinition, NamePattern, NameScope, Permission,
    PermissionName, PropertyScope, QueryGrant, SavedQueryGrant, SchemaGrant, Window, WindowMode,
    WriteGrant, print_duration,
};
use crate::value::Value;
use crate::wire::print_filter::print_filters;

type Properties = Vec<(&'static str, Value)>;

/// The whole definition: `name`, `is_active`, `permitted`, `options` and what else it has.
pub fn print_key_definition(definition: &KeyDefinition) -> Value {
    let label = |label: &crate::name::Label| Value::Text(label.to_string());
    let mut properties = vec![
        ("name", label(&definition.name)),
        ("is_active", Value::Bool(definition.is_active)),
    ];
    properties.extend(print_limits(definition));
    let external_id = definition.external_id.as_ref();
    properties.extend(external_id.map(|id| ("external_id", label(id))));
    Value::object(properties)
}

/// What of a definition says what it may do, and when.
pub(in crate::wire) fn print_limits(definition: &KeyDefinition) -> Vec<(&'static str, Value)> {
    let grants = &definition.grants;
    let permitted = PermissionName::ALL.into_iter();
    let permitted = permitted
        .filter(|name| grants.permits(*name))
        .map(|name| Value::text(name.as_str()));
    let mut properties = vec![
        ("permitted", Value::List(permitted.collect())),
        ("options", options(grants)),
    ];
    let instants = [
        ("expires_at", definition.expires_at),
        ("not_before", definition.not_before),
    ];
    properties.extend(
        instants
            .into_iter()
            .filter_map(|(name, instant)| Some((name, Value::Text(instant?.to_string())))),
    );
    properties
}

fn options(grants: &Grants) -> Value {
    let mut options = Properties::new();
    let mut add = |name: PermissionName, printed: Option<Value>| {
        options.extend(printed.map(|printed| (name.as_str(), printed)));
    };
    add(PermissionName::Writes, option(&grants.writes, writes));
    add(PermissionName::Queries, option(&grants.queries, queries));
    add(
        PermissionName::SavedQueries,
        option(&grants.saved_queries, saved_queries),
    );
    add(
        PermissionName::CachedQueries,
        option(&grants.cached_queries, name_scope),
    );
    add(PermissionName::Datasets, option(&grants.datasets, datasets));
    add(PermissionName::Schema, option(&grants.schema, schema));
    add(
        PermissionName::QueryDefinition,
        option(&grants.query_definition, |()| Properties::new()),
    );
    add(
        PermissionName::Keys,
        option(&grants.keys, |()| Properties::new()),
    );
    Value::object(options)
}

/// Options that restrict nothing are left out, but for those kept of a permission that is withheld.
fn option<Grant>(
    permission: &Permission<Grant>,
    print: impl Fn(&Grant) -> Properties,
) -> Option<Value> {
    let printed = print(permission.options()?);
    let is_worth_saying = !printed.is_empty() || !permission.is_granted();
    is_worth_saying.then(|| Value::object(printed))
}

fn writes(grant: &WriteGrant) -> Properties {
    let mut properties = Properties::new();
    if grant.autofill != Value::Object(Vec::new()) {
        properties.push(("autofill", grant.autofill.clone()));
    }
    properties.extend(filters(&grant.filter));
    properties.extend(collections(&grant.collections));
    properties.extend(property_scope(&grant.properties));
    if !grant.redirects.hosts.is_empty() {
        let hosts = grant.redirects.hosts.iter();
        let hosts = hosts.map(|host| Value::Text(host.to_string()));
        properties.push(("redirects", Value::List(hosts.collect())));
    }
    properties
}

fn queries(grant: &QueryGrant) -> Properties {
    let mut properties = Properties::new();
    properties.extend(filters(&grant.filter));
    properties.extend(collections(&grant.collections));
    properties.extend(property_scope(&grant.properties));
    properties.extend(
        grant
            .window
            .as_ref()
            .map(|time| ("timeframe", window(time))),
    );
    properties.extend(grant.analyses.as_ref().map(|analyses| {
        let words = analyses
            .iter()
            .map(|analysis| Value::text(analysis.as_str()));
        ("analyses", Value::List(words.collect()))
    }));
    properties
}

fn saved_queries(grant: &SavedQueryGrant) -> Properties {
    let mut properties = name_scope(&grant.names);
    properties.extend(filters(&grant.filter));
    properties
}

fn schema(grant: &SchemaGrant) -> Properties {
    let mut properties = Properties::new();
    properties.extend(collections(&grant.collections));
    properties.extend(property_scope(&grant.properties));
    properties
}

fn datasets(grant: &DatasetGrant) -> Properties {
    let mut properties = Properties::new();
    properties.extend(grant.operations.as_ref().map(|operations| {
        let words = operations
            .iter()
            .map(|operation| Value::text(operation.as_str()));
        ("operations", Value::List(words.collect()))
    }));
    properties.extend(grant.allowed.as_ref().map(|allowed| {
        let allowed = allowed
            .iter()
            .map(|(name, restrictions)| (name.clone(), pins(restrictions)));
        ("allowed", Value::Object(allowed.collect()))
    }));
    if !grant.blocked.is_empty() {
        let blocked = grant.blocked.iter().map(Value::text);
        properties.push(("blocked", Value::List(blocked.collect())));
    }
    properties
}

fn pins(pins: &IndexPins) -> Value {
    if pins.is_empty() {
        return Value::Object(Vec::new());
    }
    let index_by = pins
        .iter()
        .map(|(property, values)| (property.clone(), Value::List(values.clone())));
    Value::object([("index_by", Value::Object(index_by.collect()))])
}

fn filters(filter: &Filter) -> Option<(&'static str, Value)> {
    let printed = print_filters(filter);
    (printed != Value::List(Vec::new())).then_some(("filters", printed))
}

fn collections(scope: &NameScope) -> Option<(&'static str, Value)> {
    let printed = name_scope(scope);
    (!printed.is_empty()).then(|| ("collections", Value::object(printed)))
}

fn name_scope(scope: &NameScope) -> Properties {
    let list = |patterns: &[NamePattern]| {
        Value::List(
            patterns
                .iter()
                .map(|pattern| Value::Text(pattern.to_string()))
                .collect(),
        )
    };
    let mut properties = Properties::new();
    properties.extend(
        scope
            .allowed
            .as_ref()
            .map(|allowed| ("allowed", list(allowed))),
    );
    if !scope.blocked.is_empty() {
        properties.push(("blocked", list(&scope.blocked)));
    }
    properties
}

fn property_scope(scope: &PropertyScope) -> Option<(&'static str, Value)> {
    (!scope.is_everything()).then(|| ("properties", print_property_scope(scope)))
}

/// `{"only": […]}` or `{"except": […]}`; both where two keys' scopes meet.
pub fn print_property_scope(scope: &PropertyScope) -> Value {
    let list = |paths: &[crate::name::PropertyPath]| {
        Value::List(
            paths
                .iter()
                .map(|path| Value::Text(path.to_string()))
                .collect(),
        )
    };
    let mut properties = Properties::new();
    properties.extend(scope.only.as_ref().map(|only| ("only", list(only))));
    if !scope.except.is_empty() || scope.only.is_none() {
        properties.push(("except", list(&scope.except)));
    }
    Value::object(properties)
}

fn window(window: &Window) -> Value {
    let bound = |bound: Bound| match bound {
        Bound::At(instant) => Value::Text(instant.to_string()),
        Bound::Ago(milliseconds) => Value::Text(print_duration(milliseconds)),
    };
    let mode = match window.mode {
        WindowMode::Clamp => "clamp",
        WindowMode::Deny => "deny",
    };
    let mut properties = Properties::new();
    properties.extend(window.oldest.map(|oldest| ("oldest", bound(oldest))));
    properties.extend(window.newest.map(|newest| ("newest", bound(newest))));
    let max_span = window.max_span_milliseconds.map(print_duration);
    properties.extend(max_span.map(|span| ("max_span", Value::Text(span))));
    properties.push(("mode", Value::text(mode)));
    Value::object(properties)
}
