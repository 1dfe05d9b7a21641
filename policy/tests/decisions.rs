//! Does the policy decide on every request as the specification says, and by the rule it names?
//!
//! Natively, and the same in wasm. `tests/vectors/README.md` says what the lists `decisions` and `selves` hold.

#![cfg(feature = "zones")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test, its helpers included, fails by panicking"
)]

mod support;

use keyhole_policy::explain::explain;
use keyhole_policy::key::{AccessKey, Caller, PropertyScope};
use keyhole_policy::name::{KeyId, ProjectId};
use keyhole_policy::time::{BundledZones, Instant};
use keyhole_policy::value::{Value, parse};
use keyhole_policy::wire::{self, Area, Moment, Node};
use support::{comparable, files, must_be_a_case, must_be_a_file, text_of};

/// When everything happens, unless a case says otherwise.
const NOW: &str = "2026-03-15T12:00:00Z";
const PROJECT: &str = "5eed5eed5eed5eed5eed5eed";
/// The text that stands for as many letters as the case's `padding` says.
const PADDED: &str = "…";

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn every_request_is_decided_by_the_rule_that_is_named() {
    let fields = &["name", "line", "now", "request", "padding"];
    let outcomes = &["allowed", "refused"];
    check("decisions", &[], fields, outcomes, |_, case| {
        let (expected, printed) = (expected_decision(case), decide(case));
        let found = summary(&printed, &expected);
        same(&expected, &found)
    });
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn every_key_says_of_itself_what_its_holder_may_know() {
    let outcomes = &["description"];
    check(
        "selves",
        &["questions"],
        &["name", "line", "now"],
        outcomes,
        |_, case| {
            let found = wire::self_description(&caller(case));
            same(case.value().get("description").unwrap(), &found)
        },
    );
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn a_described_key_decides_like_the_key_as_far_as_it_may_be_known() {
    let outcomes = &["description"];
    check(
        "selves",
        &["questions"],
        &["name", "line", "now"],
        outcomes,
        |file, case| {
            let key = caller(case);
            let description = wire::self_description(&key);
            let described = wire::described_caller(&description).unwrap();
            let is_whole = description.get("redacted").is_none();
            let questions = file.require("questions").unwrap();
            for question in questions.items("a list of requests").unwrap() {
                let by_key = explained(&key, &question, now(case));
                let by_described = explained(&described, &question, now(case));
                let agrees = match is_whole {
                    true => by_key == by_described,
                    // Of what it may not know it can only be less strict.
                    false => is_allowed(&by_described) || !is_allowed(&by_key),
                };
                if !agrees {
                    let asked = question.value();
                    return Err(format!(
                        "  {asked}\n  the key      {by_key}\n  as described {by_described}"
                    ));
                }
            }
            Ok(())
        },
    );
}

/// Runs every case of one kind, and says of each that fails what is wrong.
fn check(
    kind: &'static str,
    of_file: &[&str],
    fields: &[&str],
    outcomes: &[&str],
    agrees: impl Fn(&Node, &Node) -> Result<(), String>,
) {
    let mut failures = Vec::new();
    let mut checked = 0;
    for (name, text) in files() {
        let file = parse(text.as_bytes()).unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
        let file = Node::root(Area::Request, &file);
        let Some(cases) = file.get(kind) else {
            continue;
        };
        must_be_a_file(&name, &file, kind, of_file);
        for case in cases.items("a list of cases").unwrap() {
            must_be_a_case(&name, &case, fields, outcomes);
            if let Err(difference) = agrees(&file, &case) {
                let case_name = text_of(&case, "name");
                failures.push(format!("{name}: {case_name}\n{difference}"));
            }
            checked += 1;
        }
    }
    assert!(checked > 0, "there is no case of {kind}");
    let count = failures.len();
    assert!(
        failures.is_empty(),
        "{count} of {checked} {kind} differ\n{}",
        failures.join("\n")
    );
}

fn same(expected: &Value, found: &Value) -> Result<(), String> {
    match comparable(expected) == comparable(found) {
        true => Ok(()),
        false => Err(format!("  expected {expected}\n  found    {found}")),
    }
}

/// The case's request, decided and written for a reader who sees everything.
fn decide(case: &Node) -> Value {
    let request = padded(case, "request").unwrap();
    explained(
        &caller(case),
        &Node::root(Area::Request, &request),
        now(case),
    )
}

fn explained(caller: &Caller, request: &Node, now: Instant) -> Value {
    let zones = BundledZones::new();
    let moment = Moment { now, zones: &zones };
    let asked = wire::explained_request(request, &moment);
    let asked = asked.unwrap_or_else(|invalid| panic!("{invalid:?} in {}", request.value()));
    let project = ProjectId::parse(PROJECT).unwrap();
    let explanation = explain(caller, &project, &asked.request, now);
    wire::print_explanation(&explanation, &asked, &PropertyScope::everything())
}

fn is_allowed(printed: &Value) -> bool {
    printed.get("decision") == Some(&Value::text("allowed"))
}

fn expected_decision(case: &Node) -> Value {
    let outcome = ["allowed", "refused"]
        .into_iter()
        .find_map(|name| Some((name, padded(case, name)?)));
    Value::object(outcome)
}

/// An explanation as a case says it: the rules of what is allowed only where the case has some, and the one
/// that refuses beside the refusal.
fn summary(printed: &Value, expected: &Value) -> Value {
    let of = |names: &[&'static str]| {
        let named = names.iter();
        named
            .filter_map(|name| Some((*name, printed.get(name)?.clone())))
            .collect::<Vec<_>>()
    };
    if is_allowed(printed) {
        let rules = expected
            .get("allowed")
            .and_then(|allowed| allowed.get("rules"));
        let names: &[_] = match rules {
            Some(_) => &["effective", "redacted", "rules"],
            None => &["effective", "redacted"],
        };
        return Value::object([("allowed", Value::object(of(names)))]);
    }
    let mut refused = of(&["status", "error_code"]);
    if let Some(Value::List(rules)) = printed.get("rules") {
        assert!(rules.len() < 2, "{printed}");
        for rule in rules {
            assert_eq!(rule.get("effect"), Some(&Value::text("refuses")));
            for name in ["pointer", "generation"] {
                refused.push((name, rule.get(name).unwrap().clone()));
            }
        }
    }
    Value::object([("refused", Value::object(refused))])
}

/// A field of a case, with what is too long to be written.
fn padded(case: &Node, name: &str) -> Option<Value> {
    let value = case.value().get(name)?;
    let Some(padding) = case.get("padding") else {
        return Some(value.clone());
    };
    let letters = padding.number().unwrap().whole().unwrap();
    Some(fill(value, &"x".repeat(usize::try_from(letters).unwrap())))
}

fn fill(value: &Value, padding: &str) -> Value {
    match value {
        Value::Text(text) if text == PADDED => Value::text(padding),
        Value::List(items) => Value::List(items.iter().map(|item| fill(item, padding)).collect()),
        Value::Object(properties) => {
            let filled = properties.iter();
            let filled = filled.map(|(name, value)| (name.clone(), fill(value, padding)));
            Value::Object(filled.collect())
        }
        scalar => scalar.clone(),
    }
}

/// The key of the case's `line`. A definition without a name is named like its case.
fn caller(case: &Node) -> Caller {
    let line = case.require("line").unwrap();
    let line = line.items("a list of definitions").unwrap().into_iter();
    let mut line = line.map(|definition| {
        let Value::Object(mut properties) = definition.value().clone() else {
            panic!("a definition is an object");
        };
        if !properties.iter().any(|(name, _)| name == "name") {
            properties.push(("name".to_owned(), Value::text(text_of(case, "name"))));
        }
        wire::key_definition(&Value::Object(properties)).unwrap_or_else(|invalid| {
            panic!("{invalid:?} in {}", definition.value());
        })
    });
    let own = line.next().unwrap();
    let id = KeyId::from_random([0; 12]);
    let project = ProjectId::parse(PROJECT).unwrap();
    Caller::Access(Box::new(AccessKey::new(id, project, own, line.collect())))
}

fn now(case: &Node) -> Instant {
    Instant::parse(case.get("now").map_or(NOW, |now| now.text().unwrap())).unwrap()
}
