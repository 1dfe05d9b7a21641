//! What is a saved query defined to be, and how is it answered?

use super::Moment;
use super::node::Node;
use super::problem::{Area, Invalid, Problem};
use super::query::{Asked, query};
use crate::limits;
use crate::name::ResourceName;
use crate::query::{AnalysisType, Portion, Query};
use crate::value::Value;

/// A definition as sent: `query`, `refresh_rate`, `metadata`, and `query_name` where it is renamed.
///
/// Everything else is ignored: clients read a definition, change it and send all of it back.
#[derive(Clone, Debug, PartialEq)]
pub struct NewSavedQuery {
    /// `query`, without its nulls. Its timeframe is resolved each time it is run.
    pub query: Value,
    /// The seconds after which its result is computed again; `None` where it is run when it is asked for.
    pub refresh_seconds: Option<u32>,
    /// Free JSON.
    pub metadata: Value,
    /// Its new name.
    pub name: Option<ResourceName>,
}

/// Reads a definition, and whether its query means anything.
pub fn saved_query(body: &Value, moment: &Moment) -> Result<NewSavedQuery, Invalid> {
    let node = Node::root(Area::SavedQuery, body);
    node.properties("a saved query: an object")?;
    let actual = body.to_string().len();
    let limit = limits::SAVED_QUERY_BYTES_MAX;
    if actual > limit {
        let what = "bytes in the definition";
        return Err(node.invalid(Problem::TooMany {
            what,
            actual,
            limit,
        }));
    }
    let query = node.require("query")?;
    let refresh_seconds = node
        .get("refresh_rate")
        .map_or(Ok(None), |node| refresh(&node))?;
    let asked = saved_question(query.value(), moment).map_err(|invalid| Invalid {
        pointer: format!("{}{}", query.pointer(), invalid.pointer),
        ..invalid
    })?;
    if let (Query::Extraction(_), Some(_)) = (&asked.query, refresh_seconds) {
        let reason = "An extraction is not kept fresh: `refresh_rate` must be 0.";
        return Err(node.invalid(Problem::Conflict(reason)));
    }
    let metadata = node.get("metadata");
    Ok(NewSavedQuery {
        query: without_nulls(query.value()),
        refresh_seconds,
        metadata: metadata.map_or(Value::Object(Vec::new()), |node| node.value().clone()),
        name: node
            .get("query_name")
            .map(|node| node.name(ResourceName::parse))
            .transpose()?,
    })
}

fn refresh(node: &Node) -> Result<Option<u32>, Invalid> {
    let (least, most) = (limits::REFRESH_SECONDS_MIN, limits::REFRESH_SECONDS_MAX);
    let expected = "0, or a whole number of seconds from 3,600 to 172,800";
    let seconds = node.number()?.whole();
    let seconds = seconds.and_then(|seconds| u32::try_from(seconds).ok());
    match seconds {
        Some(0) => Ok(None),
        Some(seconds) if (least..=most).contains(&seconds) => Ok(Some(seconds)),
        _ => Err(node.out_of_range(expected)),
    }
}

/// Reads a saved query's `query` as a question of now.
pub fn saved_question(sent: &Value, moment: &Moment) -> Result<Asked, Invalid> {
    let node = Node::root(Area::SavedQuery, sent);
    node.properties("a query: an object with `analysis_type`")?;
    let analysis = node.require("analysis_type")?;
    let expected = "an analysis, such as count or extraction";
    let analysis_type = AnalysisType::parse(analysis.text()?);
    let analysis_type = analysis_type.ok_or_else(|| analysis.out_of_range(expected))?;
    let asked = query(analysis_type, sent, moment)?;
    if let Query::Extraction(extraction) = &asked.query
        && matches!(extraction.portion, Portion::Page(_))
    {
        let reason = "A saved extraction has no pages: use `latest`.";
        return Err(node.invalid(Problem::Conflict(reason)));
    }
    Ok(asked)
}

/// Clients send what is not set as null.
pub(super) fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(properties) => {
            let set = properties.iter().filter(|(_, value)| *value != Value::Null);
            Value::Object(set.cloned().collect())
        }
        other => other.clone(),
    }
}

/// `query` as it is answered: what is not set stands there as null, as Keen's clients expect.
pub fn print_saved_question(query: &Value) -> Value {
    let is_funnel = query.get("analysis_type").and_then(Value::as_text) == Some("funnel");
    let unset: &[(&str, Value)] = if is_funnel {
        &[("timeframe", Value::Null), ("timezone", Value::Null)]
    } else {
        &[
            ("event_collection", Value::Null),
            ("target_property", Value::Null),
            ("timeframe", Value::Null),
            ("timezone", Value::Null),
            ("interval", Value::Null),
            ("filters", Value::List(Vec::new())),
            ("group_by", Value::Null),
            ("order_by", Value::Null),
            ("limit", Value::Null),
        ]
    };
    let Value::Object(mut properties) = query.clone() else {
        return query.clone();
    };
    for (name, value) in unset {
        if query.get(name).is_none() {
            properties.push(((*name).to_owned(), value.clone()));
        }
    }
    Value::Object(properties)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{Instant, NoZones};
    use crate::value::parse;

    fn read(text: &str) -> Result<NewSavedQuery, Invalid> {
        let now = Instant::parse("2026-03-15").unwrap();
        saved_query(
            &parse(text.as_bytes()).unwrap(),
            &Moment {
                now,
                zones: &NoZones,
            },
        )
    }

    #[test]
    fn what_is_answered_may_be_sent_back() {
        let sent = r#"{"query_name":"n","refresh_rate":0,"metadata":{"display_name":"N"},"created_date":"x",
            "last_modified_date":"x","user_last_modified_date":"x","urls":{},"run_information":null,"result":3,
            "query":{"analysis_type":"count","event_collection":"c","timeframe":"this_7_days","timezone":null,
            "filters":[],"interval":null,"group_by":null,"target_property":null,"zero_fill":null}}"#;
        let read = read(sent).unwrap();
        let query = r#"{"analysis_type":"count","event_collection":"c","timeframe":"this_7_days","filters":[]}"#;
        assert_eq!(read.query.to_string(), query);
        assert_eq!(read.refresh_seconds, None);
    }

    #[test]
    fn what_means_nothing_is_refused_at_its_place() {
        let query = |more: &str| {
            format!(
                r#"{{"query":{{"analysis_type":"count","event_collection":"c","timeframe":"today"{more}}}}}"#
            )
        };
        let with = |more: &str| query("").replacen('{', &format!("{{{more},"), 1);
        for (text, pointer) in [
            ("[]".to_owned(), ""),
            ("{}".to_owned(), ""),
            (r#"{"query":[]}"#.to_owned(), "/query"),
            (r#"{"query":{"event_collection":"c"}}"#.to_owned(), "/query"),
            (
                r#"{"query":{"analysis_type":"mode"}}"#.to_owned(),
                "/query/analysis_type",
            ),
            (
                query(r#","filters":[{"operator":"eq"}]"#),
                "/query/filters/0",
            ),
            (with(r#""refresh_rate":60"#), "/refresh_rate"),
            (with(r#""refresh_rate":"3600""#), "/refresh_rate"),
            (with(r#""query_name":"a b""#), "/query_name"),
            (
                query("").replace("count", "extraction").replacen(
                    '{',
                    r#"{"refresh_rate":3600,"#,
                    1,
                ),
                "",
            ),
            (
                query(r#","page_size":5"#).replace("count", "extraction"),
                "/query",
            ),
        ] {
            assert_eq!(
                read(&text).map_err(|invalid| invalid.pointer),
                Err(pointer.to_owned()),
                "{text}"
            );
        }
    }
}
