//! How is a funnel put to the store, as a whole or bucket by bucket?

use super::ask::{Cost, at_most, run};
use crate::answer;
use crate::refusal::Refusal;
use crate::sql::funnel;
use crate::sql::selection::Source;
use crate::store::Store;
use keyhole_policy::limits;
use keyhole_policy::query::Funnel;
use keyhole_policy::result;
use keyhole_policy::time::Buckets;
use keyhole_policy::value::Value;

/// `result`, and `actors` where a step asks for them.
pub(super) async fn ask_funnel(
    store: &Store,
    source: &Source<'_>,
    funnel: &Funnel,
    cost: &mut Cost,
) -> Result<Vec<(String, Value)>, Refusal> {
    if let Some(buckets) = &funnel.buckets {
        let result = ask_series(store, source, funnel, buckets, cost).await?;
        return Ok(vec![("result".to_owned(), result)]);
    }
    let with_actors: Vec<usize> = funnel
        .steps
        .iter()
        .enumerate()
        .filter(|(_, step)| step.with_actors)
        .map(|(at, _)| at)
        .collect();
    let mut statements = vec![funnel::counts(source, funnel)];
    statements.extend(
        with_actors
            .iter()
            .map(|at| funnel::actors(source, funnel, *at)),
    );
    let mut answers = run(store, source, statements, cost).await?.into_iter();
    let counts = answers.next().and_then(|rows| rows.rows.into_iter().next());
    let mut properties = vec![(
        "result".to_owned(),
        counts.ok_or_else(|| Refusal::corrupt("funnel"))?,
    )];
    if with_actors.is_empty() {
        return Ok(properties);
    }
    let mut actors: Vec<Value> = funnel.steps.iter().map(|_| Value::Null).collect();
    for (at, rows) in with_actors.into_iter().zip(answers) {
        at_most(limits::UNIQUE_VALUES_MAX, "actors", &rows)?;
        let list = answer::actors(&rows)?;
        if let Some(place) = actors.get_mut(at) {
            *place = list;
        }
    }
    properties.push(("actors".to_owned(), Value::List(actors)));
    Ok(properties)
}

/// The series of a funnel over buckets: one statement, however many there are.
async fn ask_series(
    store: &Store,
    source: &Source<'_>,
    funnel: &Funnel,
    buckets: &Buckets,
    cost: &mut Cost,
) -> Result<Value, Refusal> {
    if buckets.is_empty() {
        return Ok(Value::List(Vec::new()));
    }
    let answers = run(store, source, vec![funnel::counts(source, funnel)], cost).await?;
    let rows = answers.into_iter().next().unwrap_or_default();
    let series = answer::funnel_series(&rows, buckets.len(), funnel.steps.len())?;
    Ok(result::shape_funnel_series(buckets, series))
}
