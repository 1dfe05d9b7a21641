//! Which statements carry a deletion out? One that begins it and hides what it takes; then steps, each of a bounded
//! number of events, that may be repeated or broken off anywhere.

use super::audit::{Actor, deleted};
use super::hidden::{Gone, Open, take_events, take_property, within};
use super::property::property;
use super::scope::scopes_of;
use super::selection::{week_of, weeks};
use super::{Constants, Sql, at, whole};
use keyhole_policy::authorize::AuthorizedDeletion;
use keyhole_policy::deletion::Deletion;
use keyhole_policy::filter::Property;
use keyhole_policy::limits::{OPEN_DELETIONS_MAX, REGEX_CANDIDATES_MAX};
use keyhole_policy::name::PropertyPath;
use keyhole_policy::time::{Instant, Span};
use keyhole_policy::value::Value;

/// Events that one step looks at. Their keys, noted as JSON, stay below D1's 2,000,000 bytes for a row.
pub const EVENTS_IN_A_STEP: usize = 5_000;

/// How far a collection is swept: the last key that was looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct After {
    /// Its week.
    pub week: i64,
    /// Its scope.
    pub scope: String,
    /// Its time.
    pub ts: i64,
    /// Its id.
    pub id: String,
}

impl After {
    /// As it is kept.
    pub fn to_value(&self) -> Value {
        Value::List(vec![
            whole(self.week),
            Value::text(self.scope.as_str()),
            whole(self.ts),
            Value::text(self.id.as_str()),
        ])
    }
}

/// Rows `[c]`: the collections that a deletion is about.
pub fn collections(permit: &AuthorizedDeletion) -> Sql {
    let name = permit.deletion().collection();
    let name = name.map_or(Value::Null, |name| Value::text(name.as_str()));
    Sql::keyed(
        "SELECT json_array(c) AS row FROM collection WHERE project = ?1->>'project' \
         AND (?1->>'name' IS NULL OR name = ?1->>'name') ORDER BY c",
        [
            ("project", Value::text(permit.project().as_str())),
            ("name", name),
        ],
    )
}

/// The distinct strings of a property in those collections: rows `["text"]`, at most one more than may be looked at.
pub fn candidates(collections: &[i64], span: Option<Span>, tested: &Property) -> Sql {
    let mut constants = Constants::default();
    let collections = constants.bind_list(collections.iter().map(|c| whole(*c)).collect());
    let row = property(tested, &mut constants);
    let limit = REGEX_CANDIDATES_MAX + 1;
    let (within, value, kind) = (within(span), row.value, row.json_type);
    constants.into_sql(format!(
        "SELECT DISTINCT json_array({value}) AS row FROM event_with_body e \
         WHERE e.c IN {collections} AND {within} AND {kind} = 'text' LIMIT {limit}"
    ))
}

/// Begins a deletion and says so in the audit. A property waits until nothing else is being carried out, and the
/// other way round, since each would change what the other finds: then nothing is begun, and the first changes no row.
pub fn begin(
    permit: &AuthorizedDeletion,
    open: &Open,
    what: &Value,
    sent: &Value,
    by: &Actor,
) -> Vec<Sql> {
    let hides = !matches!(open.gone, Gone::Everything);
    let collections = open.collections.iter().map(|c| whole(*c)).collect();
    let parameters = [
        ("id", Value::text(open.id.as_str())),
        ("project", Value::text(permit.project().as_str())),
        ("at", at(open.at)),
        ("hides", Value::Bool(hides)),
        (
            "is_property",
            Value::Bool(matches!(open.gone, Gone::Property(_))),
        ),
        ("what", what.clone()),
        ("collections", Value::List(collections)),
    ];
    let others = "FROM deletion o WHERE o.project = ?1->>'project' AND o.hides";
    let begun = "EXISTS (SELECT 1 FROM deletion WHERE id = ?1->>'id')";
    let insert = format!(
        "INSERT INTO deletion (id, project, at, hides, what, collections) \
         SELECT ?1->>'id', ?1->>'project', ?1->>'at', ?1->>'hides', ?1->'what', ?1->'collections' \
         WHERE NOT ?1->>'hides' OR ((SELECT count(*) {others}) < {OPEN_DELETIONS_MAX} \
         AND NOT EXISTS (SELECT 1 {others} AND (?1->>'is_property' OR o.what->>'kind' = 'property')))"
    );
    let epoch =
        format!("UPDATE project SET epoch = epoch + 1 WHERE id = ?1->>'project' AND {begun}");
    let keyed = |text: String| Sql::keyed(text, parameters.clone());
    let mut statements = vec![keyed(insert), keyed(epoch)];
    statements.extend(stale_datasets(permit, open));
    statements.push(deleted(permit, sent, by, &open.id));
    statements.push(keyed(
        "UPDATE deletion SET audit = (SELECT max(entry) FROM audit WHERE project = ?1->>'project') WHERE id = ?1->>'id'"
            .to_owned(),
    ));
    statements.extend(forget_names(&open.gone).map(|condition| {
        keyed(format!(
            "DELETE FROM property WHERE c IN (SELECT value FROM json_each(?1, '$.collections')) AND {condition} AND {begun}"
        ))
    }));
    if let Deletion::Collection(_) = permit.deletion() {
        statements.push(keyed(
            "DELETE FROM collection WHERE project = ?1->>'project' AND c IN (SELECT value FROM json_each(?1, '$.collections'))"
                .to_owned(),
        ));
    }
    statements
}

/// Marks what datasets keep of the events that are taken away, so that it is never shown again, and has it computed
/// anew at once.
fn stale_datasets(permit: &AuthorizedDeletion, open: &Open) -> Vec<Sql> {
    let span = match &open.gone {
        Gone::Events { span, .. } => *span,
        Gone::Everything | Gone::Property(_) => None,
    };
    let span = span.unwrap_or(Span::ALL);
    let collection = permit.deletion().collection();
    let parameters = [
        ("id", Value::text(open.id.as_str())),
        ("project", Value::text(permit.project().as_str())),
        ("at", at(open.at)),
        (
            "collection",
            collection.map_or(Value::Null, |name| Value::text(name.as_str())),
        ),
        ("start", at(span.start())),
        ("end", at(span.end())),
    ];
    let of_its = "d.project = ?1->>'project' AND (?1->>'collection' IS NULL OR d.collection = ?1->>'collection') \
         AND EXISTS (SELECT 1 FROM deletion WHERE id = ?1->>'id')";
    [
        format!(
            "UPDATE dataset_slice SET stale = 1 WHERE dataset IN (SELECT d.number FROM dataset d WHERE {of_its}) \
             AND starts < ?1->>'end' AND ends > ?1->>'start'"
        ),
        format!("UPDATE dataset AS d SET due_at = min(due_at, ?1->>'at') WHERE {of_its}"),
    ]
    .into_iter()
    .map(|text| Sql::keyed(text, parameters.clone()))
    .collect()
}

/// Which names the schema forgets with what is taken away. Those of single events stay: others may have them.
fn forget_names(gone: &Gone) -> Option<&'static str> {
    match gone {
        Gone::Everything => Some("1"),
        Gone::Property(_) => Some(
            "(path = ?1->'what'->>'path' OR substr(path, 1, length(?1->'what'->>'path') + 1) = (?1->'what'->>'path') || '.')",
        ),
        Gone::Events { .. } => None,
    }
}

/// One step: looks at the next events of the deletion's first collection that is left, and takes those that it is
/// about. Its second statement answers a row `[[wk, scope, ts, id]]`, where it stopped; null at the collection's end.
///
/// Whoever repeats a step, or does one that another does too, finds less to take, and nothing else changes.
pub fn step(
    open: &Open,
    after: Option<&After>,
    scope_property: &PropertyPath,
    size: usize,
) -> Vec<Sql> {
    let Some(c) = open.collections.first() else {
        return Vec::new();
    };
    let mut constants = Constants::default();
    let id = constants.bind(Value::text(open.id.as_str()));
    let left = Value::List(open.collections.iter().map(|c| whole(*c)).collect());
    let left = constants.bind(Value::Text(left.to_string()));
    let place = after.map_or("NULL".to_owned(), |after| {
        constants.bind(Value::Text(after.to_value().to_string()))
    });
    let next = next(*c, open, after, scope_property, &mut constants);
    let condition = open.condition(&mut constants);
    let keys = "json_array(e.c, e.wk, e.scope, e.ts, e.id)";
    let taken = match open.gone {
        Gone::Everything => {
            format!("SELECT json_group_array({keys}) FROM (SELECT e.* {next} LIMIT {size}) e")
        }
        // By their keys first: what is sorted, if anything, is not the bodies.
        _ => format!(
            "SELECT json_group_array({keys}) FROM (SELECT e.wk, e.scope, e.ts, e.id {next} LIMIT {size}) k \
             CROSS JOIN event_with_body e ON e.c = {c} AND e.wk = k.wk AND e.scope = k.scope AND e.ts = k.ts AND e.id = k.id \
             WHERE {condition}"
        ),
    };
    let last = format!(
        "SELECT json_array(e.wk, e.scope, e.ts, e.id) {next} LIMIT 1 OFFSET {}",
        size.saturating_sub(1)
    );
    let is_last = u8::from(open.collections.len() == 1);
    let note = format!(
        "UPDATE deletion SET collections = {left}, after = {place}, taken = ({taken}), \
         ended = ({is_last} AND ({last}) IS NULL) WHERE id = {id}"
    );
    let parameters = constants.into_sql(note);
    let stop = Sql::new(
        format!("SELECT json_array(({last})) AS row WHERE ?1 IS NOT NULL"),
        parameters.parameters.clone(),
    );
    let mut statements = vec![parameters, stop];
    statements.extend(match &open.gone {
        Gone::Property(path) => take_property(&open.id, path),
        Gone::Everything | Gone::Events { .. } => take_events(&open.id),
    });
    statements.extend(end(&open.id));
    statements
}

/// Ends a deletion whose last step it was, and tells the audit how much it took.
pub fn end(id: &str) -> Vec<Sql> {
    [
        "UPDATE audit SET detail = json_set(detail, '$.events', (SELECT removed FROM deletion WHERE id = ?1)) \
         WHERE entry = (SELECT audit FROM deletion WHERE id = ?1 AND ended)",
        "DELETE FROM deletion WHERE id = ?1 AND ended",
    ]
    .into_iter()
    .map(|text| Sql::new(text, vec![id.to_owned()]))
    .collect()
}

/// Ends a deletion that has nothing to sweep.
pub fn end_at_once(id: &str) -> Vec<Sql> {
    let ended = Sql::new(
        "UPDATE deletion SET ended = 1 WHERE id = ?1",
        vec![id.to_owned()],
    );
    std::iter::once(ended).chain(end(id)).collect()
}

/// `FROM … WHERE … ORDER BY …` of a collection's events after a place, in the order of the primary key.
fn next(
    c: i64,
    open: &Open,
    after: Option<&After>,
    scope_property: &PropertyPath,
    constants: &mut Constants,
) -> String {
    let (span, scopes) = match &open.gone {
        Gone::Events { span, filter, .. } => (*span, scopes_of(filter, scope_property)),
        Gone::Everything | Gone::Property(_) => (None, None),
    };
    let whole = Span::new(Instant::MIN, Instant::MAX);
    let (first, last) = span.or(whole).map_or((i64::MIN, i64::MAX), |span| {
        (week_of(span.start()), week_of(span.end()))
    });
    let first = after.map_or(first, |after| after.week.max(first));
    let mut conditions = vec![format!("e.c = {c}")];
    // With one lower bound the primary key finds the place; a second one would compete with it.
    let place = |plus: &str, after: &After, constants: &mut Constants| {
        let (scope, id) = (
            Value::text(after.scope.as_str()),
            Value::text(after.id.as_str()),
        );
        let (scope, id) = (constants.bind(scope), constants.bind(id));
        format!(
            "({plus}e.wk, {plus}e.scope, {plus}e.ts, {plus}e.id) > ({}, {scope}, {}, {id})",
            after.week, after.ts
        )
    };
    if let Some(scopes) = scopes {
        let weeks = weeks(&c.to_string(), first, last, constants);
        let scopes = constants.bind_list(scopes.into_iter().map(Value::Text).collect());
        conditions.push(format!("e.wk IN {weeks} AND e.scope IN {scopes}"));
        conditions.extend(after.map(|after| place("+", after, constants)));
    } else {
        conditions.extend(after.map(|after| place("", after, constants)));
        if span.is_some() {
            conditions.push(format!("e.wk <= {last}"));
            conditions.extend(after.is_none().then(|| format!("e.wk >= {first}")));
        }
    }
    conditions.push(within(span));
    format!(
        "FROM event e WHERE {} ORDER BY e.wk, e.scope, e.ts, e.id",
        conditions.join(" AND ")
    )
}

/// Rows `[id, at, collections, what, scope_property, after]` of deletions that are being carried out, the oldest
/// first: for the Worker's own clock, which asks for nobody.
pub fn open(limit: usize) -> Sql {
    Sql::keyed(
        "SELECT json_array(d.id, d.at, json(d.collections), json(d.what), p.scope_property, json(d.after)) AS row \
         FROM deletion d JOIN project p ON p.id = d.project ORDER BY d.number LIMIT ?1->>'limit'",
        [("limit", Value::count(limit))],
    )
}
