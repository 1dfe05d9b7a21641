//! Where is everything kept? Statements in, rows out. D1 now; another backend is another arm.

mod d1;
pub mod row;

use crate::refusal::{Fault, Refusal};
use crate::sql::Sql;
use keyhole_policy::value::Value;

pub use d1::D1;

/// The rows of one statement, each a JSON list.
#[derive(Debug, Default)]
pub struct Rows {
    /// The rows, in order.
    pub rows: Vec<Value>,
    /// Are there more, which are too many bytes?
    pub is_cut: bool,
    /// Rows that were changed.
    pub changes: usize,
    /// Rows that the store read to answer.
    pub rows_read: usize,
    /// How long it took there, in milliseconds.
    pub milliseconds: f64,
}

/// Refuses answers of which one is cut.
pub fn uncut(answers: Vec<Rows>) -> Result<Vec<Rows>, Refusal> {
    match answers.iter().any(|rows| rows.is_cut) {
        true => Err(Refusal::TooManyBytes),
        false => Ok(answers),
    }
}

/// A backend.
pub enum Store {
    /// Cloudflare D1.
    D1(D1),
}

impl Store {
    /// Runs statements in one transaction and one round trip; answers the rows of each, all of them.
    pub async fn run(&self, statements: Vec<Sql>) -> Result<Vec<Rows>, Refusal> {
        uncut(self.run_cut(statements).await?)
    }

    /// The same for who can go on where rows were cut.
    pub async fn run_cut(&self, statements: Vec<Sql>) -> Result<Vec<Rows>, Refusal> {
        match self {
            Store::D1(database) => database.run(statements).await,
        }
    }

    /// Did a statement run out of the backend's time?
    pub fn says_out_of_time(&self, fault: &Fault) -> bool {
        match self {
            Store::D1(_) => d1::says_out_of_time(&fault.cause),
        }
    }

    /// Were statements written for a layout that is no longer the project's? Then none of them was run.
    pub fn says_layout_changed(&self, fault: &Fault) -> bool {
        fault.cause.contains(crate::sql::layout::CHANGED)
    }

    /// Were statements to change what a deletion is looking for? Then none of them was run.
    pub fn says_deleting(&self, fault: &Fault) -> bool {
        fault.cause.contains(crate::sql::update::DELETING)
    }

    /// Was a statement itself too large for the backend?
    pub fn says_too_large(&self, fault: &Fault) -> bool {
        match self {
            Store::D1(_) => d1::says_too_large(&fault.cause),
        }
    }

    /// Runs one statement.
    pub async fn run_one(&self, statement: Sql) -> Result<Rows, Refusal> {
        let rows = self.run(vec![statement]).await?;
        rows.into_iter()
            .next()
            .ok_or_else(|| Refusal::corrupt("store"))
    }
}
