//! Which SQL does an authorized request become? Pure functions; the only SQL besides `migrations/`.
//!
//! Every statement answers rows of one text column, a JSON list: it crosses D1 as one string.

pub mod aggregate;
pub mod audit;
pub mod audited_changes;
mod bucket;
mod chunks;
pub mod credential;
pub mod datasets;
pub mod deletion;
pub mod events;
pub mod extraction;
mod filter;
pub mod funnel;
mod group;
pub mod hidden;
pub mod keys;
pub mod layout;
pub mod projects;
mod property;
pub mod regex;
pub mod relayout;
pub mod retention;
pub mod rollup;
pub mod saved_queries;
pub mod schema;
pub mod scope;
mod selected;
pub mod selection;
pub mod update;

use keyhole_policy::time::Instant;
use keyhole_policy::value::Value;

/// A statement and the texts bound to `?1`, `?2`, …
#[derive(Clone, Debug, PartialEq)]
pub struct Sql {
    /// The statement.
    pub text: String,
    /// Its parameters. All are text: numbers bound from JavaScript would arrive as REAL.
    pub parameters: Vec<String>,
}

impl Sql {
    /// A statement with its parameters.
    pub fn new(text: impl Into<String>, parameters: Vec<String>) -> Sql {
        Sql {
            text: text.into(),
            parameters,
        }
    }

    /// A statement whose parameters travel as one JSON object: `?1->>'name'` is one of them.
    ///
    /// Whole numbers stay whole numbers so, and a boolean is 0 or 1.
    pub fn keyed<'a>(
        text: impl Into<String>,
        parameters: impl IntoIterator<Item = (&'a str, Value)>,
    ) -> Sql {
        Sql::new(text, vec![Value::object(parameters).to_string()])
    }

    /// The same rows up to so many bytes together; where there are more, NULL for the next, and no others.
    pub fn cut_at(self, bytes: usize) -> Sql {
        let text = format!(
            "SELECT iif(bytes > {bytes}, NULL, row) AS row FROM \
             (SELECT row, octet_length(row) AS own, sum(octet_length(row)) OVER (ROWS UNBOUNDED PRECEDING) AS bytes \
              FROM ({})) WHERE bytes - own <= {bytes}",
            self.text
        );
        Sql { text, ..self }
    }
}

/// A whole number as a parameter.
pub fn whole(number: i64) -> Value {
    let number = keyhole_policy::value::Number::from_whole(i128::from(number));
    number.map_or(Value::Null, Value::Number)
}

/// An instant as a parameter: milliseconds.
pub fn at(instant: Instant) -> Value {
    whole(instant.milliseconds())
}

/// The constants of one statement: however many, they travel as one JSON list in `?1`.
///
/// So D1's limit of 100 parameters is never near, integers stay integers, and nothing a caller sent
/// is ever part of a statement's text. SQLite evaluates `?1->>n` once for each statement.
#[derive(Default)]
pub struct Constants {
    values: Vec<Value>,
    visible_events: Option<String>,
}

impl Constants {
    /// The SQL for a value; a repeated one is sent once.
    pub fn bind(&mut self, value: Value) -> String {
        let at = self.place(value);
        // Short, since D1 takes 100,000 bytes of SQL: a whole number here means a place in a list.
        format!("(?1->>{at})")
    }

    /// The SQL for a subquery of a list's items.
    pub fn bind_list(&mut self, items: Vec<Value>) -> String {
        let at = self.place(Value::List(items));
        format!("(SELECT value FROM json_each(?1, '$[{at}]'))")
    }

    /// The SQL for a table of a list's items, with `value` and `key`.
    pub fn bind_table(&mut self, items: Vec<Value>, name: &str) -> String {
        let at = self.place(Value::List(items));
        format!("json_each(?1, '$[{at}]') {name}")
    }

    /// The SQL for a whole number.
    pub fn bind_whole(&mut self, whole: i64) -> String {
        // A literal of our own: digits only.
        whole.to_string()
    }

    fn place(&mut self, value: Value) -> usize {
        self.values
            .iter()
            .position(|other| *other == value)
            .unwrap_or_else(|| {
                self.values.push(value);
                self.values.len() - 1
            })
    }

    /// Leaves out of this statement what deletions hide that are still being carried out.
    pub fn hide(&mut self, hidden: &[hidden::Open]) {
        if self.visible_events.is_none() {
            self.visible_events = hidden::visible_events(hidden, self);
        }
    }

    /// The statement with these constants bound.
    pub fn into_sql(self, text: String) -> Sql {
        let text = match self.visible_events {
            None => text,
            Some(visible) => with(&visible, &text),
        };
        Sql {
            text,
            parameters: vec![Value::List(self.values).to_string()],
        }
    }
}

/// A statement before whose own common tables, if any, another stands.
fn with(table: &str, text: &str) -> String {
    if let Some(rest) = text.strip_prefix("WITH RECURSIVE ") {
        return format!("WITH RECURSIVE {table}, {rest}");
    }
    match text.strip_prefix("WITH ") {
        Some(rest) => format!("WITH {table}, {rest}"),
        None => format!("WITH {table} {text}"),
    }
}

/// Bytes as lower-case hexadecimal digits.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
