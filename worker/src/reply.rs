//! What is answered? One exhaustive match from each refusal to its status, `error_code` and sentence.

use crate::rate::PERIOD_SECONDS;
use crate::refusal::Refusal;
use keyhole_policy::denial::Denial;
use keyhole_policy::limits;
use keyhole_policy::value::Value;

/// An answer, before it is HTTP.
#[derive(Debug, PartialEq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Body,
    /// Headers beyond those every answer has.
    pub headers: Vec<(&'static str, String)>,
}

/// What an answer holds, which says its content type.
#[derive(Debug, PartialEq)]
pub enum Body {
    /// Nothing: 204 and preflights.
    Empty,
    /// JSON text.
    Json(String),
    /// CSV, as RFC 4180 has it.
    Csv(String),
}

impl Reply {
    /// 200 with events as CSV.
    pub fn csv(text: String) -> Reply {
        Reply {
            status: 200,
            body: Body::Csv(text),
            headers: Vec::new(),
        }
    }

    /// 200 with a JSON body.
    pub fn ok(body: Value) -> Reply {
        Reply::json(200, body)
    }

    /// 201 with a JSON body.
    pub fn created(body: Value) -> Reply {
        Reply::json(201, body)
    }

    /// 204.
    pub fn no_content() -> Reply {
        Reply {
            status: 204,
            body: Body::Empty,
            headers: Vec::new(),
        }
    }

    fn json(status: u16, body: Value) -> Reply {
        Reply {
            status,
            body: Body::Json(body.to_string()),
            headers: Vec::new(),
        }
    }

    /// The answer to a refused request: `{"message": …, "error_code": …}`.
    pub fn refused(refusal: &Refusal) -> Reply {
        let (status, error_code) = code(refusal);
        let body = Value::object([
            ("message", Value::Text(sentence(refusal))),
            ("error_code", Value::text(error_code)),
        ]);
        let mut reply = Reply::json(status, body);
        match refusal {
            Refusal::MethodNotAllowed(allowed) => reply.headers.push(("allow", allowed.clone())),
            Refusal::Busy(_) => reply.headers.push(("retry-after", "1".to_owned())),
            Refusal::TooOften => reply
                .headers
                .push(("retry-after", PERIOD_SECONDS.to_string())),
            _ => {}
        }
        reply
    }
}

/// The status and Keen's `error_code`.
///
/// 401: who are you? The key is missing, unknown, dead, of elsewhere, or not of the kind the endpoint is for.
/// 403: we know you, and you may not do this. 404: no such thing. 400: this means nothing.
pub fn code(refusal: &Refusal) -> (u16, &'static str) {
    match refusal {
        Refusal::Invalid(invalid) => (400, invalid.error_code()),
        Refusal::Denied(denial) => denial_code(denial),
        Refusal::NoKey | Refusal::UnknownKey => (401, "InvalidApiKeyError"),
        Refusal::NotFound(_) | Refusal::NoSuchPath => (404, "ResourceNotFoundError"),
        Refusal::MethodNotAllowed(_) => (405, "MethodNotAllowedError"),
        Refusal::BodyTooLarge(_) => (413, "RequestTooLargeError"),
        Refusal::TooOften => (429, "TooManyRequestsError"),
        Refusal::TooManyRows(..) => (400, "TooManyResultsError"),
        Refusal::TooComplex => (400, "QueryTooComplexError"),
        Refusal::OutOfTime(_) => (504, "QueryTimeoutError"),
        Refusal::Busy(_) => (503, "ServiceUnavailableError"),
        Refusal::Failed(_) => (500, "InternalServerError"),
    }
}

fn denial_code(denial: &Denial) -> (u16, &'static str) {
    match denial {
        Denial::OtherProject | Denial::Revoked => (401, "InvalidApiKeyError"),
        Denial::Expired => (401, "ExpiredApiKeyError"),
        Denial::NotYetValid => (401, "NotYetValidApiKeyError"),
        Denial::OrganizationKeyInProject => (401, "InvalidApiKeyError"),
        Denial::MasterOnly | Denial::OrganizationOnly => (401, "AdminOnlyEndpointError"),
        Denial::NotPermitted(_)
        | Denial::CollectionOutOfScope(_)
        | Denial::PropertyOutOfScope(_)
        | Denial::AnalysisOutOfScope(_)
        | Denial::TimeframeOutOfWindow
        | Denial::EventOutsideFilter
        | Denial::NameOutOfScope(_)
        | Denial::DatasetOperationOutOfScope(_)
        | Denial::IndexValueOutOfScope(_) => (403, "RequestForbiddenError"),
        Denial::EventTooLarge { .. } => (400, "InvalidPropertyValueError"),
    }
}

/// What is said to a person.
pub fn sentence(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Invalid(invalid) => invalid.to_string(),
        Refusal::Denied(denial) => denied(denial),
        Refusal::NoKey => {
            "A key is needed: in the header `Authorization`, or as the parameter `api_key`.".to_owned()
        }
        Refusal::UnknownKey => "This key is not known.".to_owned(),
        Refusal::NotFound(what) => format!("There is no such {what}."),
        Refusal::NoSuchPath => "There is nothing at this path.".to_owned(),
        Refusal::MethodNotAllowed(allowed) => format!("This path takes {allowed} only."),
        Refusal::BodyTooLarge(actual) => {
            let actual = actual.map_or("more bytes than are read".to_owned(), |bytes| format!("{bytes} bytes"));
            format!("The body has {actual}; the limit is {}.", limits::BODY_BYTES_MAX)
        }
        Refusal::TooOften => "This key asked more questions in a minute than one key may. Wait a minute.".to_owned(),
        Refusal::TooManyRows(what, rows) => format!(
            "The answer would hold at least {} {what}; the limit is {}. Narrow the timeframe, the filters or the groups.",
            rows.actual, rows.limit
        ),
        Refusal::TooComplex => "The question, with the key's own filters, is larger than the store runs as one statement. Ask with fewer or shorter filters, groups or steps.".to_owned(),
        Refusal::OutOfTime(_) => "The question took longer than the store gives one. Narrow its timeframe or its filters, or ask it in parts.".to_owned(),
        Refusal::Busy(_) => "The store is busy or away. Send the same request again: an event with a `keen.uniqueness_token` is stored once.".to_owned(),
        Refusal::Failed(_) => "Something is wrong on our side. It was logged.".to_owned(),
    }
}

fn denied(denial: &Denial) -> String {
    match denial {
        Denial::OtherProject => "This key is not one of this project.".to_owned(),
        Denial::Revoked => "This key was revoked.".to_owned(),
        Denial::NotYetValid => "This key's `not_before` has not come yet.".to_owned(),
        Denial::Expired => "This key has expired.".to_owned(),
        Denial::OrganizationKeyInProject => {
            "An organization's key manages projects; inside one a key of the project is needed."
                .to_owned()
        }
        Denial::OrganizationOnly => "Only the organization's own key may do this.".to_owned(),
        Denial::MasterOnly => "Only the project's master key may do this.".to_owned(),
        Denial::NotPermitted(permission) => {
            format!("This key is not permitted `{}`.", permission.as_str())
        }
        Denial::CollectionOutOfScope(name) => {
            format!("This key does not reach the collection '{name}'.")
        }
        Denial::PropertyOutOfScope(name) => {
            format!("This key does not reach the property '{name}'.")
        }
        Denial::AnalysisOutOfScope(name) => format!("This key may not run the analysis `{name}`."),
        Denial::TimeframeOutOfWindow => {
            "The timeframe reaches outside this key's window of time.".to_owned()
        }
        Denial::EventOutsideFilter => {
            "This key may record only events that satisfy its filters.".to_owned()
        }
        Denial::EventTooLarge { actual } => format!(
            "The event has {actual} bytes once the key's autofill is in it; the limit is {}.",
            limits::EVENT_BYTES_MAX
        ),
        Denial::NameOutOfScope(name) => format!("This key does not reach '{name}'."),
        Denial::DatasetOperationOutOfScope(operation) => {
            format!("This key may not {operation} datasets.")
        }
        Denial::IndexValueOutOfScope(property) => {
            format!("This key does not reach that value of the index property '{property}'.")
        }
    }
}
