//! What of a key's definition may its holder not know?

use keyhole_policy::explain::{Rule, RuleEffect};

/// The place of an option that a description leaves out, at least in part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hidden {
    /// Whose definition it stands in: 0 the key's own, 1 that of the key which made it, and so on.
    pub generation: usize,
    /// JSON pointer into that definition.
    pub pointer: String,
}

impl Hidden {
    /// Reads a pointer into a description: `/options/…`, or `/within/0/options/…`.
    pub fn parse(pointer: &str) -> Option<Hidden> {
        let (generation, pointer) = match pointer.strip_prefix("/within/") {
            None => (0, pointer.to_owned()),
            Some(rest) => {
                let (at, option) = rest.split_once('/')?;
                (
                    at.parse::<usize>().ok()?.checked_add(1)?,
                    format!("/{option}"),
                )
            }
        };
        let is_option = pointer.starts_with("/options/");
        is_option.then_some(Hidden {
            generation,
            pointer,
        })
    }

    /// Is it an option of this permission?
    pub fn is_of(&self, permission: &str) -> bool {
        let option = self.pointer.strip_prefix("/options/");
        let owner = option.and_then(|option| option.split('/').next());
        owner == Some(permission)
    }

    /// Puts in the rule by which this option narrows, where what is shown of it narrows nothing.
    /// It comes first of those that narrow in its definition.
    pub fn put_into(&self, rules: &mut Vec<Rule>) {
        let rule = Rule {
            effect: RuleEffect::Narrows,
            generation: self.generation,
            pointer: self.pointer.clone(),
        };
        let allows = |other: &Rule| {
            other.effect == RuleEffect::Allows && other.generation == self.generation
        };
        let place = rules.iter().position(allows);
        if let Some(place) = place.filter(|_| !rules.contains(&rule)) {
            rules.insert(place + 1, rule);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(pointer: &str) -> Option<(usize, String)> {
        Hidden::parse(pointer).map(|hidden| (hidden.generation, hidden.pointer))
    }

    #[test]
    fn a_place_is_a_generation_and_a_pointer() {
        let filters = "/options/writes/filters".to_owned();
        assert_eq!(
            hidden("/options/writes/filters"),
            Some((0, filters.clone()))
        );
        assert_eq!(
            hidden("/within/2/options/writes/filters"),
            Some((3, filters))
        );
        for pointer in [
            "",
            "/filters",
            "/within/x/options/a",
            "/within/0",
            "/within/0/a",
        ] {
            assert_eq!(hidden(pointer), None, "{pointer}");
        }
    }

    #[test]
    fn a_rule_is_put_in_once_before_the_others_of_its_definition() {
        let rule = |effect, generation, pointer: &str| Rule {
            effect,
            generation,
            pointer: pointer.to_owned(),
        };
        let mut rules = vec![
            rule(RuleEffect::Allows, 0, "/permitted"),
            rule(RuleEffect::Allows, 1, "/permitted"),
            rule(RuleEffect::Narrows, 1, "/options/queries/timeframe"),
        ];
        let hidden = Hidden::parse("/within/0/options/queries/filters").unwrap();
        hidden.put_into(&mut rules);
        hidden.put_into(&mut rules);
        assert_eq!(rules.len(), 4);
        assert_eq!(rules[2].pointer, "/options/queries/filters");
        assert_eq!(rules[2].generation, 1);
    }
}
