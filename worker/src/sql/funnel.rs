//! Which statements walk a funnel? One for the counts, one more for each step whose actors are wanted.

use super::property::property;
use super::selection::Source;
use super::{Constants, Sql};
use keyhole_policy::limits::UNIQUE_VALUES_MAX;
use keyhole_policy::query::Funnel;

/// One row: the list of the steps' counts.
pub fn counts(source: &Source, funnel: &Funnel) -> Sql {
    let mut constants = Constants::default();
    let with = steps(source, funnel, &mut constants);
    let counts: Vec<String> = (0..funnel.steps.len())
        .map(|at| format!("(SELECT count(*) FROM r{at})"))
        .collect();
    constants.into_sql(format!(
        "{with} SELECT json_array({}) AS row",
        counts.join(", ")
    ))
}

/// Rows `[actor as JSON text]` of one step; at most one more than may be answered.
pub fn actors(source: &Source, funnel: &Funnel, step: usize) -> Sql {
    let mut constants = Constants::default();
    let with = steps(source, funnel, &mut constants);
    let limit = UNIQUE_VALUES_MAX + 1;
    constants.into_sql(format!(
        "{with} SELECT json_array(a) AS row FROM r{step} LIMIT {limit}"
    ))
}

/// `r0`, `r1`, …: the distinct actors who came as far as each step, as JSON texts in the column `a`.
fn steps(source: &Source, funnel: &Funnel, constants: &mut Constants) -> String {
    let mut tables = Vec::new();
    let mut narrowing = None;
    for (at, step) in funnel.steps.iter().enumerate() {
        let actor = property(&step.actor, constants);
        let rows = source.rows(&step.selection, constants);
        let did = format!(
            "SELECT DISTINCT ({0} || '') AS a {rows} AND coalesce({0}, 'null') <> 'null'",
            actor.json
        );
        let table = match narrowing {
            None => did,
            Some(before) => {
                let word = if step.inverted { "NOT IN" } else { "IN" };
                format!("SELECT a FROM r{before} WHERE a {word} ({did})")
            }
        };
        tables.push(format!("r{at}(a) AS MATERIALIZED ({table})"));
        if !step.optional {
            narrowing = Some(at);
        }
    }
    format!("WITH {}", tables.join(", "))
}
