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
    clippy::print_stdout,
    reason = "a test ends at what it did not expect, and shares its modules with another"
)]

#[path = "agreement/compare.rs"]
mod compare;
#[path = "agreement/generate.rs"]
mod generate;
#[path = "agreement/world.rs"]
mod world;

use generate::Sent;
use keyhole_policy::authorize;
use keyhole_policy::evaluate::evaluate;
use keyhole_policy::filter::Property;
use keyhole_policy::key::Caller;
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
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use std::cell::Cell as Counter;
use world::{World, now};

const DATASETS: u32 = 600;
/// Values of an index that are retrieved, of all their combinations.
const RETRIEVED: usize = 40;

#[test]
fn a_datasets_rows_hold_what_its_question_answers() {
    let setting = |name| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let seed: u64 = setting("KEYHOLE_SEED").unwrap_or_else(random_seed);
    println!("KEYHOLE_SEED={seed}");
    let config = Config {
        cases: setting("KEYHOLE_DATASETS").unwrap_or(DATASETS as u64) as u32,
        failure_persistence: None,
        max_shrink_iters: 5_000,
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(config, rng);
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
    println!(
        "{} datasets, {} of them with rows",
        kept.get(),
        telling.get()
    );
    // Rows that are not there agree too easily.
    assert!(
        telling.get() * 2 > kept.get() && kept.get() > 0,
        "most datasets hold nothing"
    );
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
            scope_property: &world.scope_property,
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
    let [holding, rows] = rollup::read(kept.number, &rollup::key(index), buckets);
    assert_eq!(
        world.rows(&holding).rows.len(),
        rollup::weeks(buckets).len()
    );
    let aggregate = kept.definition.dataset.over(buckets.clone());
    let parts = parts(&aggregate);
    let rows = answer::dataset_rows(&aggregate, &parts, &world.rows(&rows), &|_| true);
    answer::cells(&aggregate, &parts, &rows.unwrap()).unwrap()
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

fn random_seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(std::process::id())
}
