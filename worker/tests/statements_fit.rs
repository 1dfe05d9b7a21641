//! Does whatever may be asked fit into D1's statements?
//!
//! The widest questions of each kind, and generated ones, on the engine that D1 is and under D1's limits: a question is
//! either refused by its weight, or each of its statements fits and takes no more instructions than that weight.
//! `KEYHOLE_SEED=…` generates the same ones again.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test ends at what it did not expect, and shares its modules with another"
)]

#[path = "agreement/generate.rs"]
mod generate;
#[path = "agreement/trial.rs"]
mod trial;
#[path = "agreement/world.rs"]
mod world;

use keyhole_policy::authorize::{self, AuthorizedQuery};
use keyhole_policy::denial::Denial;
use keyhole_policy::filter::{Filter, Property, Spelling, Test};
use keyhole_policy::key::Caller;
use keyhole_policy::limits;
use keyhole_policy::query::{AnalysisType, Query};
use keyhole_policy::value::{Value, parse};
use keyhole_policy::wire::{self, Area, Node};
use keyhole_worker::sql::regex::{self, Matches};
use keyhole_worker::sql::selection::Source;
use keyhole_worker::sql::{Sql, aggregate, extraction, funnel};
use proptest::prelude::*;
use proptest::sample::select;
use rusqlite::params_from_iter;
use std::cell::Cell;
use world::World;

/// One test of each kind; `$` is a number, and a property's name is longer than most.
const TESTS: [(&str, &str); 16] = [
    ("eq", r#""v$""#),
    ("eq", "$"),
    ("eq", "null"),
    ("ne", "true"),
    ("in", r#"["v$",$,"w"]"#),
    ("contains", r#""v$""#),
    ("contains", "$"),
    ("not_contains", r#""v$""#),
    ("lt", "$"),
    ("gte", r#""v$""#),
    ("exists", "true"),
    (
        "within",
        r#"{"coordinates":[21.5,52.5],"max_distance_miles":$}"#,
    ),
    ("on time eq", r#""2026-03-01T00:00:00.000Z""#),
    (
        "on time in",
        r#"["2026-03-01T00:00:00.000Z","2026-03-01T00:00:00.001Z"]"#,
    ),
    ("on time contains", r#""$""#),
    ("on id contains", r#""$""#),
];

fn leaf((operator, operand): (&str, &str), at: usize) -> String {
    let name = match operator {
        _ if operator.starts_with("on time ") => "keen.timestamp".to_owned(),
        _ if operator.starts_with("on id ") => "keen.id".to_owned(),
        _ => format!("some.property.{at}"),
    };
    let operator = operator.rsplit(' ').next().unwrap();
    let operand = operand.replace('$', &at.to_string());
    format!(r#"{{"property_name":"{name}","operator":"{operator}","property_value":{operand}}}"#)
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

fn one_of(items: impl Iterator<Item = String>) -> String {
    format!(r#"{{"operator":"or","operands":{}}}"#, list(items))
}

/// So many tests: side by side, all in one `or`, or in `or`s of so few that no list asks them.
fn filters(test: (&str, &str), nodes: usize, spread: usize) -> String {
    match spread {
        0 => list((0..nodes).map(|at| leaf(test, at))),
        1 => list(std::iter::once(one_of(
            (0..nodes - 1).map(|at| leaf(test, at)),
        ))),
        few => list(
            (0..nodes / (few + 1)).map(|or| one_of((0..few).map(|at| leaf(test, or * few + at)))),
        ),
    }
}

struct Asked<'a> {
    world: &'a World,
    analysis: AnalysisType,
    body: String,
}

impl Asked<'_> {
    fn query(&self) -> Query {
        let body = parse(self.body.as_bytes()).unwrap();
        let asked = wire::query(self.analysis, &body, &self.world.moment());
        asked
            .unwrap_or_else(|invalid| panic!("{invalid}: {}", self.body))
            .query
    }

    /// Checks every statement of it; false where it is refused.
    fn check(&self, also: Option<&Filter>) -> bool {
        let mut query = self.query();
        for selection in query.selections_mut() {
            if let Some(also) = also {
                selection.filter = also.clone().and(selection.filter.clone());
            }
        }
        let weight = |spelling| query.weight(spelling);
        let (each, listed) = (weight(Spelling::Each), weight(Spelling::Listed));
        let caller = Caller::Master(self.world.project.clone());
        let project = &self.world.project;
        match authorize::query(&caller, project, query, world::now()) {
            Ok(authorized) => {
                let weight = if authorized.spelling() == Spelling::Each {
                    each
                } else {
                    listed
                };
                self.fits(&authorized, weight);
                true
            }
            Err(denial) => {
                assert_eq!(denial, Denial::TooComplex);
                false
            }
        }
    }

    fn fits(&self, authorized: &AuthorizedQuery, weight: usize) {
        let matches = Matches::default();
        let source = Source {
            authorized,
            spelling: authorized.spelling(),
            matches: &matches,
            hidden: &[],
            layout: &self.world.layout,
        };
        for sql in statements(&source) {
            let sql = sql.cut_at(limits::ANSWER_BYTES_MAX);
            let text = &sql.text;
            let what = || {
                format!(
                    "{}: {}\n{}",
                    self.analysis.as_str(),
                    &self.body.chars().take(600).collect::<String>(),
                    &text.chars().take(300).collect::<String>()
                )
            };
            assert!(text.len() <= 100_000, "{} bytes: {}", text.len(), what());
            for parameter in &sql.parameters {
                assert!(parameter.len() <= 2_000_000, "{}", what());
            }
            let instructions = self.instructions(&sql, &what);
            assert!(
                instructions <= weight,
                "{instructions} instructions, {weight} expected at most: {}",
                what()
            );
        }
    }

    /// How many instructions the engine makes of a statement, under D1's limits.
    fn instructions(&self, sql: &Sql, what: &dyn Fn() -> String) -> usize {
        let database = self.world.database.borrow();
        let explain = database.prepare(&format!("EXPLAIN {}", sql.text));
        let mut explain = explain.unwrap_or_else(|error| panic!("{error}: {}", what()));
        let rows = explain.query_map(params_from_iter(&sql.parameters), |_| Ok(()));
        rows.unwrap().count()
    }
}

fn statements(source: &Source) -> Vec<Sql> {
    let query = source.authorized.query();
    let mut statements = match query {
        Query::Aggregate(aggregate) => aggregate::statements(source, aggregate)
            .into_iter()
            .map(|statement| statement.sql)
            .collect(),
        Query::Extraction(extraction) => vec![extraction::statement(source, extraction)],
        Query::Funnel(asked) => (0..asked.steps.len())
            .map(|step| funnel::actors(source, asked, step))
            .chain(std::iter::once(funnel::counts(source, asked)))
            .collect(),
    };
    for selection in query.selections() {
        for (property, _) in regex::patterns(&selection.filter) {
            statements.push(regex::candidates(source, selection, property, None));
        }
    }
    statements
}

const COUNT: &str = r#"{"event_collection":"c","timeframe":"this_7_days","filters":FILTERS}"#;

#[test]
fn all_filters_of_one_question_fit_however_they_stand_but_many_circles_under_many_ors() {
    let world = World::new(&[]);
    for test in TESTS {
        for spread in 0..4 {
            let body = COUNT.replace("FILTERS", &filters(test, limits::FILTER_NODES_MAX, spread));
            let asked = Asked {
                world: &world,
                analysis: AnalysisType::Count,
                body,
            };
            let answered = asked.check(None);
            let is_refused = test.0 == "within" && spread == 2;
            assert_eq!(answered, !is_refused, "{test:?} {spread}");
        }
    }
}

#[test]
fn a_key_as_wide_as_may_be_leaves_room_for_a_question_as_wide() {
    let world = World::new(&[]);
    for test in TESTS {
        let filter = filter_of(&filters(test, limits::FILTER_NODES_MAX, 0));
        let weight = filter.weight(Spelling::Listed);
        if weight > limits::STANDING_FILTER_INSTRUCTIONS_MAX {
            // Only what no list asks.
            assert!(test.0.starts_with("on "), "{test:?} {weight}");
            continue;
        }
        let body = COUNT.replace(
            "FILTERS",
            &filters(("ne", r#""w$""#), limits::FILTER_NODES_MAX, 0),
        );
        let asked = Asked {
            world: &world,
            analysis: AnalysisType::Count,
            body,
        };
        assert!(asked.check(Some(&filter)), "{test:?}");
    }
}

fn filter_of(text: &str) -> Filter {
    let value = parse(text.as_bytes()).unwrap();
    wire::filters(&Node::root(Area::Filter, &value)).unwrap()
}

#[test]
fn the_widest_questions_of_every_kind_fit() {
    let world = World::new(&[]);
    let ranges =
        |count: usize| list((0..count).map(|at| format!(r#"{{"from":{at},"to":{}}}"#, at + 1)));
    let groupings = [
        r#""g$""#.to_owned(),
        r#"{"property_name":"g$","buckets":{"size":0.1,"offset":0.7}}"#.to_owned(),
        format!(r#"{{"property_name":"g$","ranges":{}}}"#, ranges(10)),
        format!(r#"{{"property_name":"g$","ranges":{}}}"#, ranges(100)),
    ];
    let targets = |analysis: &str| match analysis {
        "count" => String::new(),
        "percentile" => r#","target_property":"t","percentile":99"#.to_owned(),
        _ => r#","target_property":"t""#.to_owned(),
    };
    let long = r#""timeframe":"this_20_years","interval":"daily","timezone":"Europe/Paris""#;
    for grouping in &groupings {
        let group_by = list(
            (0..limits::GROUP_BY_PROPERTIES_MAX).map(|at| grouping.replace('$', &at.to_string())),
        );
        for analysis in AnalysisType::ALL {
            let name = analysis.as_str();
            let more = match analysis {
                AnalysisType::Extraction | AnalysisType::Funnel => continue,
                AnalysisType::MultiAnalysis => {
                    let kinds = ["count_unique", "sum", "minimum", "average", "median"];
                    let label = |at: usize| {
                        let kind = kinds[at % kinds.len()];
                        format!(
                            r#""label{at}":{{"analysis_type":"{kind}","target_property":"t{at}"}}"#
                        )
                    };
                    let labels: Vec<String> = (0..limits::ANALYSES_MAX).map(label).collect();
                    format!(r#","analyses":{{{}}}"#, labels.join(","))
                }
                _ => targets(name),
            };
            let body = format!(r#"{{"event_collection":"c",{long},"group_by":{group_by}{more}}}"#)
                .replace("this_20_years", "this_8000_days");
            assert!(
                Asked {
                    world: &world,
                    analysis,
                    body: body.clone()
                }
                .check(None),
                "{name} {body}"
            );
        }
    }
}

#[test]
fn the_longest_funnels_fit_in_any_order_and_in_order() {
    let world = World::new(&[]);
    let ways = [
        "",
        r#","timeframe":"this_100_days","interval":"daily","timezone":"Europe/Paris""#,
        r#","ordered":true"#,
        r#","ordered":true,"within":"P7D""#,
        r#","ordered":true,"within":"P7D","timeframe":"this_24_months","interval":"monthly""#,
    ];
    let deep = [
        "[]".to_owned(),
        filters(("eq", r#""v$""#), 5, 0),
        filters(TESTS[11], 1, 0),
        // As deep as conditions come: circles under an AND of many and an OR of many.
        list((0..11).map(|at| one_of((0..2).map(|or| leaf(TESTS[11], at * 2 + or))))),
        filters(("in", r#"["v$"]"#), limits::FILTER_NODES_MAX, 1),
    ];
    for way in ways {
        let is_ordered = way.contains("ordered");
        let count = if is_ordered {
            limits::ORDERED_FUNNEL_STEPS_MAX
        } else {
            limits::FUNNEL_STEPS_MAX
        };
        let own = if way.contains("timeframe") {
            ""
        } else {
            r#","timeframe":"this_14_days""#
        };
        for with in ["", r#","optional":true"#] {
            for filters in &deep {
                // The heaviest filter in the first step only, which stands deepest.
                let step = |at: usize| {
                    let with = if at == 0 { "" } else { with };
                    let filters = if at == 0 || filters.len() < 500 {
                        filters
                    } else {
                        "[]"
                    };
                    format!(
                        r#"{{"event_collection":"c{at}","actor_property":"a{at}.id"{own}{with},"filters":{filters}}}"#
                    )
                };
                let body = format!(r#"{{"steps":{}{way}}}"#, list((0..count).map(step)));
                let asked = Asked {
                    world: &world,
                    analysis: AnalysisType::Funnel,
                    body,
                };
                assert!(asked.check(None), "{way} {with} {filters}");
            }
        }
    }
}

#[test]
fn long_lists_and_long_values_fit_or_are_refused() {
    let world = World::new(&[]);
    let values = |count: usize, length: usize| {
        let value = |at: usize| format!(r#""{at}{}""#, "\u{e9}".repeat(length));
        format!(
            r#"[{{"property_name":"customer.id","operator":"in","property_value":{}}}]"#,
            list((0..count).map(value))
        )
    };
    for (count, length, fits) in [
        (10_000, 5, true),
        (10_000, 10, true),
        (100, 1_000, true),
        (10_000, 900, false),
    ] {
        let body = COUNT.replace("FILTERS", &values(count, length));
        let asked = Asked {
            world: &world,
            analysis: AnalysisType::Count,
            body,
        };
        assert_eq!(asked.check(None), fits, "{count} of {length}");
    }
}

#[test]
fn generated_questions_with_wide_filters_fit_or_are_refused() {
    let world = World::new(&[]);
    let (refused, answered) = (Cell::new(0_u32), Cell::new(0_u32));
    let kind = || select(&TESTS[..]);
    let node =
        (kind(), 1_usize..12).prop_map(|(test, count)| list((0..count).map(|at| leaf(test, at))));
    let tree = node.prop_recursive(4, 60, 6, |inner| {
        prop::collection::vec(inner, 1..6).prop_map(|lists| {
            let or = |list: &String| format!(r#"{{"operator":"or","operands":{list}}}"#);
            list(lists.iter().map(or))
        })
    });
    let case = (tree.clone(), tree, generate::questions(1));
    let (seed, mut runner) = trial::runner(2_000, 5_000);
    let outcome = runner.run(&case, |(own, key, questions)| {
        let question = &questions[0];
        let Some(analysis) = AnalysisType::parse(question.analysis) else {
            return Ok(());
        };
        let body = with_filters(&question.body, &own);
        let is_read = |body: &Value| wire::query(analysis, body, &world.moment()).is_ok();
        let value = Value::List(Vec::new());
        let key = parse(key.as_bytes()).unwrap_or(value);
        let Ok(key) = wire::filters(&Node::root(Area::Filter, &key)) else {
            return Ok(());
        };
        if key.weight(Spelling::Listed) > limits::STANDING_FILTER_INSTRUCTIONS_MAX
            || !is_read(&body)
        {
            return Ok(());
        }
        let asked = Asked {
            world: &world,
            analysis,
            body: body.to_string(),
        };
        let count = if asked.check(Some(&key)) {
            &answered
        } else {
            &refused
        };
        count.set(count.get() + 1);
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("KEYHOLE_SEED={seed}: {failure}");
    }
    trial::say(&format!(
        "{} answered, {} refused",
        answered.get(),
        refused.get()
    ));
    // What is refused too easily fits too easily. Few are wide enough to be refused: those above are.
    assert!(
        answered.get() > 500,
        "{} answered, {} refused",
        answered.get(),
        refused.get()
    );
}

/// The same question with other filters in every place for them.
fn with_filters(body: &Value, filters: &str) -> Value {
    let filters = parse(filters.as_bytes()).unwrap();
    let Value::Object(properties) = body else {
        return body.clone();
    };
    let replaced = properties.iter().map(|(name, value)| {
        let value = match (name.as_str(), value) {
            ("filters", _) => filters.clone(),
            ("steps", Value::List(steps)) => Value::List(
                steps
                    .iter()
                    .map(|step| with_filters(step, &filters.to_string()))
                    .collect(),
            ),
            _ => value.clone(),
        };
        (name.clone(), value)
    });
    Value::Object(replaced.collect())
}

#[test]
fn a_test_of_a_property_that_is_no_list_item_is_never_listed() {
    let many: Vec<Filter> = (0..9)
        .map(|_| Filter::Test(Property::Id, Test::Exists(true)))
        .collect();
    assert!(Filter::siblings(&many).listed.is_empty());
}
