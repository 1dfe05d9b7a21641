//! Who asks, what has been recorded, and what may be asked?

use crate::dice::Dice;
use crate::generate::{self, NOW, event, event_body, instant, json, meant, question};
use keyhole_policy::authorize;
use keyhole_policy::evaluate::evaluate;
use keyhole_policy::event::{Event, check};
use keyhole_policy::explain::{Request, explain};
use keyhole_policy::filter::Filter;
use keyhole_policy::key::{AccessKey, Caller, DatasetOperation, KeyDefinition};
use keyhole_policy::name::{CollectionName, KeyId, ProjectId, PropertyPath, ResourceName};
use keyhole_policy::query::Query;
use keyhole_policy::time::Instant;
use keyhole_policy::value::Value;
use keyhole_policy::wire::{self, Area, Node};

pub fn project() -> ProjectId {
    ProjectId::from_random([7; 12])
}

pub fn now() -> Instant {
    instant(NOW)
}

pub fn key(line: &[KeyDefinition]) -> Caller {
    let id = KeyId::from_random([1; 12]);
    let ancestors = line.iter().skip(1).cloned().collect();
    Caller::Access(Box::new(AccessKey::new(
        id,
        project(),
        line[0].clone(),
        ancestors,
    )))
}

pub fn filter(text: &str) -> Filter {
    wire::filters(&Node::root(Area::Filter, &json(text))).unwrap()
}

pub fn events(dice: &mut Dice) -> Vec<(String, Event)> {
    dice.some(4, 16, event)
}

pub fn answer(query: &Query, events: &[(String, Event)]) -> String {
    let of = |name: &str| -> &'static [Event] {
        let own = events.iter().filter(|(collection, _)| collection == name);
        let own: Vec<Event> = own.map(|(_, event)| event.clone()).collect();
        own.leak()
    };
    format!("{:?}", evaluate(query, of))
}

/// May every key of the line see the event, by its own words: collection, filter, window?
pub fn sees(line: &[KeyDefinition], collection: &str, event: &Event, now: Instant) -> bool {
    line.iter().all(|definition| {
        let queries = definition.grants.queries.options().unwrap();
        let window = definition.grants.window();
        let is_inside = window.is_none_or(|window| window.whole(now).contains(event.timestamp));
        queries.collections.covers(collection) && queries.filter.accepts(event) && is_inside
    })
}

/// Everything that may be asked of a key, one of each kind.
pub fn requests(dice: &mut Dice) -> Vec<Request> {
    let resource = |dice: &mut Dice| ResourceName::parse(&generate::name(dice)).unwrap();
    let collection = |dice: &mut Dice| CollectionName::parse(&generate::collection(dice)).unwrap();
    let operation = DatasetOperation::ALL[dice.below(3)];
    let index_by = match dice.below(3) {
        0 => vec![],
        1 => vec![("customer.id".to_owned(), Value::text("x"))],
        _ => vec![
            ("customer.id".to_owned(), Value::text(dice.one(&["x", "y"]))),
            ("a".to_owned(), json(dice.one(&["1", "2"]))),
        ],
    };
    let mut requests = vec![
        Request::Record(collection(dice), check(event_body(dice)).unwrap()),
        Request::SavedQuery {
            name: resource(dice),
            cached: dice.falls(50),
            query: meant(&question(dice), now()),
        },
        Request::QueryDefinition(resource(dice)),
        Request::Dataset {
            operation,
            name: Some(resource(dice)),
            index_by,
        },
        Request::Schema {
            collection: Some(collection(dice)),
            property: Some(
                PropertyPath::parse(dice.one(&["a", "o.x", "customer.id", "m"])).unwrap(),
            ),
        },
    ];
    requests.extend(
        (0..3)
            .filter_map(|_| meant(&question(dice), now()))
            .map(Request::Query),
    );
    requests
}

pub fn is_allowed(line: &[KeyDefinition], request: &Request, at: Instant) -> bool {
    explain(&key(line), &project(), request, at)
        .decision
        .is_ok()
}

/// The rows that a narrowed question reads, and what it may show of whole events.
pub fn narrowed_question(
    line: &[KeyDefinition],
    request: &Request,
    now: Instant,
) -> Option<authorize::AuthorizedQuery> {
    let caller = key(line);
    match request {
        Request::Query(query) => authorize::query(&caller, &project(), query.clone(), now).ok(),
        Request::SavedQuery {
            name,
            cached: false,
            query: Some(query),
        } => match authorize::saved_query(&caller, &project(), name, query.clone(), false, now) {
            Ok(authorize::AuthorizedSavedQuery::Run(authorized)) => Some(*authorized),
            _ => None,
        },
        _ => None,
    }
}

pub fn reads(query: &Query, at: usize, collection: &str, event: &Event) -> bool {
    let selection = query.selections()[at];
    selection.collection.as_str() == collection
        && selection.span.contains(event.timestamp)
        && selection.filter.accepts(event)
}
