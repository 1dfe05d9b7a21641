//! Does the policy put into every event what the vectors in `tests/vectors/enrichments` say?
//!
//! The folder is read when this runs: a file that is added there is run here without a change.

#![cfg(not(target_arch = "wasm32"))]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test, its helpers included, fails by panicking"
)]

use keyhole_policy::authorize;
use keyhole_policy::enrich::{Geography, Surroundings};
use keyhole_policy::key::{AccessKey, Caller};
use keyhole_policy::name::{CollectionName, KeyId, ProjectId};
use keyhole_policy::time::Instant;
use keyhole_policy::value::{Value, parse};
use keyhole_policy::wire::{self, batch};
use std::collections::BTreeMap;

const NOW: &str = "2026-03-15T12:00:00Z";

#[test]
fn every_event_is_kept_as_its_vector_says() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/enrichments");
    let mut failures = Vec::new();
    let mut checked = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let file = parse(&std::fs::read(&path).unwrap()).unwrap();
        must_have_only(&file, &["about", "addons", "cases"]);
        let Some(Value::List(cases)) = file.get("cases") else {
            panic!("{} has no cases", path.display());
        };
        for case in cases {
            let known = [
                "name",
                "event",
                "key",
                "surroundings",
                "stored",
                "found",
                "error",
            ];
            must_have_only(case, &known);
            let found = sorted(&outcome(&file, case));
            let expected = ["stored", "found", "error"]
                .into_iter()
                .filter_map(|name| Some((name, case.get(name)?.clone())));
            let expected = sorted(&Value::object(expected));
            if found != expected {
                let name = case.get("name").unwrap();
                failures.push(format!("{name}\n  expected {expected}\n  found    {found}"));
            }
            checked += 1;
        }
    }
    assert!(checked > 100, "only {checked} cases were found");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// What becomes of the case's event: `stored` whole, what is `found` in it, or the `error`.
fn outcome(file: &Value, case: &Value) -> Value {
    match record(file, case) {
        Ok(body) if case.get("found").is_some() => {
            let found = body.get("found").cloned().unwrap_or(Value::Null);
            Value::object([("found", found)])
        }
        Ok(body) => Value::object([("stored", body)]),
        Err(error) => Value::object([("error", Value::object(error))]),
    }
}

fn record(file: &Value, case: &Value) -> Result<Value, Vec<(&'static str, Value)>> {
    let project = ProjectId::parse("5eed5eed5eed5eed5eed5eed").unwrap();
    let caller = match case.get("key") {
        None => Caller::Write(project.clone()),
        Some(key) => {
            let definition = wire::key_definition(key).unwrap();
            let id = KeyId::from_random([0; 12]);
            let key = AccessKey::new(id, project.clone(), definition, Vec::new());
            Caller::Access(Box::new(key))
        }
    };
    let received = Instant::parse(NOW).unwrap();
    let recorder = authorize::recorder(&caller, &project, received).unwrap();
    let recorder = recorder.surrounded_by(surroundings(case.get("surroundings")));
    let collection = CollectionName::parse("c").unwrap();
    let checked = batch::one(event(file, case)).map_err(|invalid| {
        vec![
            ("error_code", Value::text(invalid.error_code())),
            ("pointer", Value::Text(invalid.pointer)),
        ]
    })?;
    let admitted = recorder.admit(collection, checked);
    let denied =
        |denial: keyhole_policy::denial::Denial| vec![("error_code", Value::text(denial.code().1))];
    admitted.map(|event| event.body().clone()).map_err(denied)
}

/// The case's event, with the file's add-ons where it has none of its own.
fn event(file: &Value, case: &Value) -> Value {
    let Value::Object(mut properties) = case.get("event").unwrap().clone() else {
        return case.get("event").unwrap().clone();
    };
    if let (Some(addons), false) = (
        file.get("addons"),
        properties.iter().any(|(name, _)| name == "keen"),
    ) {
        let keen = Value::object([("addons", addons.clone())]);
        properties.push(("keen".to_owned(), keen));
    }
    Value::Object(properties)
}

fn surroundings(sent: Option<&Value>) -> Surroundings {
    let Some(sent) = sent else {
        return Surroundings::default();
    };
    let text = |name: &str| {
        sent.get(name)
            .map(|text| text.as_text().unwrap().to_owned())
    };
    Surroundings {
        address: text("address").map(|address| address.parse().unwrap()),
        user_agent: text("user_agent"),
        geography: Geography {
            city: text("city"),
            region: text("region"),
            country: text("country"),
            continent: text("continent"),
            postal_code: text("postal_code"),
            coordinates: text("longitude").zip(text("latitude")),
            timezone: text("timezone"),
        },
    }
}

fn must_have_only(value: &Value, known: &[&str]) {
    let Value::Object(properties) = value else {
        panic!("{value} is no object");
    };
    for (name, _) in properties {
        assert!(
            known.contains(&name.as_str()),
            "{name} is not known: {value}"
        );
    }
}

/// The order of properties means nothing.
fn sorted(value: &Value) -> Value {
    match value {
        Value::List(items) => Value::List(items.iter().map(sorted).collect()),
        Value::Object(properties) => {
            let sorted: BTreeMap<String, Value> = properties
                .iter()
                .map(|(name, value)| (name.clone(), sorted(value)))
                .collect();
            Value::Object(sorted.into_iter().collect())
        }
        other => other.clone(),
    }
}
