//! Who sent a visitor? A search engine, mail, a social network, the site itself, or somebody unknown.

use super::referrers::site;
use super::url::{Url, query_pairs};
use crate::value::Value;

/// All three are null where one of the two is no URL.
pub(super) fn find(referrer: &str, page: &str) -> Value {
    let found = |medium: Option<&str>, source: Option<&str>, term: Option<String>| {
        let text = |text: Option<&str>| text.map_or(Value::Null, Value::text);
        Value::object([
            ("medium", text(medium)),
            ("source", text(source)),
            ("term", term.map_or(Value::Null, Value::Text)),
        ])
    };
    let (Some(referrer), Some(page)) = (Url::parse(referrer), Url::parse(page)) else {
        return found(None, None, None);
    };
    let Some(host) = referrer.host else {
        return found(Some("UNKNOWN"), None, None);
    };
    if page.host.as_deref() == Some(&*host) {
        return found(Some("INTERNAL"), None, None);
    }
    let Some(site) = site(&host) else {
        return found(Some("UNKNOWN"), None, None);
    };
    let query = referrer.query.unwrap_or_default();
    let mut terms = query_pairs(&query)
        .filter(|(name, value)| site.terms.contains(&name.as_str()) && !value.is_empty());
    let term = terms.next().map(|(_, value)| value);
    found(Some(site.medium), Some(site.source), term)
}
