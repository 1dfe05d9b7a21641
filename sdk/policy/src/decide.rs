//! What would the server say, and is that certain with what the key may know of itself?

use crate::described::Described;
use crate::hidden::Hidden;
use keyhole_policy::explain::{self, Allowed, Explanation, Request};
use keyhole_policy::value::Value;
use keyhole_policy::wire::{
    Area, ExplainedRequest, Invalid, Moment, Node, explained_request, print_explanation,
};

/// The server's explanation, with `certain`: false where something that the key may not know could still refuse.
pub fn explain(described: &Described, request: &Value, moment: &Moment) -> Result<Value, Invalid> {
    let asked = explained_request(&Node::root(Area::Request, request), moment)?;
    let mut explanation = explain::explain(
        &described.caller,
        &described.project,
        &asked.request,
        moment.now,
    );
    let hidden = hidden_from(described, &asked.request);
    // What is hidden only takes away, so that what is refused without it is refused.
    let is_certain = hidden.is_empty() || explanation.decision.is_err() || only_narrows(&asked);
    let is_cut = explanation.decision.is_ok() && !hidden.is_empty();
    for option in hidden {
        if narrows(option, &explanation) {
            option.put_into(&mut explanation.rules);
        }
    }
    let printed = print_explanation(&explanation, &asked, &described.visible());
    let Value::Object(mut properties) = printed else {
        return Ok(printed);
    };
    if is_cut && !properties.iter().any(|(name, _)| name == "redacted") {
        properties.push(("redacted".to_owned(), Value::Bool(true)));
    }
    properties.push(("certain".to_owned(), Value::Bool(is_certain)));
    Ok(Value::Object(properties))
}

/// What is left out of the options that bear on such a request.
fn hidden_from<'a>(described: &'a Described, request: &Request) -> Vec<&'a Hidden> {
    let permission = match request {
        Request::Query(_) => "queries",
        Request::SavedQuery {
            cached: false,
            query: Some(_),
            ..
        } => "saved_queries",
        Request::Record(..) => "writes",
        // A new key is held against every option.
        Request::Key(_) => return described.hidden.iter().collect(),
        _ => return Vec::new(),
    };
    let hidden = described.hidden.iter();
    hidden.filter(|option| option.is_of(permission)).collect()
}

/// A filter takes rows from a question and never refuses it. An event it refuses, and a new key.
fn only_narrows(asked: &ExplainedRequest) -> bool {
    matches!(
        asked.request,
        Request::Query(_) | Request::SavedQuery { .. }
    )
}

/// Does the option narrow what was allowed? The filters of an event only refuse.
fn narrows(option: &Hidden, explanation: &Explanation) -> bool {
    match &explanation.decision {
        Ok(Allowed::Query(_)) => true,
        Ok(Allowed::Event(_)) => option.pointer == "/options/writes/autofill",
        _ => false,
    }
}
