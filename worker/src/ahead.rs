//! What was read in one round trip with who asks, before it was known whether they may? Only the statement that a permit
//! makes opens it.

use crate::refusal::Refusal;
use crate::sql::Sql;
use crate::store::{Rows, Store};

/// Rows of a statement that ran with the look at who asks; none, where the path was too wrong to run one.
#[derive(Debug, Default)]
pub struct Ahead(Option<(Sql, Rows)>);

impl Ahead {
    /// What a statement answered.
    pub fn new(statement: Sql, rows: Rows) -> Ahead {
        Ahead(Some((statement, rows)))
    }

    /// The rows of a statement that a permit made: those at hand if they are of the very same, else asked for now.
    pub async fn open(self, store: &Store, permitted: Sql) -> Result<Rows, Refusal> {
        match self.0 {
            Some((statement, rows)) if statement == permitted => Ok(rows),
            _ => store.run_one(permitted).await,
        }
    }
}
