//! What is there: a project, its collections, their properties and types?

use super::own_schema::own_schema;
use super::property_types::{Types, main_type, see};
use crate::authenticate::{self, Project};
use crate::call::Call;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::sql::schema::{self, Detail};
use crate::store::row::Row;
use keyhole_policy::authorize::{self, AuthorizedSchema};
use keyhole_policy::key::Caller;
use keyhole_policy::limits::ANSWER_BYTES_MAX;
use keyhole_policy::name::{CollectionName, ProjectId};
use keyhole_policy::shape::PropertyType;
use keyhole_policy::value::Value;
use keyhole_policy::wire::{Area, Invalid, Problem, encode_component};
use std::collections::BTreeMap;

/// What every event has beside its own properties.
const SYSTEM: [(&str, PropertyType); 3] = [
    ("keen.created_at", PropertyType::Time),
    ("keen.id", PropertyType::Text),
    ("keen.timestamp", PropertyType::Time),
];

/// `GET /3.0/projects/P/events?include_schema=`: a plain list, by name.
pub async fn list_collections(
    context: &Context,
    call: &Call,
    project: &str,
) -> Result<Reply, Refusal> {
    let (permit, project) = permit(context, call, project).await?;
    let with_schema = match call.parameter("include_schema")?.as_deref() {
        None | Some("" | "true") => true,
        Some("false") => false,
        Some(found) => return Err(out_of_range("include_schema", found, "true or false")),
    };
    let detail = if with_schema {
        Detail::Properties
    } else {
        Detail::Names
    };
    let collections = collections(context, &permit, &project, None, detail).await?;
    let described = collections.iter().map(|(name, types)| {
        let types = with_schema.then_some(types);
        description(&project.id, name, types)
    });
    Ok(Reply::ok(Value::List(described.collect())))
}

/// `GET /3.0/projects/P/events/C`.
pub async fn describe_collection(
    context: &Context,
    call: &Call,
    project: &str,
    collection: &str,
) -> Result<Reply, Refusal> {
    let (permit, project) = permit(context, call, project).await?;
    let types = types_of(context, &permit, &project, collection).await?;
    Ok(Reply::ok(description(
        &project.id,
        collection,
        Some(&types),
    )))
}

/// `GET /3.0/projects/P/events/C/properties/X`.
pub async fn describe_property(
    context: &Context,
    call: &Call,
    project: &str,
    collection: &str,
    property: &str,
) -> Result<Reply, Refusal> {
    let (permit, project) = permit(context, call, project).await?;
    let types = types_of(context, &permit, &project, collection).await?;
    let found = types.get(property).ok_or(Refusal::NotFound("property"))?;
    let words = found.iter().map(|kind| Value::text(kind.as_str()));
    let (collection, escaped) = (encode_component(collection), encode_component(property));
    let url = format!(
        "/3.0/projects/{}/events/{collection}/properties/{escaped}",
        project.id
    );
    Ok(Reply::ok(Value::object([
        ("property_name", Value::text(property)),
        ("url", Value::Text(url)),
        ("type", Value::text(main_type(found).as_str())),
        ("types", Value::List(words.collect())),
    ])))
}

/// `GET /3.0/projects/P`: its name, and where its parts are.
pub async fn describe_project(
    context: &Context,
    call: &Call,
    project: &str,
) -> Result<Reply, Refusal> {
    let (caller, project) = authenticate::in_project(context, call, project).await?;
    Ok(Reply::ok(described(context, &caller, &project).await?))
}

/// `GET /3.0/projects`: the one project that a master key or a read key is of.
pub async fn list_projects(context: &Context, call: &Call) -> Result<Reply, Refusal> {
    let caller = authenticate::outside_projects(context, call).await?;
    let (Caller::Master(id) | Caller::Read(id)) = &caller else {
        return Err(Refusal::Denied(keyhole_policy::denial::Denial::MasterOnly));
    };
    let (caller, project) = authenticate::in_project(context, call, id.as_str()).await?;
    let described = described(context, &caller, &project).await?;
    Ok(Reply::ok(Value::List(vec![described])))
}

async fn described(
    context: &Context,
    caller: &Caller,
    project: &Project,
) -> Result<Value, Refusal> {
    authorize::describe_project(caller, &project.id, context.now)?;
    let permit = authorize::schema(caller, &project.id, context.now)?;
    let collections = collections(context, &permit, project, None, Detail::Names).await?;
    let events = collections
        .keys()
        .map(|name| description(&project.id, name, None));
    let path = format!("/3.0/projects/{}", project.id);
    Ok(Value::object([
        ("id", Value::text(project.id.as_str())),
        ("name", Value::text(project.name.as_str())),
        ("url", Value::text(path.as_str())),
        ("events_url", Value::Text(format!("{path}/events"))),
        ("queries_url", Value::Text(format!("{path}/queries"))),
        ("events", Value::List(events.collect())),
    ]))
}

async fn permit(
    context: &Context,
    call: &Call,
    project: &str,
) -> Result<(AuthorizedSchema, Project), Refusal> {
    let (caller, project) = authenticate::in_project(context, call, project).await?;
    let permit = authorize::schema(&caller, &project.id, context.now)?;
    Ok((permit, project))
}

/// One collection's, if the caller may see it and there is anything to see. What it may not see is not there for it.
async fn types_of(
    context: &Context,
    permit: &AuthorizedSchema,
    project: &Project,
    collection: &str,
) -> Result<Types, Refusal> {
    let unknown = || Refusal::NotFound("collection");
    let name = CollectionName::parse(collection).map_err(|_| unknown())?;
    if !permit.shows_collection(collection) {
        return Err(unknown());
    }
    let properties = Detail::Properties;
    let collections = collections(context, permit, project, Some(&name), properties).await?;
    collections.into_values().next().ok_or_else(unknown)
}

async fn collections(
    context: &Context,
    permit: &AuthorizedSchema,
    project: &Project,
    only: Option<&CollectionName>,
    detail: Detail,
) -> Result<BTreeMap<String, Types>, Refusal> {
    let read = schema::read(permit, only, detail).cut_at(ANSWER_BYTES_MAX);
    let rows = context.store.run_one(read).await?;
    let mut collections = BTreeMap::new();
    for row in &rows.rows {
        let mut row = Row::new("schema", row)?;
        let name = row.text()?;
        if permit.shows_collection(name) {
            collections.insert(name.to_owned(), types(permit, row.list()?)?);
        }
    }
    if permit.is_of_own_events() {
        let names = collections.keys().map(|name| CollectionName::parse(name));
        let names = names.flatten().collect();
        return own_schema(context, permit, project, names).await;
    }
    Ok(collections)
}

/// From rows `[path, type]`.
fn types(permit: &AuthorizedSchema, rows: &[Value]) -> Result<Types, Refusal> {
    let mut types = system(permit);
    for row in rows {
        let mut row = Row::new("schema", row)?;
        let (path, word) = (row.text()?, row.text()?);
        let kind = PropertyType::parse(word).ok_or_else(|| Refusal::corrupt("schema"))?;
        see(&mut types, permit, path, kind);
    }
    Ok(types)
}

fn system(permit: &AuthorizedSchema) -> Types {
    let mut types = Types::new();
    for (path, kind) in SYSTEM {
        see(&mut types, permit, path, kind);
    }
    types
}

/// `name`, `url` and `properties`; `types` beside them for properties that have had several.
fn description(project: &ProjectId, name: &str, types: Option<&Types>) -> Value {
    let url = format!("/3.0/projects/{project}/events/{}", encode_component(name));
    let mut properties = vec![("name", Value::text(name)), ("url", Value::Text(url))];
    if let Some(types) = types {
        let one = types
            .iter()
            .map(|(path, types)| (path.clone(), Value::text(main_type(types).as_str())));
        properties.push(("properties", Value::Object(one.collect())));
        let several = types.iter().filter(|(_, types)| types.len() > 1);
        let several = several.map(|(path, types)| {
            let words = types.iter().map(|kind| Value::text(kind.as_str()));
            (path.clone(), Value::List(words.collect()))
        });
        let several: Vec<(String, Value)> = several.collect();
        if !several.is_empty() {
            properties.push(("types", Value::Object(several)));
        }
    }
    Value::object(properties)
}

fn out_of_range(name: &str, found: &str, expected: &'static str) -> Refusal {
    Refusal::Invalid(Invalid {
        area: Area::Request,
        pointer: format!("/{name}"),
        problem: Problem::OutOfRange {
            found: found.to_owned(),
            expected,
        },
    })
}
