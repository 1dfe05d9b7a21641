//! Where are a test's events? In SQLite through our own statements, and in a list for `evaluate`.

use crate::generate::Sent;
use keyhole_policy::authorize::{AuthorizedQuery, recorder};
use keyhole_policy::event::Event;
use keyhole_policy::key::Caller;
use keyhole_policy::limits::ANSWER_BYTES_MAX;
use keyhole_policy::name::{CollectionName, ProjectId, PropertyPath};
use keyhole_policy::time::{BundledZones, Instant};
use keyhole_policy::value::{Value, parse};
use keyhole_policy::wire::{Moment, batch};
use keyhole_worker::sql::layout::Layout;
use keyhole_worker::sql::scope::moved_scope;
use keyhole_worker::sql::{Constants, Sql};
use keyhole_worker::store::Rows;
use rusqlite::limits::Limit;
use rusqlite::{Connection, params_from_iter};
use std::cell::RefCell;

/// Some events, stored.
pub struct World {
    /// The same engine as D1.
    pub database: RefCell<Connection>,
    /// As they were stored, by collection.
    pub events: Vec<(String, Vec<Event>)>,
    /// Their project.
    pub project: ProjectId,
    /// How they lie.
    pub layout: Layout,
    /// The time-zone database.
    pub zones: BundledZones,
}

/// When everything happens.
pub fn now() -> Instant {
    Instant::parse("2026-03-31T12:00:00Z").unwrap()
}

/// What D1 grants one statement.
const D1_LIMITS: [(Limit, i32); 7] = [
    (Limit::SQLITE_LIMIT_LENGTH, 2_000_000),
    (Limit::SQLITE_LIMIT_SQL_LENGTH, 100_000),
    (Limit::SQLITE_LIMIT_VARIABLE_NUMBER, 100),
    (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 5),
    (Limit::SQLITE_LIMIT_EXPR_DEPTH, 100),
    (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 50),
    (Limit::SQLITE_LIMIT_VDBE_OP, 25_000),
];

impl World {
    /// Stores events.
    pub fn new(sent: &[Sent]) -> World {
        let database = Connection::open_in_memory().unwrap();
        database.pragma_update(None, "foreign_keys", false).unwrap();
        for (limit, value) in D1_LIMITS {
            database.set_limit(limit, value).unwrap();
        }
        for migration in [
            include_str!("../../migrations/0001_foundation.sql"),
            include_str!("../../migrations/0003_saved_queries.sql"),
            include_str!("../../migrations/0005_deletion.sql"),
            include_str!("../../migrations/0006_projects.sql"),
            include_str!("../../migrations/0007_datasets.sql"),
        ] {
            database.execute_batch(migration).unwrap();
        }
        let world = World {
            database: RefCell::new(database),
            events: Vec::new(),
            project: ProjectId::parse("0123456789abcdef01234567").unwrap(),
            layout: Layout::plain(PropertyPath::parse("customer.id").unwrap()),
            zones: BundledZones::new(),
        };
        world.store(sent, [7; 32]);
        let events = world.stored();
        let layout = match sent.len() % 3 {
            0 => world.layout.clone(),
            1 => world.laid_out_anew("a"),
            _ => world.laid_out_anew("customer.id"),
        };
        World {
            events,
            layout,
            ..world
        }
    }

    /// The same world with more events.
    pub fn and(self, sent: &[Sent]) -> World {
        self.store(sent, [8; 32]);
        let events = self.stored();
        World { events, ..self }
    }

    fn store(&self, sent: &[Sent], chance: [u8; 32]) {
        let caller = Caller::Master(self.project.clone());
        let recorder = recorder(&caller, &self.project, now()).unwrap();
        let admitted: Vec<_> = sent
            .iter()
            .map(|Sent { collection, event }| {
                let collection = CollectionName::parse(collection).unwrap();
                recorder
                    .admit(collection, batch::one(event.clone()).unwrap())
                    .unwrap()
            })
            .collect();
        let statements =
            keyhole_worker::sql::events::statements(&self.project, &self.layout, &admitted, chance);
        for sql in &statements {
            self.execute(sql);
        }
    }

    /// Some worlds had another scope property once: their events were moved to where they lie.
    fn laid_out_anew(&self, scope_property: &str) -> Layout {
        let path = PropertyPath::parse(scope_property).unwrap();
        let mut constants = Constants::default();
        let belongs = moved_scope(&path, &mut constants);
        let sql = constants.into_sql(format!(
            "UPDATE event SET scope = m.belongs FROM (SELECT e.c AS c, e.id AS id, {belongs} AS belongs \
             FROM event_with_body e) m WHERE event.c = m.c AND event.id = m.id"
        ));
        self.database
            .borrow()
            .execute(&sql.text, params_from_iter(&sql.parameters))
            .unwrap();
        Layout::plain(path)
    }

    /// Runs a statement that changes rows, and says how many.
    pub fn execute(&self, sql: &Sql) -> usize {
        let database = self.database.borrow();
        let executed = database.execute(&sql.text, params_from_iter(&sql.parameters));
        executed.unwrap_or_else(|error| panic!("{error}: {}", sql.text))
    }

    /// The ids are made by the statements, so the list is read back; what it holds is compared with what was sent
    /// by the other tests.
    fn stored(&self) -> Vec<(String, Vec<Event>)> {
        let mut events: Vec<(String, Vec<Event>)> = Vec::new();
        let rows = self.rows(&Sql::new(
            "SELECT json_array(c.name, json_array(e.ts, e.created_at, e.id, json(e.body))) AS row \
             FROM event_with_body e JOIN collection c ON c.c = e.c",
            Vec::new(),
        ));
        for row in rows.rows {
            let Value::List(items) = row else {
                panic!("{row}")
            };
            let name = items[0].as_text().unwrap().to_owned();
            let event = keyhole_worker::answer::event(&items[1]).unwrap();
            match events.iter_mut().find(|(other, _)| *other == name) {
                Some((_, list)) => list.push(event),
                None => events.push((name, vec![event])),
            }
        }
        events
    }

    /// Runs a statement as D1 would: rows of one text column, each a JSON list; as many bytes as an answer may be of.
    pub fn rows(&self, sql: &Sql) -> Rows {
        let sql = sql.clone().cut_at(ANSWER_BYTES_MAX);
        let database = self.database.borrow();
        let mut statement = database
            .prepare(&sql.text)
            .unwrap_or_else(|error| panic!("{error}: {}", sql.text));
        let texts = statement.query_map(params_from_iter(&sql.parameters), |row| {
            row.get::<_, String>(0)
        });
        let rows = texts
            .unwrap()
            .map(|text| {
                let text = text.unwrap_or_else(|error| panic!("{error}: {}", sql.text));
                parse(text.as_bytes()).unwrap_or_else(|problem| panic!("{problem:?}: {text}"))
            })
            .collect();
        Rows {
            rows,
            ..Rows::default()
        }
    }

    /// Of how many instructions of SQLite's machine a statement consists.
    pub fn instructions(&self, sql: &Sql) -> usize {
        let database = self.database.borrow();
        let text = format!("EXPLAIN {}", sql.text);
        let mut statement = database.prepare(&text).unwrap();
        let rows = statement.query_map(params_from_iter(&sql.parameters), |_| Ok(()));
        rows.unwrap().count()
    }

    /// How SQLite would run a statement: the lines of `EXPLAIN QUERY PLAN`.
    pub fn details(&self, explained: &Sql) -> Vec<String> {
        let database = self.database.borrow();
        let mut statement = database.prepare(&explained.text).unwrap();
        let details =
            statement.query_map(params_from_iter(&explained.parameters), |row| row.get(3));
        details.unwrap().map(Result::unwrap).collect()
    }

    /// The events of a collection.
    pub fn events_of(&self, collection: &str) -> &[Event] {
        self.events
            .iter()
            .find(|(name, _)| name == collection)
            .map_or(&[], |(_, events)| events)
    }

    /// What requests are read against.
    pub fn moment(&self) -> Moment<'_> {
        Moment {
            now: now(),
            zones: &self.zones,
        }
    }

    /// A permit for everything in the project.
    pub fn permit(&self, query: keyhole_policy::query::Query) -> AuthorizedQuery {
        let caller = Caller::Master(self.project.clone());
        keyhole_policy::authorize::query(&caller, &self.project, query, now()).unwrap()
    }
}
