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

/// The one column that every reading statement answers.
#[derive(Deserialize)]
struct TextRow {
    row: String,
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
    let parsed: Result<Vec<_>, _> = texts
        .iter()
        .map(|text| parse(text.row.as_bytes()))
        .collect();
    Ok(Rows {
        rows: parsed.map_err(|_| Refusal::corrupt("store"))?,
        changes: meta.as_ref().and_then(|meta| meta.changes).unwrap_or(0),
        rows_read: meta.as_ref().and_then(|meta| meta.rows_read).unwrap_or(0),
        milliseconds: meta.as_ref().and_then(|meta| meta.duration).unwrap_or(0.0),
    })
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
        "reset because",
        "Network connection lost",
    ];
    let fault = Fault { place: "D1", cause };
    if busy.iter().any(|word| fault.cause.contains(word)) {
        Refusal::Busy(fault)
    } else {
        Refusal::Failed(fault)
    }
}
