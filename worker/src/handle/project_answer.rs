//! How is a project answered to its organization?

use super::make_project::KINDS;
use crate::authenticate::origins_kept;
use crate::context::Context;
use crate::laid_out::layout;
use crate::refusal::Refusal;
use crate::sql::layout::Layout;
use crate::store::row::Row;
use keyhole_policy::authorize::AuthorizedProjects;
use keyhole_policy::origin::Origins;
use keyhole_policy::time::Instant;
use keyhole_policy::value::Value;
use keyhole_policy::wire::ProjectChange;

/// A project as it is kept.
#[derive(Clone)]
pub struct KeptProject {
    id: String,
    name: String,
    /// How its events lie.
    pub layout: Layout,
    created_at: Instant,
    is_active: bool,
    users: Vec<Value>,
    origins: Origins,
    keys: Value,
}

impl KeptProject {
    /// Reads a row `[id, name, layout, created_at, is active, users, origins, [[kind, hash, sealed], …]]`. Its keys
    /// are opened where they are kept sealed; where they are shown once, they are null.
    pub fn from_row(context: &Context, row: &Value) -> Result<KeptProject, Refusal> {
        let mut row = Row::new("project", row)?;
        Ok(KeptProject {
            id: row.text()?.to_owned(),
            name: row.text()?.to_owned(),
            layout: layout(row.value()?, context.now)?,
            created_at: row.instant()?,
            is_active: row.whole()? == 1,
            users: row.list()?.to_vec(),
            origins: origins_kept(row.value()?)?,
            keys: keys(context, row.list()?)?,
        })
    }

    /// The same project, with keys that are shown this once.
    pub fn with_keys(self, keys: Value) -> KeptProject {
        KeptProject { keys, ..self }
    }

    /// The same project as it is to be.
    pub fn changed_by(&self, change: &ProjectChange) -> KeptProject {
        let mut changed = self.clone();
        if let Some(name) = &change.name {
            changed.name = name.to_string();
        }
        if let Some(users) = &change.users {
            let users = users.iter().map(|email| Value::text(email.as_str()));
            changed.users = users.collect();
        }
        if let Some(path) = &change.scope_property {
            changed.layout.scope_property = path.clone();
        }
        if let Some(origins) = &change.origins {
            changed.origins = origins.clone();
        }
        if let Some(days) = change.retention_days {
            changed.layout.retention_days = days.and_then(|days| i64::try_from(days).ok());
        }
        if let Some(is_active) = change.is_active {
            changed.is_active = is_active;
        }
        changed
    }

    /// What can be said of it, as the audit keeps it.
    pub fn settings(&self) -> Vec<(&'static str, Value)> {
        let users = self
            .users
            .iter()
            .map(|email| Value::object([("email", email.clone())]));
        let days = self.layout.retention_days;
        let preferences = [
            ("cors_origins", origins(&self.origins)),
            (
                "retention_days",
                days.map_or(Value::Null, crate::sql::whole),
            ),
        ];
        vec![
            ("name", Value::text(self.name.as_str())),
            (
                "scope_property",
                Value::Text(self.layout.scope_property.to_string()),
            ),
            ("users", Value::List(users.collect())),
            ("preferences", Value::object(preferences)),
            ("is_active", Value::Bool(self.is_active)),
        ]
    }

    /// The object of the API.
    pub fn answer(&self, permit: &AuthorizedProjects) -> Value {
        let organization = Value::text(permit.organization().as_str());
        let mut properties = vec![
            ("id", Value::text(self.id.as_str())),
            ("organization_id", organization),
            ("url", Value::Text(format!("/3.0/projects/{}", self.id))),
        ];
        properties.extend(self.settings());
        properties.extend([
            ("is_clustering", Value::Bool(self.layout.is_changing)),
            ("created_at", Value::Text(self.created_at.to_string())),
            ("api_keys", self.keys.clone()),
        ]);
        Value::object(properties)
    }
}

fn origins(origins: &Origins) -> Value {
    match origins {
        Origins::Any => Value::text("*"),
        Origins::Only(origins) => {
            let origins = origins.iter().map(|origin| Value::text(origin.as_str()));
            Value::List(origins.collect())
        }
    }
}

fn keys(context: &Context, credentials: &[Value]) -> Result<Value, Refusal> {
    let mut keys = KINDS.map(|(_, name)| (name, Value::Null));
    for credential in credentials {
        let mut credential = Row::new("project", credential)?;
        let (kind, _hash, sealed) = (
            credential.text()?,
            credential.text()?,
            credential.text_or_null()?,
        );
        let opened = context
            .seal
            .as_ref()
            .zip(sealed)
            .and_then(|(seal, sealed)| seal.open(sealed));
        let place = KINDS
            .iter()
            .position(|(known, _)| known.as_str() == kind)
            .and_then(|at| keys.get_mut(at));
        if let (Some(opened), Some((_, place))) = (opened, place) {
            *place = Value::Text(opened);
        }
    }
    Ok(Value::object(keys))
}
