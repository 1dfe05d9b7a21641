//! Which statements change events that were recorded? Steps, each of a bounded number of events, that change what
//! fits at that moment: done twice they change nothing more.

use super::audit::Actor;
use super::audited_changes::updated;
use super::datasets;
use super::deletion::{After, reach};
use super::events::CLUSTERED_BODY_BYTES_MAX;
use super::filter::condition;
use super::layout::{Layout, must_be};
use super::property::json_path;
use super::regex::Matches;
use super::schema::{self, Seen};
use super::scope::scopes_of;
use super::{Constants, Sql};
use keyhole_policy::authorize::AuthorizedUpdate;
use keyhole_policy::filter::Spelling;
use keyhole_policy::limits::{EVENT_BYTES_MAX, UPDATE_EVENTS_MAX};
use keyhole_policy::shape::shape;
use keyhole_policy::time::Span;
use keyhole_policy::update::PropertyChange;
use keyhole_policy::value::Value;

/// Events that one step changes.
pub const EVENTS_IN_A_STEP: usize = 2_000;

/// What the store says when a deletion is being carried out: an update would change what it finds.
pub const DELETING: &str = "keyhole: a deletion is being carried out";

/// An authorized update, and where its events lie.
pub struct Source<'a> {
    /// The permit.
    pub authorized: &'a AuthorizedUpdate,
    /// Its collection.
    pub c: i64,
    /// How the project's events lie.
    pub layout: &'a Layout,
    /// Which strings each `regex` matches.
    pub matches: &'a Matches,
}

/// Which of the events that fit: those after one place, up to another.
#[derive(Clone, Copy, Default)]
pub struct Part<'a> {
    /// Past this one.
    pub after: Option<&'a After>,
    /// Up to this one, it included.
    pub upto: Option<&'a After>,
}

/// Rows `[c]`: the collection, if it is there.
pub fn collection(permit: &AuthorizedUpdate) -> Sql {
    Sql::keyed(
        "SELECT json_array(c) AS row FROM collection WHERE project = ?1->>'project' AND name = ?1->>'name'",
        [
            ("project", Value::text(permit.project().as_str())),
            ("name", Value::text(permit.update().collection.as_str())),
        ],
    )
}

/// A row `[events that fit, those that would be too large, [events that get each change]]`; of more than may be
/// changed it counts one.
pub fn count(source: &Source) -> Sql {
    let mut constants = Constants::default();
    let fitting = source.fitting(Part::default(), &mut constants);
    let changes = &source.authorized.update().changes;
    let added: usize = changes
        .iter()
        .map(|change| change.alone().to_string().len())
        .sum();
    let room = EVENT_BYTES_MAX.saturating_sub(added);
    let (columns, counts): (Vec<String>, Vec<String>) = changes
        .iter()
        .enumerate()
        .map(|(at, change)| {
            let gets = gets(change, "e.body", &mut constants);
            (format!(", ({gets}) AS g{at}"), format!("total(g{at})"))
        })
        .unzip();
    constants.into_sql(format!(
        "SELECT json_array(count(*), total(length(CAST(json(body) AS BLOB)) > {room}), json_array({})) AS row FROM \
         (SELECT e.body{} FROM event_with_body e WHERE {fitting} LIMIT {})",
        counts.join(", "),
        columns.concat(),
        UPDATE_EVENTS_MAX + 1,
    ))
}

/// Rows `[[wk, scope, ts, id]]`: the last event of a step that begins there; none where it is the last step.
pub fn stop(source: &Source, after: Option<&After>) -> Sql {
    let mut constants = Constants::default();
    let fitting = source.fitting(Part { after, upto: None }, &mut constants);
    constants.into_sql(format!(
        "SELECT json_array(json_array(e.wk, e.scope, e.ts, e.id)) AS row FROM event_with_body e WHERE {fitting} \
         ORDER BY e.wk, e.scope, e.ts, e.id LIMIT 1 OFFSET {}",
        EVENTS_IN_A_STEP - 1
    ))
}

/// What a step is begun with: only in a project that lies so, and while nothing is being deleted. The first says so
/// in the audit too, and tells the schema what events are about to get.
pub fn begin(source: &Source, seen: &[Seen], sent: &Value, by: &Actor) -> Vec<Sql> {
    let permit = source.authorized;
    let mut statements = vec![updated(permit, sent, by)];
    statements.extend(schema::keep(permit.project(), seen, permit.at()));
    statements
}

/// What the schema is told of the changes that some events get.
pub fn seen(permit: &AuthorizedUpdate, are_got: &[bool]) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (change, is_got) in permit.update().changes.iter().zip(are_got) {
        if *is_got {
            shape(&change.alone(), &mut |path, kind| {
                seen.push(Seen {
                    collection: permit.update().collection.to_string(),
                    path: path.to_owned(),
                    kind: kind.as_str(),
                });
            });
        }
    }
    seen
}

/// One step: `before`, then the changes of one part, in one transaction.
pub fn step(source: &Source, part: Part, before: Vec<Sql>) -> Vec<Sql> {
    let project = source.authorized.project();
    let mut statements = vec![
        must_be(project, source.layout),
        must_not_be_deleting(source),
    ];
    statements.extend(before);
    statements.push(Sql::keyed(
        "UPDATE project SET epoch = epoch + 1 WHERE id = ?1->>'project'",
        [("project", Value::text(project.as_str()))],
    ));
    let (permit, update) = (source.authorized, source.authorized.update());
    let span = update.span.unwrap_or(Span::ALL);
    statements.extend(datasets::changed(
        project,
        &update.collection,
        span,
        permit.at(),
    ));
    statements.extend(source.was_scope().then(|| keep_ids(source, part)));
    statements.extend(changes(source, part));
    statements
}

/// Keeps the ids of events about to change in what was the scope property once: were it that again, they would lie under
/// what they are changed to, and the same events sent again would not be found.
fn keep_ids(source: &Source, part: Part) -> Sql {
    let mut constants = Constants::default();
    let fitting = source.fitting(part, &mut constants);
    constants.into_sql(format!(
        "INSERT OR IGNORE INTO event_token (c, id, created_at) \
         SELECT e.c, e.id, e.created_at FROM event_with_body e WHERE {fitting}"
    ))
}

/// How many of the last statements of a step change events: what they change, together, is how many were.
pub const CHANGING_STATEMENTS: [usize; 2] = [2, 0];

/// Large bodies where they lie; small ones that become large go there; the others stay. Each finds its events by what
/// they were before the step: none of the statements changes what a later one looks at.
fn changes(source: &Source, part: Part) -> [Sql; 3] {
    let built = |build: &dyn Fn(&str, &mut Constants) -> String| {
        let mut constants = Constants::default();
        let fitting = source.fitting(part, &mut constants);
        let text = build(&fitting, &mut constants);
        constants.into_sql(text)
    };
    let list = &source.authorized.update().changes;
    let keys = "(c, wk, scope, ts, id) IN (SELECT e.c, e.wk, e.scope, e.ts, e.id FROM event_with_body e WHERE";
    let is_large =
        |body: &str| format!("length(CAST(json({body}) AS BLOB)) > {CLUSTERED_BODY_BYTES_MAX}");
    [
        built(&|fitting, constants| {
            let body = changed(list, "body", constants);
            format!(
                "UPDATE event_body SET body = {body} WHERE (c, id) IN \
                 (SELECT e.c, e.id FROM event_with_body e WHERE {fitting})"
            )
        }),
        built(&|fitting, constants| {
            let body = changed(list, "body", constants);
            let is_large = is_large(&body);
            format!(
                "INSERT OR REPLACE INTO event_body (c, id, body) SELECT c, id, {body} FROM event \
                 WHERE {keys} {fitting}) AND body IS NOT NULL AND {is_large}"
            )
        }),
        built(&|fitting, constants| {
            let body = changed(list, "body", constants);
            let is_large = is_large(&body);
            format!(
                "UPDATE event SET body = CASE WHEN {is_large} THEN NULL ELSE {body} END \
                 WHERE {keys} {fitting}) AND body IS NOT NULL"
            )
        }),
    ]
}

fn changed(changes: &[PropertyChange], body: &str, constants: &mut Constants) -> String {
    changes.iter().fold(body.to_owned(), |body, change| {
        let word = if change.upsert {
            "jsonb_set"
        } else {
            "jsonb_replace"
        };
        let path = constants.bind(Value::Text(json_path(&change.path)));
        let value = constants.bind(Value::Text(change.value.to_string()));
        format!("{word}({body},{path},jsonb({value}))")
    })
}

/// Does a body get this change? Without `upsert_property` it must have the property; with it nothing may stand in its
/// way, as a number does where an object is needed.
fn gets(change: &PropertyChange, body: &str, constants: &mut Constants) -> String {
    let path = constants.bind(Value::Text(json_path(&change.path)));
    let body = if change.upsert {
        format!("jsonb_set({body},{path},jsonb('0'))")
    } else {
        body.to_owned()
    };
    format!("json_type({body},{path}) IS NOT NULL")
}

/// Fails, and the step with it, while a deletion is being carried out.
fn must_not_be_deleting(source: &Source) -> Sql {
    Sql::keyed(
        format!(
            "SELECT json_array(CASE WHEN EXISTS (SELECT 1 FROM deletion d WHERE d.project = p.id AND d.hides) \
             THEN json_extract('{{}}', '{DELETING}' || substr(p.id, 1, 0)) ELSE 1 END) AS row \
             FROM project p WHERE p.id = ?1->>'project'"
        ),
        [("project", Value::text(source.authorized.project().as_str()))],
    )
}

impl Source<'_> {
    /// Is something changed of a property that was the scope property before?
    fn was_scope(&self) -> bool {
        let mut changes = self.authorized.update().changes.iter();
        changes.any(|change| {
            let mut earlier = self.layout.earlier.iter();
            earlier.any(|path| path.is_within(&change.path) || change.path.is_within(path))
        })
    }

    /// The condition of the events `e` of a part that are seen, fit and get something.
    fn fitting(&self, part: Part, constants: &mut Constants) -> String {
        let update = self.authorized.update();
        let span = self
            .layout
            .seen(update.span.unwrap_or(keyhole_policy::time::Span::ALL));
        let narrow_by = self.layout.narrows_by();
        let scopes = narrow_by.and_then(|path| scopes_of(&update.filter, path));
        let mut conditions = vec![reach(self.c, Some(span), scopes, part.after, constants)];
        if let Some(upto) = part.upto {
            let scope = constants.bind(Value::text(upto.scope.as_str()));
            let id = constants.bind(Value::text(upto.id.as_str()));
            conditions.push(format!(
                "(+e.wk, +e.scope, +e.ts, +e.id) <= ({}, {scope}, {}, {id})",
                upto.week, upto.ts
            ));
            conditions.push(format!("e.wk <= {}", upto.week));
        }
        conditions.push(format!(
            "e.created_at <= {}",
            self.authorized.at().milliseconds()
        ));
        conditions.push(condition(
            &update.filter,
            Spelling::Listed,
            self.matches,
            constants,
        ));
        let gets: Vec<String> = update
            .changes
            .iter()
            .map(|change| gets(change, "e.body", constants))
            .collect();
        conditions.push(format!("({})", gets.join(" OR ")));
        conditions.join(" AND ")
    }
}
