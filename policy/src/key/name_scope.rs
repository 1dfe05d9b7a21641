//! Which names does a key reach? Fails closed: an empty list reaches nothing.

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

impl std::fmt::Display for NamePattern {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NamePattern::Exactly(name) => formatter.write_str(name),
            NamePattern::BeginningWith(beginning) => write!(formatter, "{beginning}*"),
        }
    }
}

impl NamePattern {
    /// Reads a pattern; a trailing `*` stands for any ending.
    pub fn parse(text: &str) -> NamePattern {
        match text.strip_suffix('*') {
            Some(beginning) => NamePattern::BeginningWith(beginning.to_owned()),
            None => NamePattern::Exactly(text.to_owned()),
        }
    }

    /// Does it stand for every name?
    pub(super) fn is_everything(&self) -> bool {
        matches!(self, NamePattern::BeginningWith(beginning) if beginning.is_empty())
    }

    /// Is every name it stands for one that the other stands for?
    pub(super) fn is_within(&self, other: &NamePattern) -> bool {
        match (self, other) {
            (NamePattern::Exactly(name), other) => other.covers(name),
            (NamePattern::BeginningWith(_), NamePattern::Exactly(_)) => false,
            (NamePattern::BeginningWith(narrow), NamePattern::BeginningWith(wide)) => {
                narrow.starts_with(wide)
            }
        }
    }

    /// Is there a name that both stand for?
    pub(super) fn meets(&self, other: &NamePattern) -> bool {
        self.is_within(other) || other.is_within(self)
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
        !self.blocks(name) && self.allowed.as_deref().is_none_or(any)
    }

    /// Is the name out even where it is allowed?
    pub fn blocks(&self, name: &str) -> bool {
        self.blocked.iter().any(|pattern| pattern.covers(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_allow_list_allows_nothing() {
        let nothing = NameScope {
            allowed: Some(Vec::new()),
            blocked: Vec::new(),
        };
        assert!(!nothing.covers("strikes"));
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
}
