//! What do deletions that are still being carried out hide? What a 204 acknowledged is not seen again, swept or not.

use super::chunks::chunks;
use super::filter::condition;
use super::property::json_path;
use super::regex::Matches;
use super::{Constants, Sql, whole};
use keyhole_policy::filter::{Filter, Spelling};
use keyhole_policy::name::{ProjectId, PropertyPath};
use keyhole_policy::time::{Instant, Span};
use keyhole_policy::value::Value;

/// A column of any statement about `project p`: what reads of its events must leave out, as a list of
/// `[id, at, collections, what]`. Empty but while a deletion is being carried out.
pub const HIDDEN_COLUMN: &str = "(SELECT json_group_array(json_array(d.id, d.at, json(d.collections), json(d.what))) \
     FROM deletion d WHERE d.project = p.id AND d.hides)";

/// A deletion that is being carried out.
#[derive(Debug)]
pub struct Open {
    /// Its id.
    pub id: String,
    /// When it was asked for: what was received later is none of its affair.
    pub at: Instant,
    /// The collections that it has not swept yet.
    pub collections: Vec<i64>,
    /// What it takes away from them.
    pub gone: Gone,
}

/// What a deletion takes away from its collections.
#[derive(Debug)]
pub enum Gone {
    /// Everything.
    Everything,
    /// Some events.
    Events {
        /// When they happened; `None` for whenever.
        span: Option<Span>,
        /// What must hold.
        filter: Filter,
        /// Which strings each `regex` of it matches.
        matches: Matches,
    },
    /// A property of all events.
    Property(PropertyPath),
}

impl Open {
    /// The condition that one of its events `e` fulfils.
    pub fn condition(&self, constants: &mut Constants) -> String {
        let received = format!("e.created_at <= {}", self.at.milliseconds());
        match &self.gone {
            Gone::Everything => "1".to_owned(),
            Gone::Events {
                span,
                filter,
                matches,
            } => {
                let condition = condition(filter, Spelling::Listed, matches, constants);
                format!("({received} AND {} AND {condition})", within(*span))
            }
            Gone::Property(path) => {
                let path = constants.bind(Value::Text(json_path(path)));
                format!("({received} AND json_type(e.body,{path}) IS NOT NULL)")
            }
        }
    }

    fn is_of_its_collections(&self, constants: &mut Constants) -> String {
        let collections = self.collections.iter().map(|c| whole(*c)).collect();
        format!("e.c IN {}", constants.bind_list(collections))
    }
}

/// The condition that an event of that time fulfils.
pub fn within(span: Option<Span>) -> String {
    span.map_or("1".to_owned(), |span| {
        let (start, end) = (span.start().milliseconds(), span.end().milliseconds());
        format!("e.ts >= {start} AND e.ts < {end}")
    })
}

/// What stands for `event_with_body` in a statement that must not see what is hidden; `None` where nothing is.
///
/// SQLite unfolds it into the statement: rows are still found by the primary key.
pub fn visible_events(hidden: &[Open], constants: &mut Constants) -> Option<String> {
    if hidden.is_empty() {
        return None;
    }
    let mut body = "e.body".to_owned();
    let mut conditions = Vec::new();
    for open in hidden {
        let of_its = open.is_of_its_collections(constants);
        let condition = open.condition(constants);
        match &open.gone {
            Gone::Property(path) => {
                let path = constants.bind(Value::Text(json_path(path)));
                body = format!(
                    "CASE WHEN {of_its} AND {condition} THEN jsonb_remove(e.body,{path}) ELSE {body} END"
                );
            }
            Gone::Everything | Gone::Events { .. } => {
                conditions.push(format!("NOT ({of_its} AND {condition})"));
            }
        }
    }
    let conditions = if conditions.is_empty() {
        "1".to_owned()
    } else {
        conditions.join(" AND ")
    };
    Some(format!(
        "event_with_body AS NOT MATERIALIZED (SELECT e.c, e.wk, e.scope, e.ts, e.id, e.created_at, {body} AS body \
         FROM main.event_with_body e WHERE {conditions})"
    ))
}

/// The statements that take hidden events out of the way of new ones with the same tokens, before those are stored:
/// else they would be taken for repetitions of what is about to be swept. None but while a deletion is carried out.
///
/// `keys` are `[wk, scope, ts, id, has only its token, collection]`, as [`super::events::keys`] gives them.
pub fn make_way(project: &ProjectId, hidden: &[Open], keys: Vec<Value>) -> Vec<Sql> {
    let mut statements = Vec::new();
    let parts = chunks(keys, |key| key.to_string().len()).into_iter();
    let parts: Vec<String> = parts.map(|part| Value::List(part).to_string()).collect();
    let of_events = |open: &&Open| matches!(open.gone, Gone::Events { .. });
    for open in hidden.iter().filter(of_events) {
        let mut constants = Constants::default();
        let id = constants.bind(Value::text(open.id.as_str()));
        let project = constants.bind(Value::text(project.as_str()));
        let of_its = open.is_of_its_collections(&mut constants);
        let condition = open.condition(&mut constants);
        // What came without a time of its own lies at the time at which its token was first received.
        let text = format!(
            "UPDATE deletion SET taken = (SELECT json_group_array(json_array(e.c, e.wk, e.scope, e.ts, e.id)) \
             FROM json_each(?2) sent \
             CROSS JOIN collection ON collection.project = {project} AND collection.name = sent.value ->> 5 \
             LEFT JOIN event_token t ON sent.value ->> 4 AND t.c = collection.c AND t.id = sent.value ->> 3 \
             CROSS JOIN event_with_body e ON e.c = collection.c AND e.wk = coalesce(t.created_at / 604800000, sent.value ->> 0) \
             AND e.scope = sent.value ->> 1 AND e.ts = coalesce(t.created_at, sent.value ->> 2) AND e.id = sent.value ->> 3 \
             WHERE {of_its} AND {condition}) WHERE id = {id}"
        );
        let taking = constants.into_sql(text);
        for part in &parts {
            let mut taking = taking.clone();
            taking.parameters.push(part.clone());
            statements.push(taking);
            statements.extend(take_events(&open.id));
        }
    }
    statements
}

/// The keys that a step has noted, as a table of `c, wk, scope, ts, id`.
const TAKEN: &str = "SELECT k.value ->> 0, k.value ->> 1, k.value ->> 2, k.value ->> 3, k.value ->> 4 \
     FROM deletion d, json_each(d.taken) k WHERE d.id = ?1";
const TAKEN_IDS: &str =
    "SELECT k.value ->> 0, k.value ->> 4 FROM deletion d, json_each(d.taken) k WHERE d.id = ?1";

/// Takes away the events whose keys are noted, and everything of theirs.
pub(super) fn take_events(id: &str) -> Vec<Sql> {
    with_taken(
        id,
        [
            format!("DELETE FROM event_body WHERE (c, id) IN ({TAKEN_IDS})"),
            format!("DELETE FROM event_token WHERE (c, id) IN ({TAKEN_IDS})"),
            format!("DELETE FROM event WHERE (c, wk, scope, ts, id) IN ({TAKEN})"),
        ],
    )
}

/// Takes a property away from the events whose keys are noted.
pub(super) fn take_property(id: &str, path: &PropertyPath) -> Vec<Sql> {
    let path = json_path(path);
    let mut statements = with_taken(
        id,
        [
            format!(
                "UPDATE event_body SET body = jsonb_remove(body, ?2) WHERE (c, id) IN ({TAKEN_IDS})"
            ),
            format!(
                "UPDATE event SET body = jsonb_remove(body, ?2) \
                 WHERE (c, wk, scope, ts, id) IN ({TAKEN}) AND body IS NOT NULL"
            ),
        ],
    );
    for statement in statements.iter_mut().take(2) {
        statement.parameters.push(path.clone());
    }
    statements
}

fn with_taken<const N: usize>(id: &str, texts: [String; N]) -> Vec<Sql> {
    let counted = "UPDATE deletion SET removed = removed + json_array_length(taken), taken = NULL \
         WHERE id = ?1 AND taken IS NOT NULL";
    let texts = texts.into_iter().chain([counted.to_owned()]);
    texts
        .map(|text| Sql::new(text, vec![id.to_owned()]))
        .collect()
}
