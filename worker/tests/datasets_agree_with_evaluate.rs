//! Do a dataset's rows hold what its question, asked of the same events, is meant to answer?
//!
//! Generated events × generated datasets, on the engine that D1 is: computed of some of the events, then refreshed when
//! the others have come, and retrieved for each value of the index that any event has, and for some that none has.
//! `KEYHOLE_SEED=…` runs a failing case again, `KEYHOLE_DATASETS=…` runs more.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test ends at what it did not expect, and shares its modules with another"
)]

#[path = "agreement/compare.rs"]
mod compare;
#[path = "agreement/generate.rs"]
mod generate;
#[path = "agreement/trial.rs"]
mod trial;
#[path = "agreement/world.rs"]
mod world;

use generate::Sent;
use keyhole_policy::authorize::{self, AuthorizedDataset};
use keyhole_policy::evaluate::evaluate;
use keyhole_policy::filter::Property;
use keyhole_policy::key::{Caller, DatasetOperation};
use keyhole_policy::name::ResourceName;
use keyhole_policy::query::Query;
use keyhole_policy::result::{Answer, Cell};
use keyhole_policy::time::Buckets;
use keyhole_policy::value::Value;
use keyhole_policy::wire::{self, NewDataset};
use keyhole_worker::answer;
use keyhole_worker::kept_dataset::KeptDataset;
use keyhole_worker::sql::aggregate::parts;
use keyhole_worker::sql::rollup::{self, Over, Slice, Target};
use keyhole_worker::sql::selection::Source;
use keyhole_worker::sql::{Sql, datasets};
use proptest::test_runner::TestCaseError;
use std::cell::Cell as Counter;
use trial::{runner, say, setting};
use world::{World, now};

const DATASETS: u32 = 600;
/// Values of an index that are retrieved, of all their combinations.
const RETRIEVED: usize = 40;

#[test]
fn a_datasets_rows_hold_what_its_question_answers() {
    let datasets = setting("KEYHOLE_DATASETS").unwrap_or(u64::from(DATASETS)) as u32;
    let (seed, mut runner) = runner(datasets, 5_000);
    let (kept, telling) = (Counter::new(0_u32), Counter::new(0_u32));
    let cases = (generate::events(), generate::events(), generate::dataset());
    let outcome = runner.run(&cases, |(first, second, definition)| {
        match check(&first, &second, &definition)? {
            None => {}
            Some(cells) => {
                kept.set(kept.get() + 1);
                telling.set(telling.get() + u32::from(cells > 0));
            }
        }
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("KEYHOLE_SEED={seed}: {failure}");
    }
    say(&format!(
        "{} datasets, {} of them with rows",
        kept.get(),
        telling.get()
    ));
    // Rows that are not there agree too easily.
    assert!(
        telling.get() * 2 > kept.get() && kept.get() > 0,
        "most datasets hold nothing"
    );
}

#[test]
fn a_result_reads_its_own_rows_only() {
    let world = World::new(&[]);
    let definition = r#"{"index_by":["a","b"],"query":{"analysis_type":"count","event_collection":"c","timeframe":"this_40_days","interval":"daily"}}"#;
    let definition = keyhole_policy::value::parse(definition.as_bytes()).unwrap();
    let kept = make(
        &world,
        &wire::dataset(&definition, &world.moment()).unwrap(),
    );
    let index = kept.definition.dataset.index_by.iter();
    let index: Vec<_> = index.map(|name| (name.clone(), Value::text("a"))).collect();
    let permit = permit(&world, &index);
    let [holding, rows] = rollup::read(&permit, kept.number, &buckets(&world, &kept));
    for (sql, found_by) in [
        (
            holding,
            "SEARCH dataset_slice USING PRIMARY KEY (dataset=? AND wk=?)",
        ),
        (
            rows,
            "SEARCH dataset_row USING PRIMARY KEY (dataset=? AND wk=? AND key=? AND start>? AND start<?)",
        ),
    ] {
        let explained = Sql::new(
            format!("EXPLAIN QUERY PLAN {}", sql.text),
            sql.parameters.clone(),
        );
        let plan = world.details(&explained);
        assert!(plan.iter().any(|line| line == found_by), "{plan:?}");
        let scans = |line: &&String| line.starts_with("SCAN") && !line.contains("json_each");
        assert_eq!(plan.iter().find(scans), None);
    }
}

/// How many cells were compared that hold something; `None` where the definition is refused.
fn check(
    first: &[Sent],
    second: &[Sent],
    definition: &Value,
) -> Result<Option<usize>, TestCaseError> {
    let mut world = World::new(first);
    let Ok(new) = wire::dataset(definition, &world.moment()) else {
        return Ok(None);
    };
    let kept = make(&world, &new);
    compute(&world, &kept, Over::Nothing);
    let mut cells = agree(&world, &kept)?;
    world = world.and(second);
    compute(&world, &kept, Over::Rows);
    cells += agree(&world, &kept)?;
    Ok(Some(cells))
}

fn make(world: &World, new: &NewDataset) -> KeptDataset {
    world.execute(&Sql::new(
        "INSERT INTO project (id, organization, name, scope_property, created_at) VALUES (?1, '0', 'p', 'customer.id', 0)",
        vec![world.project.to_string()],
    ));
    let caller = Caller::Master(world.project.clone());
    let permit = authorize::manage_datasets(&caller, &world.project, now()).unwrap();
    let name = ResourceName::parse("d").unwrap();
    assert_eq!(
        world.execute(&datasets::make(&permit, &name, new, now())),
        1
    );
    let rows = world.rows(&datasets::read_own(&permit, &name));
    let kept = KeptDataset::from_row(&rows.rows[0], &world.moment())
        .unwrap_or_else(|_| panic!("{}\n{}", rows.rows[0], new.print()));
    assert_eq!(
        kept.definition, *new,
        "a definition is kept as it was meant"
    );
    kept
}

/// Its sub-timeframes as of now.
fn buckets(world: &World, kept: &KeptDataset) -> Buckets {
    let dataset = &kept.definition.dataset;
    let span = dataset.span(now(), &world.zones).unwrap();
    let buckets = dataset.sub_timeframes(kept.anchor, span, &world.zones, 3_000);
    buckets.unwrap()
}

fn compute(world: &World, kept: &KeptDataset, over: Over) {
    let dataset = &kept.definition.dataset;
    let target = Target {
        dataset: kept.number,
        epoch: 0,
        now: now(),
    };
    for week in rollup::weeks(&buckets(world, kept)) {
        let of_week = rollup::of_week(dataset, kept.anchor, week, &world.zones).unwrap();
        let slice = Slice {
            week,
            whole: of_week.whole(),
            buckets: of_week.clone(),
            over,
        };
        let aggregate = dataset.over(of_week);
        let authorized = world.permit(Query::Aggregate(aggregate.clone()));
        let source = Source {
            authorized: &authorized,
            spelling: authorized.spelling(),
            layout: &world.layout,
            matches: &compare::matches(world, &authorized),
            hidden: &[],
        };
        let statements = rollup::compute(&target, &slice, &source, &aggregate, &dataset.index_by);
        let changed: Vec<usize> = statements.iter().map(|sql| world.execute(sql)).collect();
        assert_eq!(changed.last(), Some(&1), "the step came too late");
    }
}

fn agree(world: &World, kept: &KeptDataset) -> Result<usize, TestCaseError> {
    let buckets = buckets(world, kept);
    let mut told = 0;
    for index in indexes(world, kept) {
        let found = retrieved(world, kept, &index, &buckets);
        let asked = kept.definition.dataset.of(&index, buckets.clone());
        let meant = evaluate(&Query::Aggregate(asked), |collection| {
            world.events_of(collection)
        });
        let Answer::Cells(meant) = meant else {
            panic!("an aggregate answers cells")
        };
        told += meant.len();
        let shown = format!("{index:?}\nmeant {meant:?}\nfound {found:?}");
        if !compare::same_cells(meant, found) {
            return Err(TestCaseError::fail(shown));
        }
    }
    Ok(told)
}

fn retrieved(
    world: &World,
    kept: &KeptDataset,
    index: &[(Property, Value)],
    buckets: &Buckets,
) -> Vec<Cell> {
    let permit = permit(world, index);
    let [holding, rows] = rollup::read(&permit, kept.number, buckets);
    assert_eq!(
        world.rows(&holding).rows.len(),
        rollup::weeks(buckets).len()
    );
    let aggregate = kept.definition.dataset.over(buckets.clone());
    let parts = parts(&aggregate);
    let rows = answer::dataset_rows(&aggregate, &parts, &world.rows(&rows), &|_| true);
    answer::cells(&aggregate, &parts, &rows.unwrap()).unwrap()
}

fn permit(world: &World, index: &[(Property, Value)]) -> AuthorizedDataset {
    let caller = Caller::Master(world.project.clone());
    let name = ResourceName::parse("d").unwrap();
    let operation = DatasetOperation::Retrieve;
    let look_up = authorize::look_up_dataset(&caller, &world.project, operation, &name, now());
    let index = index.iter();
    let index = index.map(|(property, value)| (property.to_string(), value.clone()));
    look_up.unwrap().retrieve(index.collect()).unwrap()
}

/// Combinations of values that events have, alone or in a list, and of some that none has.
fn indexes(world: &World, kept: &KeptDataset) -> Vec<Vec<(Property, Value)>> {
    let dataset = &kept.definition.dataset;
    let collection = dataset.question.selection.collection.as_str();
    let mut indexes: Vec<Vec<(Property, Value)>> = vec![Vec::new()];
    for property in &dataset.index_by {
        let mut values = vec![Value::Null, Value::text("a"), Value::text("nobody's")];
        for event in world.events_of(collection) {
            match event.property(property) {
                Some(Value::List(items)) => values.extend(items),
                found => values.extend(found),
            }
        }
        values.retain(|value| !matches!(value, Value::List(_) | Value::Object(_)));
        values.sort_by(Value::compare);
        values.dedup();
        let longer = |index: &Vec<(Property, Value)>| {
            let index = index.clone();
            let pair = |value: Value| (property.clone(), value);
            let with = move |pair| index.iter().cloned().chain([pair]).collect();
            values
                .clone()
                .into_iter()
                .map(pair)
                .map(with)
                .collect::<Vec<_>>()
        };
        indexes = indexes.iter().flat_map(longer).collect();
    }
    let step = indexes.len().div_ceil(RETRIEVED);
    indexes.into_iter().step_by(step).collect()
}
