//! Do SQL and `evaluate` answer a question alike?

use crate::generate::Question;
use crate::world::World;
use keyhole_policy::authorize::AuthorizedQuery;
use keyhole_policy::evaluate::evaluate;
use keyhole_policy::event::Event;
use keyhole_policy::filter::{Pattern, Property};
use keyhole_policy::query::{AnalysisType, Extraction, Portion, Query};
use keyhole_policy::result::{Answer, Cell, FunnelStep};
use keyhole_policy::value::Value;
use keyhole_policy::wire;
use keyhole_worker::answer;
use keyhole_worker::sql::selection::Source;
use keyhole_worker::sql::{Sql, aggregate, extraction, funnel, regex};
use proptest::test_runner::TestCaseError;

/// Sums of doubles depend on their order; so much, relative to their size, may lie between them.
const TOLERANCE: f64 = 1e-9;

/// Compares the answers; false when the question means nothing and is refused.
pub fn check(world: &World, question: &Question) -> Result<bool, TestCaseError> {
    let analysis = AnalysisType::parse(question.analysis).unwrap();
    let Ok(asked) = wire::query(analysis, &question.body, &world.moment()) else {
        return Ok(false);
    };
    let authorized = world.permit(asked.query);
    let meant = meaning(authorized.query(), world);
    let found = by_sql(world, &authorized);
    let (meant, found) = (sorted(meant), sorted(found));
    if !alike(&meant, &found) {
        let message = format!(
            "{} {}\nmeant {meant:?}\nfound {found:?}",
            question.analysis, question.body
        );
        return Err(TestCaseError::fail(message));
    }
    Ok(true)
}

fn by_sql(world: &World, authorized: &AuthorizedQuery) -> Answer {
    let matches = matches(world, authorized);
    let source = Source {
        authorized,
        scope_property: &world.scope_property,
        matches: &matches,
        hidden: &[],
    };
    let bounded = |sql: Sql| {
        // D1 takes 100 parameters and 100,000 bytes.
        assert!(
            sql.parameters.len() <= 100 && sql.text.len() <= 100_000,
            "{}",
            sql.text.len()
        );
        world.rows(&sql)
    };
    match authorized.query() {
        Query::Aggregate(aggregate) => {
            let statements = aggregate::statements(&source, aggregate);
            let rows: Vec<_> = statements
                .iter()
                .map(|statement| bounded(statement.sql.clone()))
                .collect();
            let parts = aggregate::parts(aggregate);
            Answer::Cells(answer::cells(aggregate, &parts, &rows).unwrap())
        }
        Query::Extraction(extraction) => {
            if let Portion::Page(page) = &extraction.portion {
                return Answer::Events(all_pages(world, authorized, extraction, page.size));
            }
            let rows = bounded(extraction::statement(&source, extraction));
            Answer::Events(
                rows.rows
                    .iter()
                    .map(|row| answer::event(row).unwrap())
                    .collect(),
            )
        }
        Query::Funnel(funnel) => {
            let rows = bounded(funnel::counts(&source, funnel));
            if let Some(buckets) = &funnel.buckets {
                let series = answer::funnel_series(&rows, buckets.len(), funnel.steps.len());
                return Answer::FunnelSeries(series.unwrap());
            }
            let counts = rows.rows;
            let Value::List(counts) = &counts[0] else {
                panic!()
            };
            let step = |(at, count): (usize, &Value)| {
                let with_actors = funnel.steps[at].with_actors;
                let actors = with_actors.then(|| {
                    answer::actors(&bounded(funnel::actors(&source, funnel, at))).unwrap()
                });
                let actors = actors.map(|actors| match actors {
                    Value::List(actors) => actors,
                    other => panic!("{other}"),
                });
                FunnelStep {
                    count: count.as_number().unwrap().whole().unwrap() as usize,
                    actors,
                }
            };
            Answer::Funnel(counts.iter().enumerate().map(step).collect())
        }
    }
}

/// Every page after the other, as a caller who follows the cursor gets them.
fn all_pages(
    world: &World,
    authorized: &AuthorizedQuery,
    extraction: &Extraction,
    size: usize,
) -> Vec<Event> {
    let matches = matches(world, authorized);
    let source = Source {
        authorized,
        scope_property: &world.scope_property,
        matches: &matches,
        hidden: &[],
    };
    let mut extraction = extraction.clone();
    let mut all: Vec<Event> = Vec::new();
    loop {
        let rows = world
            .rows(&extraction::statement(&source, &extraction))
            .rows;
        let page = rows
            .iter()
            .take(size)
            .map(|row| answer::event(row).unwrap());
        all.extend(page);
        // Pages that never end are a fault too.
        let stored = world.events_of(extraction.selection.collection.as_str());
        assert!(all.len() <= stored.len(), "a page repeats events");
        match all.last() {
            Some(last) if rows.len() > size => {
                let span = extraction.selection.span;
                extraction.resume(span, last.place());
            }
            _ => return all,
        }
    }
}

/// What all pages together hold is what the same question without pages means.
fn meaning(query: &Query, world: &World) -> Answer {
    let mut query = query.clone();
    if let Query::Extraction(extraction) = &mut query
        && matches!(extraction.portion, Portion::Page(_))
    {
        extraction.portion = Portion::Everything;
    }
    evaluate(&query, |collection| world.events_of(collection))
}

/// Which strings each `regex` of a question matches.
pub fn matches(world: &World, authorized: &AuthorizedQuery) -> regex::Matches {
    let mut matches = regex::Matches::default();
    let none = regex::Matches::default();
    let source = Source {
        authorized,
        scope_property: &world.scope_property,
        matches: &none,
        hidden: &[],
    };
    for selection in authorized.query().selections() {
        let patterns: Vec<(&Property, &Pattern)> = regex::patterns(&selection.filter);
        for (property, pattern) in patterns {
            let rows = world.rows(&regex::candidates(&source, selection, property, None));
            matches.add(property, pattern, &answer::texts("regex", &rows).unwrap());
        }
    }
    matches
}

/// Do both hold the same cells?
pub fn same_cells(meant: Vec<Cell>, found: Vec<Cell>) -> bool {
    alike(&sorted(Answer::Cells(meant)), &sorted(Answer::Cells(found)))
}

/// Cells come in any order, and an aggregate without groups and buckets has one cell of nothing or none.
fn sorted(answer: Answer) -> Answer {
    let Answer::Cells(mut cells) = answer else {
        return answer;
    };
    let key = |cell: &Cell| {
        (
            cell.bucket,
            cell.group.iter().map(Value::to_string).collect::<Vec<_>>(),
        )
    };
    cells.sort_by_key(key);
    cells.retain(|cell| cell.bucket.is_some() || !cell.group.is_empty() || !is_nothing(cell));
    Answer::Cells(cells)
}

fn is_nothing(cell: &Cell) -> bool {
    let empty = [Value::Null, Value::count(0), Value::List(Vec::new())];
    cell.values.iter().all(|value| empty.contains(value))
}

fn alike(meant: &Answer, found: &Answer) -> bool {
    match (meant, found) {
        (Answer::Cells(meant), Answer::Cells(found)) => {
            let same = |(meant, found): (&Cell, &Cell)| {
                let values = meant
                    .values
                    .iter()
                    .zip(&found.values)
                    .all(|(meant, found)| close(meant, found));
                meant.bucket == found.bucket && meant.group == found.group && values
            };
            meant.len() == found.len() && meant.iter().zip(found).all(same)
        }
        _ => meant == found,
    }
}

fn close(meant: &Value, found: &Value) -> bool {
    match (meant, found) {
        (Value::Number(meant), Value::Number(found)) => {
            let (meant, found) = (meant.double(), found.double());
            meant == found
                || (meant - found).abs() <= TOLERANCE * meant.abs().max(found.abs()).max(1e-300)
        }
        _ => meant == found,
    }
}
