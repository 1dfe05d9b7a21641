//! Is what is said of a key true, whole where it may be told, and silent where it may not?

use crate::change::similar;
use crate::definitions::{definition, read};
use crate::generate;
use crate::trial::for_all;
use crate::world::{filter, key, now, project, requests};
use keyhole_policy::explain::{Request, explain};
use keyhole_policy::key::{AccessKey, Caller};
use keyhole_policy::name::PropertyPath;
use keyhole_policy::value::Value;
use keyhole_policy::wire::{self, Area, Node};

/// `parse(print(x)) = x` for definitions and filters.
#[test]
fn what_is_printed_is_read_back_as_the_same() {
    for_all(|dice| {
        let definition = read(&definition(dice));
        let printed = wire::print_key_definition(&definition);
        assert_eq!(read(&printed), definition, "{printed}");
        let filter = filter(&generate::filters(dice, 4));
        let printed = wire::print_filters(&filter);
        assert_eq!(
            wire::filters(&Node::root(Area::Filter, &printed)).unwrap(),
            filter
        );
        true
    });
}

/// What a key says of itself decides like the key, and tells nothing of what is hidden from it.
#[test]
fn a_key_decides_by_what_it_says_of_itself() {
    for_all(|dice| {
        let first = definition(dice);
        let mut line = vec![read(&first)];
        for _ in 0..dice.below(3) {
            line.push(read(&similar(dice, &first)));
        }
        let caller = key(&line);
        let description = wire::self_description(&caller);
        let described = wire::described_caller(&description).unwrap();
        let redacted = description
            .get("redacted")
            .map_or(String::new(), Value::to_string);
        for request in requests(dice) {
            let decide = |caller: &Caller| explain(caller, &project(), &request, now()).decision;
            let (own, told) = (decide(&caller), decide(&described));
            // What is filled in, or must be, decides on recordings: without it nothing can be told.
            let is_told =
                !matches!(request, Request::Record(..)) || !redacted.contains("/options/writes");
            assert!(
                !is_told || own.is_ok() == told.is_ok(),
                "{request:?}\n{description}"
            );
        }
        let Caller::Access(key) = &caller else {
            panic!("an access key");
        };
        must_tell_nothing_hidden(&description, key);
        true
    });
}

fn must_tell_nothing_hidden(description: &Value, key: &AccessKey) {
    let visible = key.visible();
    let hidden: Vec<&str> = ["a", "n", "customer.id", "o.x", "o.y", "m"]
        .into_iter()
        .filter(|path| !visible.covers_path(&PropertyPath::parse(path).unwrap()))
        .collect();
    let mut filters = Vec::new();
    collect(description, "filters", &mut filters);
    for filter in &filters {
        for path in &hidden {
            let named = format!("\"property_name\":\"{path}\"");
            assert!(!filter.to_string().contains(&named), "{path} in {filter}");
        }
    }
    let mut fills = Vec::new();
    collect(description, "autofill", &mut fills);
    for fill in &fills {
        for path in hidden.iter().map(|path| PropertyPath::parse(path).unwrap()) {
            assert!(
                fill.at(&path)
                    .is_none_or(|value| matches!(value, Value::Object(_))),
                "{path} in {fill}"
            );
        }
    }
    for label in ["\"name\"", "external_id", "metadata"] {
        assert!(
            !description.to_string().contains(&format!("{label}:")),
            "{description}"
        );
    }
}

/// Every value that stands under a name, at any depth.
fn collect<'a>(value: &'a Value, wanted: &str, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(properties) => {
            for (name, value) in properties {
                if name == wanted {
                    found.push(value);
                }
                collect(value, wanted, found);
            }
        }
        Value::List(items) => items.iter().for_each(|item| collect(item, wanted, found)),
        _ => {}
    }
}
