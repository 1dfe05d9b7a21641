//! Where are the vectors, and when are two answers the same?

use keyhole_policy::value::Value;
use keyhole_policy::wire::Node;
use std::collections::BTreeMap;

/// The names and texts of the vectors' files, by name.
pub fn files() -> BTreeMap<String, String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors");
    let names = folder::names(folder).into_iter();
    let files = names.filter(|name| name.ends_with(".json")).map(|name| {
        let text = folder::text(&format!("{folder}/{name}"));
        (name, text)
    });
    files.collect()
}

/// The properties of objects in one order: theirs means nothing in JSON.
pub fn comparable(value: &Value) -> Value {
    match value {
        Value::List(items) => Value::List(items.iter().map(comparable).collect()),
        Value::Object(properties) => {
            let sorted: BTreeMap<String, Value> = properties
                .iter()
                .map(|(name, value)| (name.clone(), comparable(value)))
                .collect();
            assert_eq!(sorted.len(), properties.len(), "a name twice in {value}");
            Value::Object(sorted.into_iter().collect())
        }
        scalar => scalar.clone(),
    }
}

/// A text that a file or a case must have.
pub fn text_of<'a>(node: &Node<'a>, name: &'static str) -> &'a str {
    let text = node.get(name).and_then(|node| node.value().as_text());
    text.unwrap_or_else(|| panic!("no {name} in {}", node.value()))
}

/// Refuses a field that means nothing: it would look like a promise and be none.
pub fn must_be_a_file(file_name: &str, file: &Node, kind: &str, of_file: &[&str]) {
    assert!(!text_of(file, "about").is_empty());
    for (name, _) in file.properties("a file").unwrap() {
        let known = name == "about" || name == kind || of_file.contains(&name);
        assert!(known, "{file_name}: the field {name} is not known");
    }
}

/// The same for a case, and what may come of it stands there once.
pub fn must_be_a_case(file_name: &str, case: &Node, known: &[&str], outcomes: &[&str]) {
    let case_name = text_of(case, "name");
    let snake = |character: char| {
        character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_'
    };
    assert!(
        case_name.chars().all(snake),
        "{file_name}: the name {case_name}"
    );
    for (name, _) in case.properties("a case").unwrap() {
        assert!(
            known.contains(&name) || outcomes.contains(&name),
            "{file_name}: {case_name}: the field {name} is not known"
        );
    }
    let outcomes = outcomes.iter();
    let outcomes = outcomes.filter(|name| case.value().get(name).is_some());
    let count = outcomes.count();
    assert_eq!(count, 1, "{file_name}: {case_name}: outcomes");
}

#[cfg(not(target_arch = "wasm32"))]
mod folder {
    pub fn names(folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        let name = |entry: std::io::Result<std::fs::DirEntry>| {
            entry.unwrap().file_name().into_string().unwrap()
        };
        entries.map(name).collect()
    }

    pub fn text(path: &str) -> String {
        std::fs::read_to_string(path).unwrap()
    }
}

#[cfg(target_arch = "wasm32")]
mod folder {
    use wasm_bindgen::prelude::wasm_bindgen;

    #[wasm_bindgen(module = "node:fs")]
    extern "C" {
        #[wasm_bindgen(js_name = readdirSync)]
        pub fn names(folder: &str) -> Vec<String>;
        #[wasm_bindgen(js_name = readFileSync)]
        fn read(path: &str, encoding: &str) -> String;
    }

    pub fn text(path: &str) -> String {
        read(path, "utf8")
    }
}
