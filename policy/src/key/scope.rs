//! Which collections and properties does a key reach? Fails closed: an empty list reaches nothing.

use crate::filter::Property;
use crate::name::PropertyPath;
use crate::value::Value;

/// A name, or the beginning of names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamePattern {
    /// Exactly this.
    Exactly(String),
    /// Whatever begins so; written with a trailing `*`.
    BeginningWith(String),
}

/// A set of names. What is blocked is out, also where it is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameScope {
    /// Only these; every name where `None`.
    pub allowed: Option<Vec<NamePattern>>,
    /// Never these.
    pub blocked: Vec<NamePattern>,
}

/// A set of properties. A path stands for everything below it too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PropertyScope {
    /// All.
    Everything,
    /// None but these.
    Only(Vec<PropertyPath>),
    /// All but these.
    Except(Vec<PropertyPath>),
}

impl NamePattern {
    /// Reads a pattern; a trailing `*` stands for any ending.
    pub fn parse(text: &str) -> NamePattern {
        match text.strip_suffix('*') {
            Some(beginning) => NamePattern::BeginningWith(beginning.to_owned()),
            None => NamePattern::Exactly(text.to_owned()),
        }
    }

    fn covers(&self, name: &str) -> bool {
        match self {
            NamePattern::Exactly(exactly) => exactly == name,
            NamePattern::BeginningWith(beginning) => name.starts_with(beginning),
        }
    }
}

impl NameScope {
    /// Every name.
    pub fn everything() -> NameScope {
        NameScope {
            allowed: None,
            blocked: Vec::new(),
        }
    }

    /// Is the name in the set?
    pub fn covers(&self, name: &str) -> bool {
        let any = |patterns: &[NamePattern]| patterns.iter().any(|pattern| pattern.covers(name));
        !any(&self.blocked) && self.allowed.as_deref().is_none_or(any)
    }
}

impl PropertyScope {
    /// May the property be named: would its value tell nothing outside the set?
    pub fn covers(&self, property: &Property) -> bool {
        match PropertyPath::parse(&property.to_string()) {
            Ok(path) => self.covers_path(&path),
            Err(_) => false,
        }
    }

    /// The same for a path.
    pub fn covers_path(&self, path: &PropertyPath) -> bool {
        match self {
            PropertyScope::Everything => true,
            PropertyScope::Only(only) => only.iter().any(|allowed| path.is_within(allowed)),
            // An object tells what stands inside it, so a path above a hidden one is hidden too.
            PropertyScope::Except(except) => !except
                .iter()
                .any(|hidden| path.is_within(hidden) || hidden.is_within(path)),
        }
    }

    /// The part of an event's object that is in the set.
    pub fn visible_part(&self, object: Value) -> Value {
        match self {
            PropertyScope::Everything => object,
            _ => self
                .visible_below(object, "")
                .unwrap_or(Value::Object(Vec::new())),
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

    #[test]
    fn an_empty_allow_list_allows_nothing() {
        let nothing = NameScope {
            allowed: Some(Vec::new()),
            blocked: Vec::new(),
        };
        assert!(!nothing.covers("strikes"));
        assert!(!PropertyScope::Only(Vec::new()).covers_path(&paths(&["a"])[0]));
    }

    #[test]
    fn blocked_wins_over_allowed() {
        let scope = NameScope {
            allowed: Some(vec![
                NamePattern::parse("app-*"),
                NamePattern::parse("strikes"),
            ]),
            blocked: vec![NamePattern::parse("app-secret*")],
        };
        for (name, covered) in [
            ("app-", true),
            ("app-x", true),
            ("app-secrets", false),
            ("strikes", true),
            ("strikes2", false),
            ("App-x", false),
        ] {
            assert_eq!(scope.covers(name), covered, "{name}");
        }
    }

    #[test]
    fn a_path_above_a_hidden_one_is_hidden_too() {
        let scope = PropertyScope::Except(paths(&["customer.margin"]));
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
        let except = PropertyScope::Except(paths(&["customer.margin"]));
        assert_eq!(
            except.visible_part(event()).to_string(),
            r#"{"customer":{"id":1},"list":[{"a":1}],"b":null}"#
        );
        let only = PropertyScope::Only(paths(&["customer.margin", "b"]));
        assert_eq!(
            only.visible_part(event()).to_string(),
            r#"{"customer":{"margin":{"x":2}},"b":null}"#
        );
        assert_eq!(
            PropertyScope::Only(Vec::new())
                .visible_part(event())
                .to_string(),
            "{}"
        );
    }
}
