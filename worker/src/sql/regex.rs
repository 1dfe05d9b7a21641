//! Which strings does a `regex` match? SQLite has no regular expressions, so the distinct strings of the
//! property are looked at here, and the statement is given those that match.

use super::property::property;
use super::selection::Source;
use super::{Constants, Sql};
use keyhole_policy::filter::{Filter, Pattern, Property, Test};
use keyhole_policy::limits::REGEX_CANDIDATES_MAX;
use keyhole_policy::query::Selection;
use keyhole_policy::value::Value;
use std::collections::BTreeMap;

/// The strings that each `regex` of a query matches.
#[derive(Debug, Default)]
pub struct Matches {
    found: BTreeMap<(Property, String), Vec<String>>,
}

impl Matches {
    /// The matching strings of a property; none where nothing was looked at.
    pub fn of(&self, tested: &Property, pattern: &Pattern) -> &[String] {
        let found = self
            .found
            .get(&(tested.clone(), pattern.as_str().to_owned()));
        found.map_or(&[], Vec::as_slice)
    }

    /// Keeps those of a property's strings that the pattern matches.
    pub fn add(&mut self, tested: &Property, pattern: &Pattern, candidates: &[String]) {
        let matching = candidates
            .iter()
            .filter(|text| pattern.is_found_in(text))
            .cloned();
        let found = self
            .found
            .entry((tested.clone(), pattern.as_str().to_owned()))
            .or_default();
        found.extend(matching);
        found.sort();
        found.dedup();
    }

    /// As they are kept: a list of `[property, pattern, [string, …]]`.
    pub fn print(&self) -> Value {
        let entry = |((tested, pattern), found): (&(Property, String), &Vec<String>)| {
            let found = found.iter().map(|text| Value::text(text.as_str()));
            Value::List(vec![
                Value::Text(tested.to_string()),
                Value::text(pattern.as_str()),
                Value::List(found.collect()),
            ])
        };
        Value::List(self.found.iter().map(entry).collect())
    }

    /// Reads them back; `None` where they are not of that form.
    pub fn read(value: &Value) -> Option<Matches> {
        let Value::List(entries) = value else {
            return None;
        };
        let mut matches = Matches::default();
        for entry in entries {
            let Value::List(parts) = entry else {
                return None;
            };
            let [tested, pattern, Value::List(found)] = parts.as_slice() else {
                return None;
            };
            let tested = Property::parse(tested.as_text()?).ok()?;
            let texts = found.iter().map(|text| text.as_text().map(str::to_owned));
            let key = (tested, pattern.as_text()?.to_owned());
            matches.found.insert(key, texts.collect::<Option<_>>()?);
        }
        Some(matches)
    }
}

/// The `regex` tests of a filter.
pub fn patterns(filter: &Filter) -> Vec<(&Property, &Pattern)> {
    let mut patterns = Vec::new();
    for (property, test) in filter.tests() {
        if let Test::Regex(pattern) = test {
            patterns.push((property, pattern));
        }
    }
    patterns
}

/// The distinct strings of a property within a selection's time and scope: rows `["text"]`, at most one
/// more than may be looked at.
pub fn candidates(source: &Source, selection: &Selection, tested: &Property) -> Sql {
    let mut constants = Constants::default();
    let fence = source.fence(selection, &mut constants);
    let row = property(tested, &mut constants);
    let limit = REGEX_CANDIDATES_MAX + 1;
    let text = format!(
        "SELECT DISTINCT json_array({}) AS row FROM event_with_body e WHERE {fence} AND {} = 'text' LIMIT {limit}",
        row.value, row.json_type,
    );
    constants.into_sql(text)
}
