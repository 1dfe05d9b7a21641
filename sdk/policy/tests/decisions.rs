//! Does what is decided from a key's own description agree with what the server decides from all it knows?
#![cfg(not(target_arch = "wasm32"))]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test, its helpers included, fails by panicking"
)]

use keyhole_policy::explain;
use keyhole_policy::key::{AccessKey, Caller, PropertyScope};
use keyhole_policy::name::{KeyId, ProjectId};
use keyhole_policy::time::{BundledZones, Instant};
use keyhole_policy::value::{Value, parse};
use keyhole_policy::wire::{self, Area, Moment, Node};
use keyhole_sdk_policy::{decide, described, request};

/// A key as the server knows it, and as it describes itself.
struct Key {
    name: String,
    caller: Caller,
    description: Value,
}

#[test]
fn every_key_describes_itself_as_written_down() {
    for key in keys(&file()) {
        let found = wire::self_description(&key.caller);
        assert_eq!(
            found.to_string(),
            key.description.to_string(),
            "{}",
            key.name
        );
    }
}

#[test]
fn every_decision_is_the_one_written_down() {
    let file = file();
    let written = Node::root(Area::Request, file.get("decisions").unwrap());
    for key in keys(&file) {
        let written = written.get(&key.name).unwrap();
        let mut count = 0;
        for (decision, names) in written.properties("decisions").unwrap() {
            for name in names.items("names of requests").unwrap() {
                let name = name.text().unwrap();
                let local = local(&key, &request_called(&file, name), now(&file));
                assert_eq!(decision_of(&local), decision, "{} {name}", key.name);
                count += 1;
            }
        }
        assert_eq!(count, requests(&file).len(), "{}", key.name);
    }
}

#[test]
fn what_is_certain_is_what_the_server_says() {
    let file = file();
    let mut certain = 0;
    for key in keys(&file) {
        for (name, request) in requests(&file) {
            let local = local(&key, &request, now(&file));
            let server = server(&key, &request, now(&file));
            if local.get("certain") == Some(&Value::Bool(false)) {
                assert_eq!(
                    text(&local, "decision"),
                    Some("allowed"),
                    "{} {name}",
                    key.name
                );
                continue;
            }
            assert_eq!(without_certain(local), server, "{} {name}", key.name);
            certain += 1;
        }
    }
    assert!(certain > 100);
}

#[test]
fn every_explanation_is_the_one_written_down() {
    let file = file();
    let file = Node::root(Area::Request, &file);
    for case in file
        .require("explanations")
        .unwrap()
        .items("a list")
        .unwrap()
    {
        let of = |name| case.require(name).unwrap().text().unwrap();
        let keys = keys(file.value());
        let key = keys.iter().find(|key| key.name == of("key")).unwrap();
        let request = request_called(file.value(), of("request"));
        let found = local(key, &request, Instant::parse(of("now")).unwrap());
        let expected = case.require("explanation").unwrap().value();
        assert_eq!(found.to_string(), expected.to_string());
    }
}

fn local(key: &Key, request: &Value, now: Instant) -> Value {
    let described = described::read(&key.description).unwrap();
    let zones = BundledZones::new();
    let request = request::spelled(request.clone()).unwrap();
    decide::explain(&described, &request, &Moment { now, zones: &zones }).unwrap()
}

fn decision_of(local: &Value) -> &str {
    match (local.get("certain"), text(local, "decision")) {
        (Some(Value::Bool(false)), _) => "uncertain",
        (_, Some("allowed")) => "allowed",
        _ => text(local, "error_code").unwrap(),
    }
}

/// As the Worker answers.
fn server(key: &Key, request: &Value, now: Instant) -> Value {
    let request = request::spelled(request.clone()).unwrap();
    let node = Node::root(Area::Request, &request);
    let zones = BundledZones::new();
    let asked = wire::explained_request(&node, &Moment { now, zones: &zones }).unwrap();
    let explanation = explain::explain(&key.caller, &project(), &asked.request, now);
    let visible = match &key.caller {
        Caller::Access(key) => key.visible(),
        _ => PropertyScope::everything(),
    };
    wire::print_explanation(&explanation, &asked, &visible)
}

fn without_certain(explanation: Value) -> Value {
    let Value::Object(mut properties) = explanation else {
        panic!("an object")
    };
    properties.retain(|(name, _)| name != "certain");
    Value::Object(properties)
}

fn keys(file: &Value) -> Vec<Key> {
    let keys = Node::root(Area::Key, file.get("keys").unwrap());
    let read = |(name, node): (&str, Node)| {
        let description = node.require("description").unwrap().value().clone();
        let caller = match node.get("line") {
            Some(line) => access_key(&line),
            None => wire::described_caller(&description).unwrap(),
        };
        Key {
            name: name.to_owned(),
            caller,
            description,
        }
    };
    let keys = keys.properties("keys").unwrap().into_iter();
    keys.map(read).collect()
}

fn access_key(line: &Node) -> Caller {
    let definitions = line.items("definitions").unwrap().into_iter();
    let mut definitions = definitions.map(|node| wire::key_definition(node.value()).unwrap());
    let own = definitions.next().unwrap();
    let id = KeyId::parse("acce55acce55acce55acce55").unwrap();
    let key = AccessKey::new(id, project(), own, definitions.collect());
    Caller::Access(Box::new(key))
}

fn project() -> ProjectId {
    ProjectId::parse("5eed5eed5eed5eed5eed5eed").unwrap()
}

fn requests(file: &Value) -> Vec<(String, Value)> {
    match file.get("requests") {
        Some(Value::Object(requests)) => requests.clone(),
        _ => panic!("requests by name"),
    }
}

fn request_called(file: &Value, name: &str) -> Value {
    let found = requests(file).into_iter().find(|(other, _)| other == name);
    found.unwrap().1
}

fn now(file: &Value) -> Instant {
    Instant::parse(text(file, "now").unwrap()).unwrap()
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name)?.as_text()
}

fn file() -> Value {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/sdk/decisions.json"
    );
    parse(&std::fs::read(path).unwrap()).unwrap()
}
