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

    /// Takes in what others were found.
    pub fn extend(&mut self, others: Matches) {
        self.found.extend(others.found);
    }

    /// Was this pattern tried?
    pub fn has(&self, tested: &Property, pattern: &Pattern) -> bool {
        let key = (tested.clone(), pattern.as_str().to_owned());
        self.found.contains_key(&key)
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

/// The distinct strings of a property in a selection's rows, as far as those are known, ascending from past
/// one: rows `["text"]`, at most one more than may be looked at.
pub fn candidates(
    source: &Source,
    selection: &Selection,
    tested: &Property,
    past: Option<&str>,
) -> Sql {
    let mut constants = Constants::default();
    let mut known = selection.clone();
    known.filter = as_far_as_known(&selection.filter, source.matches);
    let rows = source.rows(&known, &mut constants);
    let row = property(tested, &mut constants);
    let limit = REGEX_CANDIDATES_MAX + 1;
    let past = past.map_or(String::new(), |past| {
        format!(" AND {} > {}", row.value, constants.bind(Value::text(past)))
    });
    let text = format!(
        "SELECT json_array(text) AS row FROM (SELECT DISTINCT {} AS text {rows} AND {} = 'text'{past} \
         ORDER BY text LIMIT {limit})",
        row.value, row.json_type,
    );
    constants.into_sql(text)
}

/// The filter with every `regex` taken to hold that was not tried yet. There is no NOT in the tree, so this
/// lets more rows through, never fewer; and whatever else a key's filter says holds for every one of them.
pub(super) fn as_far_as_known(filter: &Filter, matches: &Matches) -> Filter {
    let all = |filters: &[Filter]| {
        let known = filters
            .iter()
            .map(|filter| as_far_as_known(filter, matches));
        known.collect()
    };
    match filter {
        Filter::All(filters) => Filter::All(all(filters)),
        Filter::Any(filters) => Filter::Any(all(filters)),
        Filter::Test(property, Test::Regex(pattern)) if !matches.has(property, pattern) => {
            Filter::everything()
        }
        Filter::Test(..) => filter.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyhole_policy::value::parse;
    use keyhole_policy::wire::{Area, Node, filters};

    fn filter(text: &str) -> Filter {
        let value = parse(text.as_bytes()).unwrap();
        filters(&Node::root(Area::Filter, &value)).unwrap()
    }

    #[test]
    fn a_pattern_that_was_not_tried_lets_through_and_every_other_test_stays() {
        let eq = r#"{"property_name":"team","operator":"eq","property_value":"a"}"#;
        let ne = r#"{"property_name":"n","operator":"ne","property_value":1}"#;
        let regex = r#"{"property_name":"note","operator":"regex","property_value":"x"}"#;
        let either = |one, other| format!(r#"{{"operator":"or","operands":[{one},{other}]}}"#);
        let asked = filter(&format!("[{eq},{},{regex}]", either(ne, regex)));
        let Filter::All(known) = as_far_as_known(&asked, &Matches::default()) else {
            panic!("{asked:?}");
        };
        let everything = Filter::everything();
        let [team, or, note] = known.as_slice() else {
            panic!("{known:?}");
        };
        assert_eq!(note, &everything);
        let tests = |filter: &Filter| filter.tests().len();
        assert_eq!([tests(team), tests(or)], [1, 1]);
        assert!(matches!(or, Filter::Any(several) if several.contains(&everything)));

        let mut matches = Matches::default();
        for (property, pattern) in patterns(&asked) {
            matches.add(property, pattern, &["xy".to_owned()]);
        }
        assert_eq!(as_far_as_known(&asked, &matches), asked);
    }
}
