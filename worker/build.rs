//! What is the description of the API? The parts in `openapi/`, put together into one OpenAPI document.
//!
//! A part says what is particular to its endpoints; what is the same for many is added here: the parameters that a
//! path names, and the refusals that every endpoint of a kind has.

use serde_json::{Map, Value, json};
use std::error::Error;
use std::{env, fs, path::Path};

type Object = Map<String, Value>;

const PARTS: &str = "openapi";
const METHODS: [&str; 4] = ["get", "put", "post", "delete"];

/// Refused whatever is asked: plain HTTP, our faults.
const ALWAYS: &[&str] = &["403", "500", "503"];
/// Refused where a key is needed.
const WITH_KEY: &[&str] = &["400", "401", "404"];
/// Refused where an address may be long.
const WITH_PARAMETERS: &[&str] = &["414", "431"];
/// Refused where there is a body.
const WITH_BODY: &[&str] = &["413"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={PARTS}");
    let mut names = Vec::new();
    for entry in fs::read_dir(PARTS)? {
        names.push(entry?.path());
    }
    names.sort();
    let mut document = Object::new();
    for name in names {
        let told = |what: String| format!("{}: {what}", name.display());
        let part = serde_json::from_str(&fs::read_to_string(&name)?)
            .map_err(|error| told(error.to_string()))?;
        add(&mut document, part, "").map_err(told)?;
    }
    complete(&mut document)?;
    let to = Path::new(&env::var("OUT_DIR")?).join("openapi.json");
    fs::write(to, serde_json::to_string(&document)?)?;
    Ok(())
}

/// Adds what one part says; two parts may add to the same object, and never say the same thing.
fn add(whole: &mut Object, part: Object, pointer: &str) -> Result<(), String> {
    for (name, value) in part {
        let pointer = format!("{pointer}/{name}");
        match (whole.get_mut(&name), value) {
            (None, value) => {
                whole.insert(name, value);
            }
            (Some(Value::Object(object)), Value::Object(more)) => add(object, more, &pointer)?,
            (Some(_), _) => return Err(format!("{pointer} is said twice")),
        }
    }
    Ok(())
}

/// Adds to each endpoint what need not be written for it.
fn complete(document: &mut Object) -> Result<(), String> {
    let known = document.get("components").cloned().unwrap_or_default();
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.ok_or("there are no paths")? {
        let item = item.as_object_mut().ok_or("a path is no object")?;
        let mut parameters = Vec::new();
        for segment in path.split('/') {
            let Some(name) = segment
                .strip_prefix('{')
                .map(|rest| rest.trim_end_matches('}'))
            else {
                continue;
            };
            if known.pointer(&format!("/parameters/{name}")).is_none() {
                return Err(format!(
                    "{path}: components/parameters has no {name}: say what it is in {PARTS}/document.json"
                ));
            }
            parameters.push(json!({"$ref": format!("#/components/parameters/{name}")}));
        }
        for method in METHODS {
            if let Some(operation) = item.get_mut(method) {
                refusals(operation).ok_or(format!("{method} {path} has no responses"))?;
            }
        }
        if !parameters.is_empty() {
            item.insert("parameters".to_owned(), Value::Array(parameters));
        }
    }
    Ok(())
}

fn refusals(operation: &mut Value) -> Option<()> {
    let is_open = operation.get("security").is_some();
    let mut refused = ALWAYS.to_vec();
    if !is_open {
        refused.extend(WITH_KEY);
    }
    if operation.get("requestBody").is_some() {
        refused.extend(WITH_BODY);
    }
    if operation.get("parameters").is_some() {
        refused.extend(WITH_PARAMETERS);
    }
    let responses = operation.get_mut("responses")?.as_object_mut()?;
    for status in refused {
        let shared = json!({"$ref": format!("#/components/responses/{status}")});
        responses.entry(status).or_insert(shared);
    }
    Some(())
}
