//! Which properties does a key reach, and what of an event? Fails closed: an empty list reaches nothing.

use crate::filter::Property;
use crate::name::PropertyPath;
use crate::value::Value;
use std::collections::BTreeSet;

/// A set of properties. A path stands for everything below it too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyScope {
    /// None but these; every property where `None`.
    pub only: Option<Vec<PropertyPath>>,
    /// Never these.
    pub except: Vec<PropertyPath>,
}

impl PropertyScope {
    /// Every property.
    pub fn everything() -> PropertyScope {
        PropertyScope {
            only: None,
            except: Vec::new(),
        }
    }

    /// Does it hold every property?
    pub fn is_everything(&self) -> bool {
        self.only.is_none() && self.except.is_empty()
    }

    /// May the property be named: would its value tell nothing outside the set?
    pub fn covers(&self, property: &Property) -> bool {
        // Most keys hide nothing: then no path need be read.
        self.is_everything()
            || match property {
                Property::InBody(path) => self.covers_path(path),
                Property::Timestamp | Property::CreatedAt | Property::Id => {
                    PropertyPath::parse(&property.to_string())
                        .is_ok_and(|path| self.covers_path(&path))
                }
            }
    }

    /// The same for a path.
    pub fn covers_path(&self, path: &PropertyPath) -> bool {
        let is_within = |only: &Vec<PropertyPath>| only.iter().any(|only| path.is_within(only));
        // An object tells what stands inside it, so a path above a hidden one is hidden too.
        let is_hidden = |hidden: &PropertyPath| path.is_within(hidden) || hidden.is_within(path);
        self.only.as_ref().is_none_or(is_within) && !self.except.iter().any(is_hidden)
    }

    /// The properties in both sets.
    pub fn meet(&self, other: &PropertyScope) -> PropertyScope {
        let only = match (&self.only, &other.only) {
            (None, only) | (only, None) => only.clone(),
            (Some(left), Some(right)) => {
                let deeper = |left: &PropertyPath, right: &PropertyPath| {
                    let (low, high) = (left.is_within(right), right.is_within(left));
                    (low.then(|| left.clone())).or(high.then(|| right.clone()))
                };
                let pairs = left
                    .iter()
                    .flat_map(|left| right.iter().filter_map(move |right| deeper(left, right)));
                Some(each_once(pairs))
            }
        };
        let except = each_once(self.except.iter().chain(&other.except).cloned());
        PropertyScope { only, except }
    }

    /// The part of an event's object that is in the set.
    pub fn visible_part(&self, object: Value) -> Value {
        if self.is_everything() {
            return object;
        }
        self.visible_below(object, "")
            .unwrap_or(Value::Object(Vec::new()))
    }

    /// The path of the first property of an object that is outside the set, and is not just so in another object.
    pub fn first_outside(&self, object: &Value, same: &Value) -> Option<String> {
        if self.is_everything() {
            return None;
        }
        self.first_outside_below(object, "", Some(same))
    }

    fn first_outside_below(
        &self,
        value: &Value,
        path: &str,
        same: Option<&Value>,
    ) -> Option<String> {
        if same == Some(value) {
            return None;
        }
        let covered = PropertyPath::parse(path).is_ok_and(|path| self.covers_path(&path));
        match value {
            _ if covered => None,
            Value::Object(properties) if path.is_empty() || !properties.is_empty() => {
                properties.iter().find_map(|(name, value)| {
                    let below = if path.is_empty() {
                        name.clone()
                    } else {
                        format!("{path}.{name}")
                    };
                    let same = same.and_then(|same| same.get(name));
                    self.first_outside_below(value, &below, same)
                })
            }
            _ => Some(path.to_owned()),
        }
    }

    /// `None` when nothing of the value is in the set.
    fn visible_below(&self, value: Value, path: &str) -> Option<Value> {
        let whole = PropertyPath::parse(path).is_ok_and(|path| self.covers_path(&path));
        if whole {
            return Some(value);
        }
        let Value::Object(properties) = value else {
            return None;
        };
        let mut visible = Vec::new();
        for (name, value) in properties {
            let below = if path.is_empty() {
                name.clone()
            } else {
                format!("{path}.{name}")
            };
            if let Some(value) = self.visible_below(value, &below) {
                visible.push((name, value));
            }
        }
        (!visible.is_empty() || path.is_empty()).then_some(Value::Object(visible))
    }
}

/// A line of keys that repeat each other's long lists must not multiply them.
fn each_once(paths: impl Iterator<Item = PropertyPath>) -> Vec<PropertyPath> {
    let distinct: BTreeSet<PropertyPath> = paths.collect();
    distinct.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::parse;

    fn paths(texts: &[&str]) -> Vec<PropertyPath> {
        texts
            .iter()
            .map(|text| PropertyPath::parse(text).unwrap())
            .collect()
    }

    fn only(texts: &[&str]) -> PropertyScope {
        PropertyScope {
            only: Some(paths(texts)),
            except: Vec::new(),
        }
    }

    fn except(texts: &[&str]) -> PropertyScope {
        PropertyScope {
            only: None,
            except: paths(texts),
        }
    }

    #[test]
    fn an_empty_allow_list_allows_nothing() {
        assert!(!only(&[]).covers_path(&paths(&["a"])[0]));
    }

    #[test]
    fn a_path_above_a_hidden_one_is_hidden_too() {
        let scope = except(&["customer.margin"]);
        for (path, covered) in [
            ("customer", false),
            ("customer.margin", false),
            ("customer.margin.x", false),
            ("customer.id", true),
            ("customers", true),
        ] {
            assert_eq!(scope.covers_path(&paths(&[path])[0]), covered, "{path}");
        }
    }

    #[test]
    fn only_the_visible_part_of_an_event_is_shown() {
        let event = || {
            parse(br#"{"customer":{"id":1,"margin":{"x":2}},"list":[{"a":1}],"b":null}"#).unwrap()
        };
        let others = except(&["customer.margin"]);
        assert_eq!(
            others.visible_part(event()).to_string(),
            r#"{"customer":{"id":1},"list":[{"a":1}],"b":null}"#
        );
        let some = only(&["customer.margin", "b"]);
        assert_eq!(
            some.visible_part(event()).to_string(),
            r#"{"customer":{"margin":{"x":2}},"b":null}"#
        );
        assert_eq!(only(&[]).visible_part(event()).to_string(), "{}");
    }

    #[test]
    fn a_scope_met_with_itself_is_no_longer() {
        for scope in [only(&["a", "b.c"]), except(&["a", "b.c"])] {
            assert_eq!(scope.meet(&scope), scope);
        }
    }

    #[test]
    fn what_two_scopes_cover_is_what_both_cover() {
        let scopes = [
            PropertyScope::everything(),
            only(&[]),
            only(&["a", "b.c"]),
            only(&["a.x", "b"]),
            except(&["a.x"]),
            except(&["b", "c"]),
            only(&["a"]).meet(&except(&["a.x.y"])),
        ];
        let named = paths(&["a", "a.x", "a.x.y", "a.z", "b", "b.c", "b.d", "c", "d"]);
        for left in &scopes {
            for right in &scopes {
                for path in &named {
                    assert_eq!(
                        left.meet(right).covers_path(path),
                        left.covers_path(path) && right.covers_path(path),
                        "{left:?} {right:?} {path}"
                    );
                }
            }
        }
    }
}
