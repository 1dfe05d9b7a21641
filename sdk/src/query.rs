//! Which request is this query? Parameters go out as given, their own names in snake_case.

use crate::json::{self, Member};
use crate::spelling;
use keyhole_sdk_track::configuration::Misuse;
use keyhole_sdk_track::text::joined;

/// Where a query is posted to, and what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryRequest {
    /// The whole address.
    pub url: String,
    /// JSON.
    pub body: String,
}

/// Builds the request. The analysis type may stand beside the parameters or among them.
pub fn request(
    project_url: &str,
    analysis_type: Option<String>,
    parameters: &str,
) -> Result<QueryRequest, Misuse> {
    let members = json::members(parameters, |_| Ok(())).map_err(|_| Misuse {
        field: "query parameters",
        must: "be a plain object",
    })?;
    let mut named = None;
    let mut names: Vec<String> = Vec::new();
    let mut body = String::from("{");
    for member in &members {
        let name = parameter_name(member);
        if names.contains(&name) {
            let must = "be given once, in snake_case or in camelCase";
            return Err(Misuse {
                field: "each query parameter",
                must,
            });
        }
        if name == "analysis_type" {
            named = json::text_of(member.value);
        } else {
            push_member(&mut body, &name, member.value);
        }
        names.push(name);
    }
    body.push('}');
    let analysis = analysis_type.or(named).unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    if analysis.is_empty() || !analysis.bytes().all(plain) {
        return Err(Misuse {
            field: "analysisType",
            must: "be the name of an analysis, such as count",
        });
    }
    Ok(QueryRequest {
        url: joined(&[project_url, "/queries/", &analysis]),
        body,
    })
}

/// A parameter's name as the server spells it. Only these: names inside values are data.
fn parameter_name(member: &Member<'_>) -> String {
    let raw = member.raw_name;
    // Letters of an escape are no camel's humps; no parameter is written with one.
    if raw.bytes().any(|byte| byte == b'\\') {
        return raw.to_owned();
    }
    spelling::parameter_name(raw)
}

/// Appends `"name":value` to an open object.
fn push_member(object: &mut String, raw_name: &str, value: &str) {
    if object.len() > 1 {
        object.push(',');
    }
    for part in ["\"", raw_name, "\":", value] {
        object.push_str(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(parameters: &str, body: &str) {
        let request = request(
            "https://a/3.0/projects/p",
            Some("count".to_owned()),
            parameters,
        );
        let url = "https://a/3.0/projects/p/queries/count".to_owned();
        assert_eq!(
            request,
            Ok(QueryRequest {
                url,
                body: body.to_owned()
            })
        );
    }

    #[test]
    fn parameters_are_spelled_the_servers_way_and_data_is_left_alone() {
        check(
            r#"{"eventCollection":"pageViews","groupBy":["pageUrl"],"analyses":{"myLabel":{"analysis_type":"count"}}}"#,
            r#"{"event_collection":"pageViews","group_by":["pageUrl"],"analyses":{"myLabel":{"analysis_type":"count"}}}"#,
        );
        check(
            r#"{"event_collection":"a","max_age":61}"#,
            r#"{"event_collection":"a","max_age":61}"#,
        );
        check("{}", "{}");
    }

    #[test]
    fn the_analysis_may_stand_among_the_parameters() {
        for parameters in [
            r#"{"analysisType":"sum","target_property":"x"}"#,
            r#"{"analysis_type":"sum","targetProperty":"x"}"#,
        ] {
            let request = request("https://a", None, parameters).unwrap();
            assert_eq!(request.url, "https://a/queries/sum");
            assert_eq!(request.body, r#"{"target_property":"x"}"#);
        }
    }

    #[test]
    fn an_analysis_cannot_lead_to_another_address() {
        for analysis in ["", "../keys", "count?x", "Count", "a/b"] {
            let misuse = request("https://a", Some(analysis.to_owned()), "{}").unwrap_err();
            assert_eq!(misuse.field, "analysisType", "{analysis}");
        }
        assert!(request("https://a", None, r#"{"analysis_type":3}"#).is_err());
    }

    #[test]
    fn a_parameter_given_in_both_spellings_is_refused() {
        let both = r#"{"groupBy":"a","group_by":"b"}"#;
        assert!(request("https://a", Some("count".to_owned()), both).is_err());
    }
}
