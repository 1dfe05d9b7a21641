//! How is a saved query answered, as a definition and with its result?

use crate::open_deletions::open_deletions;
use crate::refusal::Refusal;
use crate::sql::hidden::Open;
use crate::store::row::Row;
use keyhole_policy::name::ProjectId;
use keyhole_policy::time::Instant;
use keyhole_policy::value::Value;
use keyhole_policy::wire::print_saved_question;

/// A saved query as it is kept.
pub struct SavedQuery {
    /// Its name.
    pub name: String,
    /// What it asks.
    pub query: Value,
    /// Free JSON.
    pub metadata: Value,
    /// After how many seconds its result is computed again; `None` where it is run when it is asked for.
    pub refresh_seconds: Option<i64>,
    /// When it was made.
    pub created_at: Instant,
    /// When it was changed last.
    pub updated_at: Instant,
    /// When it is run next.
    pub due_at: Option<Instant>,
    /// Which events its project has: one more whenever some are taken away.
    pub epoch: i64,
    /// What is left out of them, since a deletion of that epoch is taking it away.
    pub hidden: Vec<Open>,
}

impl SavedQuery {
    /// Reads a row `[name, query, metadata, refresh_seconds, created_at, updated_at, due_at, epoch, hidden]`.
    pub fn from_row(row: &Value) -> Result<SavedQuery, Refusal> {
        let mut row = Row::new("saved query", row)?;
        Ok(SavedQuery {
            name: row.text()?.to_owned(),
            query: row.value()?.clone(),
            metadata: row.value()?.clone(),
            refresh_seconds: row.whole_or_null()?,
            created_at: row.instant()?,
            updated_at: row.instant()?,
            due_at: row.instant_or_null()?,
            epoch: row.whole()?,
            hidden: open_deletions(row.list()?)?,
        })
    }

    /// Keen's definition object. `computed_at` is when the result of a cached query was computed, where that is known.
    pub fn definition(&self, project: &ProjectId, computed_at: Option<Instant>) -> Value {
        let instant = |instant: Instant| Value::Text(instant.to_string());
        let path = format!("/3.0/projects/{project}/queries/saved/{}", self.name);
        let result_path = Value::Text(format!("{path}/result"));
        let changed = instant(self.updated_at);
        let run_information = match (self.refresh_seconds, computed_at) {
            (Some(_), Some(at)) => Value::object([
                ("last_run_date", instant(at)),
                ("next_run_date", self.due_at.map_or(Value::Null, instant)),
            ]),
            _ => Value::Null,
        };
        Value::object([
            ("query_name", Value::text(self.name.as_str())),
            (
                "refresh_rate",
                crate::sql::whole(self.refresh_seconds.unwrap_or(0)),
            ),
            ("query", print_saved_question(&self.query)),
            ("metadata", self.metadata.clone()),
            ("created_date", instant(self.created_at)),
            ("last_modified_date", changed.clone()),
            ("user_last_modified_date", changed),
            (
                "urls",
                Value::object([
                    ("cached_query_url", Value::Text(path)),
                    ("cached_query_results_url", result_path),
                ]),
            ),
            ("run_information", run_information),
        ])
    }
}

/// A property more at the end of an object.
pub fn with(object: Value, name: &str, value: Value) -> Value {
    match object {
        Value::Object(mut properties) => {
            properties.push((name.to_owned(), value));
            Value::Object(properties)
        }
        other => other,
    }
}
