//! How is an access key answered to who manages it?

use crate::context::Context;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::store::row::Row;
use keyhole_policy::name::ProjectId;
use keyhole_policy::time::Instant;
use keyhole_policy::value::Value;

/// A key as it is kept.
pub struct KeptKey<'a> {
    /// Its id.
    pub id: &'a str,
    /// False once revoked.
    pub is_active: bool,
    /// Its definition, as [`kept_definition`] made it.
    pub definition: &'a Value,
    /// When it was made.
    pub created_at: Instant,
    /// When it was changed last.
    pub updated_at: Instant,
    /// Its newest string, sealed.
    pub sealed: Option<&'a str>,
    /// One more with every change.
    pub version: i64,
    /// The key within which it was made.
    pub made_by: Option<&'a str>,
    /// When it was used last, to the minute.
    pub last_used_at: Option<Instant>,
}

impl<'a> KeptKey<'a> {
    /// Reads a row `[id, is_active, definition, created_at, updated_at, sealed, version, made_by, last_used_at]`.
    pub fn from_row(row: &'a Value) -> Result<KeptKey<'a>, Refusal> {
        let mut row = Row::new("access key", row)?;
        Ok(KeptKey {
            id: row.text()?,
            is_active: row.whole()? == 1,
            definition: row.value()?,
            created_at: row.instant()?,
            updated_at: row.instant()?,
            sealed: row.text_or_null()?,
            version: row.whole()?,
            made_by: row.text_or_null()?,
            last_used_at: row.instant_or_null()?,
        })
    }

    /// The object, with the key itself where it can be shown again.
    pub fn opened(&self, context: &Context, project: &ProjectId) -> Value {
        let seal = context.seal.as_ref();
        let key = seal
            .zip(self.sealed)
            .and_then(|(seal, sealed)| seal.open(sealed));
        self.answer(project, key.map_or(Value::Null, Value::Text))
    }

    /// The object. `key` is null where it cannot be shown again.
    pub fn answer(&self, project: &ProjectId, key: Value) -> Value {
        let mut properties = vec![
            ("key".to_owned(), key),
            ("id".to_owned(), Value::text(self.id)),
            ("project_id".to_owned(), Value::text(project.as_str())),
            ("is_active".to_owned(), Value::Bool(self.is_active)),
        ];
        if let Value::Object(stored) = self.definition {
            properties.extend(stored.iter().cloned());
        }
        let made_by = self.made_by.map(|id| ("made_by", Value::text(id)));
        let instant = |instant: Instant| Value::Text(instant.to_string());
        let kept = [
            ("created_at", instant(self.created_at)),
            ("updated_at", instant(self.updated_at)),
            (
                "last_used_at",
                self.last_used_at.map_or(Value::Null, instant),
            ),
        ];
        let named = made_by.into_iter().chain(kept);
        properties.extend(named.map(|(name, value)| (name.to_owned(), value)));
        Value::Object(properties)
    }

    /// The tag of this version: what `If-Match` names.
    pub fn etag(&self) -> String {
        etag(self.version)
    }
}

/// The tag of a version.
pub fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

/// The version that a tag names.
pub fn version_of(etag: &str) -> Option<i64> {
    etag.trim()
        .strip_prefix('"')?
        .strip_suffix('"')?
        .parse()
        .ok()
}

/// The reply with a key of a row, and its tag.
pub fn reply(context: &Context, project: &ProjectId, row: &Value) -> Result<Reply, Refusal> {
    let kept = KeptKey::from_row(row)?;
    Ok(Reply::ok(kept.opened(context, project)).with_etag(kept.etag()))
}

/// What is kept of a definition as sent: all but what is answered from elsewhere. `options` is always there.
pub fn kept_definition(sent: Value) -> Value {
    let elsewhere = [
        "key",
        "id",
        "project_id",
        "is_active",
        "made_by",
        "created_at",
        "updated_at",
        "last_used_at",
    ];
    let Value::Object(mut properties) = sent else {
        return sent;
    };
    properties.retain(|(name, value)| !elsewhere.contains(&name.as_str()) && *value != Value::Null);
    if !properties.iter().any(|(name, _)| name == "options") {
        properties.push(("options".to_owned(), Value::Object(Vec::new())));
    }
    Value::Object(properties)
}
