//! How are statements run on D1? One `batch`, which is a transaction.

use super::Rows;
use crate::refusal::{Fault, Refusal};
use crate::sql::Sql;
use keyhole_policy::value::parse;
use serde::Deserialize;
use wasm_bindgen::JsValue;
use worker::{D1Database, D1PreparedStatement, D1Result};

/// A D1 database.
pub struct D1(pub D1Database);

/// The one column that every reading statement answers; NULL where the rows were cut.
#[derive(Deserialize)]
struct TextRow {
    row: Option<String>,
}

impl D1 {
    pub(super) async fn run(&self, statements: Vec<Sql>) -> Result<Vec<Rows>, Refusal> {
        let prepared: Result<Vec<_>, _> = statements
            .into_iter()
            .map(|sql| self.prepare(sql))
            .collect();
        let results = self
            .0
            .batch(prepared.map_err(fault)?)
            .await
            .map_err(fault)?;
        results.into_iter().map(rows).collect()
    }

    fn prepare(&self, sql: Sql) -> worker::Result<D1PreparedStatement> {
        let parameters: Vec<JsValue> = sql
            .parameters
            .iter()
            .map(|text| JsValue::from_str(text))
            .collect();
        self.0.prepare(sql.text).bind(&parameters)
    }
}

fn rows(result: D1Result) -> Result<Rows, Refusal> {
    let meta = result.meta().map_err(fault)?;
    let texts: Vec<TextRow> = result.results().map_err(fault)?;
    let is_cut = texts.last().is_some_and(|text| text.row.is_none());
    // One by one: a text goes when it is read.
    let parsed: Result<Vec<_>, _> = texts
        .into_iter()
        .filter_map(|text| text.row)
        .map(|row| parse(row.as_bytes()))
        .collect();
    Ok(Rows {
        rows: parsed.map_err(|_| Refusal::corrupt("store"))?,
        is_cut,
        changes: meta.as_ref().and_then(|meta| meta.changes).unwrap_or(0),
        rows_read: meta.as_ref().and_then(|meta| meta.rows_read).unwrap_or(0),
        milliseconds: meta.as_ref().and_then(|meta| meta.duration).unwrap_or(0.0),
    })
}

/// Is this what D1 says of a statement over 100,000 bytes, over 25,000 instructions (it calls that a lack
/// of memory), nested too deep, or with a text over 2,000,000 bytes?
pub(super) fn says_too_large(cause: &str) -> bool {
    let words = [
        "SQLITE_TOOBIG",
        "SQLITE_NOMEM",
        "Expression tree is too large",
        "parser stack overflow",
    ];
    words.iter().any(|word| cause.contains(word))
}

/// Is this what D1 says of a statement that ran longer than it may? A queue that is too long is something else.
pub(super) fn says_out_of_time(cause: &str) -> bool {
    let words = ["CPU time limit", "storage operation exceeded timeout"];
    words.iter().any(|word| cause.contains(word))
}

/// What D1 says goes to the log. Its sentences name tables and columns, never values.
fn fault(error: worker::Error) -> Refusal {
    // Not Display: that of the inner D1 error throws inside wasm.
    let cause = match &error {
        worker::Error::D1(inner) => inner.cause(),
        other => format!("{other:?}"),
    };
    let busy = [
        "overloaded",
        "timeout",
        "storage operation exceeded",
        "CPU time limit",
        "reset because",
        "Network connection lost",
        crate::sql::layout::CHANGED,
    ];
    let fault = Fault { place: "D1", cause };
    if busy.iter().any(|word| fault.cause.contains(word)) {
        Refusal::Busy(fault)
    } else {
        Refusal::Failed(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_statement_is_told_from_a_busy_database() {
        for (cause, out_of_time) in [
            (
                "D1_ERROR: D1 DB exceeded its CPU time limit and was reset.",
                true,
            ),
            (
                "D1_ERROR: D1 DB storage operation exceeded timeout which caused object to be reset.",
                true,
            ),
            (
                "D1_ERROR: D1 DB is overloaded. Requests queued for too long.",
                false,
            ),
            (
                "D1_ERROR: D1 DB is overloaded. Too many requests queued.",
                false,
            ),
            ("D1_ERROR: D1 DB reset because its code was updated.", false),
            ("D1_ERROR: no such table: event: SQLITE_ERROR", false),
        ] {
            assert_eq!(says_out_of_time(cause), out_of_time, "{cause}");
        }
    }
}
