//! Do a project's events lie where they are looked for, once its scope property was changed?
//!
//! On the engine that D1 is, where what two requests do at once can be put in any order.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test ends at what it did not expect"
)]

use keyhole_policy::authorize::{AuthorizedEvent, AuthorizedProjects, manage_projects, recorder};
use keyhole_policy::key::Caller;
use keyhole_policy::name::{CollectionName, OrganizationId, ProjectId, PropertyPath};
use keyhole_policy::time::Instant;
use keyhole_policy::value::{Value, parse};
use keyhole_policy::wire::batch;
use keyhole_worker::sql::layout::{CHANGED, Layout, must_be};
use keyhole_worker::sql::relayout::{self, Left};
use keyhole_worker::sql::scope::moved_scope_of;
use keyhole_worker::sql::{Sql, events, projects};
use rusqlite::{Connection, params_from_iter};

const MIGRATIONS: [&str; 6] = [
    include_str!("../migrations/0001_foundation.sql"),
    include_str!("../migrations/0002_access_keys.sql"),
    include_str!("../migrations/0003_saved_queries.sql"),
    include_str!("../migrations/0004_schema.sql"),
    include_str!("../migrations/0005_deletion.sql"),
    include_str!("../migrations/0006_projects.sql"),
];

/// Values that lie each in their own way, as JSON; the first is none.
const VALUES: &[&str] = &[
    "",
    "null",
    "true",
    "false",
    "0",
    "-1.5",
    "1e21",
    "1e-7",
    "9007199254740992",
    "\"\"",
    "\"1\"",
    "\"a'b\\\"c\\\\d\\n\\u0001\\u007f\\u2028ż😀\"",
    "[]",
    "[\"a\"]",
    "{}",
    "{\"id\":1}",
];

struct Place {
    database: Connection,
    project: ProjectId,
    permit: AuthorizedProjects,
}

fn path(text: &str) -> PropertyPath {
    PropertyPath::parse(text).unwrap()
}

fn layout(scope_property: &str, earlier: &[&str], is_changing: bool) -> Layout {
    Layout {
        earlier: earlier.iter().map(|text| path(text)).collect(),
        is_changing,
        ..Layout::plain(path(scope_property))
    }
}

impl Place {
    fn new() -> Place {
        let database = Connection::open_in_memory().unwrap();
        for migration in MIGRATIONS {
            database.execute_batch(migration).unwrap();
        }
        let project = ProjectId::from_random([1; 12]);
        let organization = OrganizationId::from_random([2; 12]);
        let caller = Caller::Organization(organization.clone());
        let permit = manage_projects(&caller, &organization).unwrap();
        let kept = [
            format!("INSERT INTO organization VALUES ('{organization}', 'o', 0)"),
            format!(
                "INSERT INTO project (id, organization, name, scope_property, created_at) \
                 VALUES ('{project}', '{organization}', 'p', 'a', 0)"
            ),
        ];
        database.execute_batch(&kept.join(";")).unwrap();
        Place {
            database,
            project,
            permit,
        }
    }

    /// Runs statements as one transaction; what the last of them answers.
    fn run(&self, statements: &[Sql]) -> Result<Vec<Value>, String> {
        self.database.execute_batch("BEGIN").unwrap();
        let mut rows = Vec::new();
        for sql in statements {
            match self.run_one(sql) {
                Ok(answered) => rows = answered,
                Err(problem) => {
                    self.database.execute_batch("ROLLBACK").unwrap();
                    return Err(problem);
                }
            }
        }
        self.database.execute_batch("COMMIT").unwrap();
        Ok(rows)
    }

    fn run_one(&self, sql: &Sql) -> Result<Vec<Value>, String> {
        let said = |error: rusqlite::Error| error.to_string();
        let mut statement = self.database.prepare(&sql.text).map_err(said)?;
        let parameters = params_from_iter(&sql.parameters);
        if statement.column_count() == 0 {
            statement.execute(parameters).map_err(said)?;
            return Ok(Vec::new());
        }
        let texts = statement.query_map(parameters, |row| row.get::<_, String>(0));
        let texts: Result<Vec<String>, _> = texts.map_err(said)?.collect();
        let texts = texts.map_err(said)?;
        Ok(texts
            .iter()
            .map(|text| parse(text.as_bytes()).unwrap())
            .collect())
    }

    fn record(&self, layout: &Layout, bodies: &[String]) -> Result<(), String> {
        let caller = Caller::Master(self.project.clone());
        let recorder = recorder(&caller, &self.project, Instant::MIN).unwrap();
        let admit = |body: &String| -> AuthorizedEvent {
            let sent = batch::one(parse(body.as_bytes()).unwrap()).unwrap();
            recorder
                .admit(CollectionName::parse("c").unwrap(), sent)
                .unwrap()
        };
        let admitted: Vec<AuthorizedEvent> = bodies.iter().map(admit).collect();
        let mut statements = vec![must_be(&self.project, layout)];
        statements.extend(events::statements(
            &self.project,
            layout,
            &admitted,
            [7; 32],
        ));
        self.run(&statements).map(|_| ())
    }

    /// Gives the project the scope property `b` in place of `a`.
    fn change(&self) {
        let statements = projects::change_scope_property(
            &self.permit,
            &self.project,
            &path("b"),
            &path("a"),
            &[],
        );
        self.run(&statements).unwrap();
    }

    fn left(&self) -> Option<Left> {
        let rows = self.run(&[relayout::of_project(&self.project)]).unwrap();
        let Value::List(row) = rows.first()? else {
            panic!("{rows:?}")
        };
        let whole = |value: &Value| value.as_number().unwrap().whole().unwrap();
        let Value::List(collections) = &row[2] else {
            panic!("{row:?}")
        };
        let after = match &row[3] {
            Value::Null => None,
            kept => Some(keyhole_worker::sweep::after(kept).unwrap()),
        };
        Some(Left {
            collections: collections.iter().map(whole).collect(),
            after,
            round: whole(&row[4]),
        })
    }

    fn step(&self, left: &Left, size: usize) {
        self.run(&relayout::step(&self.project, &path("b"), left, size))
            .unwrap();
    }

    /// The events' scopes and bodies.
    fn events(&self) -> Vec<(String, Value)> {
        let sql = Sql::new(
            "SELECT json_array(scope, json(body)) FROM event_with_body ORDER BY id",
            Vec::new(),
        );
        let rows = self.run(&[sql]).unwrap().into_iter();
        rows.map(|row| match row {
            Value::List(row) => (row[0].as_text().unwrap().to_owned(), row[1].clone()),
            other => panic!("{other}"),
        })
        .collect()
    }
}

fn bodies() -> Vec<String> {
    let long = format!("\"{}\"", "x".repeat(200));
    // 128 bytes, quotes counted, are the most that stand in the index; the second has them in fewer characters.
    let edges = [126, 127].map(|length| format!("\"{}\"", "y".repeat(length)));
    let wide = [63, 64].map(|length| format!("\"{}\"", "ż".repeat(length)));
    let all = VALUES.iter().map(|value| (*value).to_owned());
    let all: Vec<String> = all.chain([long]).chain(edges).chain(wide).collect();
    let event = |(at, value): (usize, &String)| {
        let b = if value.is_empty() {
            String::new()
        } else {
            format!(r#","b":{value}"#)
        };
        format!(
            r#"{{"a":{},"n":{at}{b},"filler":"{}"}}"#,
            at % 3,
            "z".repeat(at % 2 * 1_000)
        )
    };
    all.iter().enumerate().map(event).collect()
}

#[test]
fn every_event_lies_where_it_is_looked_for_whatever_the_size_of_a_step() {
    for size in [1, 2, 7, 1_000] {
        let place = Place::new();
        place.record(&layout("a", &[], false), &bodies()).unwrap();
        let before: Vec<Value> = place.events().into_iter().map(|(_, body)| body).collect();
        place.change();
        let mut steps = 0;
        while let Some(left) = place.left() {
            place.step(&left, size);
            steps += 1;
            assert!(steps < 100, "it does not end");
            let after: Vec<Value> = place.events().into_iter().map(|(_, body)| body).collect();
            assert_eq!(after, before, "after step {steps} of {size}");
        }
        assert!(steps >= bodies().len().div_ceil(size));
        for (scope, body) in place.events() {
            assert_eq!(scope, moved_scope_of(body.at(&path("b"))), "{body}");
        }
    }
}

#[test]
fn a_step_that_another_has_done_does_nothing() {
    let place = Place::new();
    place.record(&layout("a", &[], false), &bodies()).unwrap();
    place.change();
    let first = place.left().unwrap();
    place.step(&first, 5);
    let (second, events) = (place.left().unwrap(), place.events());
    place.step(&first, 5);
    assert_eq!(
        (place.left().unwrap(), place.events()),
        (second.clone(), events)
    );
    place.step(&second, 1_000);
    assert_eq!(place.left(), None);
    place.step(&second, 5);
}

#[test]
fn nothing_moves_while_a_deletion_looks_for_what_it_hides() {
    let place = Place::new();
    place.record(&layout("a", &[], false), &bodies()).unwrap();
    place.change();
    let hiding = format!(
        "INSERT INTO deletion (id, project, at, hides, what, collections) VALUES ('d', '{}', 0, 1, '{{}}', '[]')",
        place.project
    );
    place.database.execute_batch(&hiding).unwrap();
    let (left, events) = (place.left().unwrap(), place.events());
    place.step(&left, 5);
    assert_eq!(
        (place.left().unwrap(), place.events()),
        (left.clone(), events.clone())
    );
    place
        .database
        .execute_batch("UPDATE deletion SET hides = 0")
        .unwrap();
    place.step(&left, 5);
    assert_ne!(place.events(), events);
}

#[test]
fn of_a_collection_that_was_deleted_meanwhile_nothing_moves() {
    let place = Place::new();
    place.record(&layout("a", &[], false), &bodies()).unwrap();
    place.change();
    place.step(&place.left().unwrap(), 5);
    place
        .database
        .execute_batch("DELETE FROM collection")
        .unwrap();
    let events = place.events();
    place.step(&place.left().unwrap(), 5);
    assert_eq!((place.left(), place.events()), (None, events));
}

#[test]
fn what_is_written_for_another_layout_is_not_run() {
    let place = Place::new();
    let (old, changing) = (layout("a", &[], false), layout("b", &["a"], true));
    let (new, unchanged) = (layout("b", &["a"], false), layout("b", &[], false));
    let attempt = |layout: &Layout| {
        let before = place.events();
        let outcome = place.record(layout, &[r#"{"a":1,"b":2}"#.to_owned()]);
        if let Err(problem) = &outcome {
            assert!(problem.contains(CHANGED), "{problem}");
            assert_eq!(place.events(), before);
        }
        outcome.is_ok()
    };
    assert_eq!([&old, &changing, &new].map(attempt), [true, false, false]);
    place.change();
    assert_eq!([&old, &changing, &new].map(attempt), [false, true, false]);
    while let Some(left) = place.left() {
        place.step(&left, 10);
    }
    assert_eq!(
        [&old, &changing, &new, &unchanged].map(attempt),
        [false, false, true, true]
    );
}
