//! What is asked about? A request in the server's words, whichever way its own names were spelled.

use crate::spelling::parameter_name;
use keyhole_policy::value::Value;
use keyhole_policy::wire::{Area, Invalid, Problem};

/// The request with its own names in snake_case: what is asked for, its parameters, and those of the question
/// of a saved query. Names inside values are data.
pub fn spelled(request: Value) -> Result<Value, Invalid> {
    let Value::Object(kinds) = names_of(request)? else {
        return Ok(Value::Null);
    };
    let kind = |(name, value): (String, Value)| {
        let value = names_of(value)?;
        let value = match name.as_str() {
            "saved_query" => with_question(value)?,
            _ => value,
        };
        Ok((name, value))
    };
    kinds
        .into_iter()
        .map(kind)
        .collect::<Result<_, _>>()
        .map(Value::Object)
}

fn with_question(saved_query: Value) -> Result<Value, Invalid> {
    let Value::Object(properties) = saved_query else {
        return Ok(saved_query);
    };
    let property = |(name, value): (String, Value)| match name.as_str() {
        "query" => Ok((name, names_of(value)?)),
        _ => Ok((name, value)),
    };
    properties
        .into_iter()
        .map(property)
        .collect::<Result<_, _>>()
        .map(Value::Object)
}

/// The names of one object; what is none is left for the policy to refuse.
fn names_of(value: Value) -> Result<Value, Invalid> {
    let Value::Object(properties) = value else {
        return Ok(value);
    };
    let mut spelled: Vec<(String, Value)> = Vec::with_capacity(properties.len());
    for (name, value) in properties {
        let name = parameter_name(&name);
        if spelled.iter().any(|(other, _)| *other == name) {
            return Err(Invalid {
                area: Area::Request,
                pointer: String::new(),
                problem: Problem::Twice(name),
            });
        }
        spelled.push((name, value));
    }
    Ok(Value::Object(spelled))
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyhole_policy::value::parse;

    fn check(sent: &str, expected: &str) {
        let spelled = spelled(parse(sent.as_bytes()).unwrap());
        assert_eq!(spelled.unwrap().to_string(), expected);
    }

    #[test]
    fn own_names_are_spelled_the_servers_way_and_data_is_left_alone() {
        check(
            r#"{"query":{"analysisType":"count","filters":[{"propertyName":"x"}]}}"#,
            r#"{"query":{"analysis_type":"count","filters":[{"propertyName":"x"}]}}"#,
        );
        check(
            r#"{"record":{"eventCollection":"pageViews","event":{"pageUrl":1}}}"#,
            r#"{"record":{"event_collection":"pageViews","event":{"pageUrl":1}}}"#,
        );
        check(
            r#"{"savedQuery":{"queryName":"aB","query":{"groupBy":"aB"}}}"#,
            r#"{"saved_query":{"query_name":"aB","query":{"group_by":"aB"}}}"#,
        );
        check(
            r#"{"dataset":{"datasetName":"x","indexBy":{"aB":1}}}"#,
            r#"{"dataset":{"dataset_name":"x","index_by":{"aB":1}}}"#,
        );
        check(
            r#"{"key":{"expiresAt":"x","options":{"queries":{"maxSpan":1}}}}"#,
            r#"{"key":{"expires_at":"x","options":{"queries":{"maxSpan":1}}}}"#,
        );
        check("[]", "null");
    }

    #[test]
    fn a_name_given_in_both_spellings_is_refused() {
        let both = parse(br#"{"query":{"groupBy":"a","group_by":"b"}}"#).unwrap();
        assert_eq!(
            spelled(both).unwrap_err().error_code(),
            "InvalidRequestError"
        );
    }
}
