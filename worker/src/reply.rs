//! What is answered? One exhaustive match from each refusal to its status, `error_code` and sentence.

use crate::rate::PERIOD_SECONDS;
use crate::refusal::Refusal;
use keyhole_policy::authorize::AuthorizedRedirect;
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
    /// JSON text that was there when the Worker was compiled.
    FixedJson(&'static str),
    /// CSV, as RFC 4180 has it.
    Csv(String),
    /// A GIF.
    Gif(&'static [u8]),
}

/// One transparent pixel (GIF 89a).
const PIXEL: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff\
    !\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

impl Reply {
    /// 200 with events as CSV.
    pub fn csv(text: String) -> Reply {
        Reply {
            status: 200,
            body: Body::Csv(text),
            headers: Vec::new(),
        }
    }

    /// 200 with an image that nobody sees.
    pub fn pixel() -> Reply {
        Reply {
            status: 200,
            body: Body::Gif(PIXEL),
            headers: Vec::new(),
        }
    }

    /// 302: on to there.
    pub fn redirected(target: &AuthorizedRedirect) -> Reply {
        Reply {
            status: 302,
            body: Body::Empty,
            headers: vec![("location", target.url().to_owned())],
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

    /// 304: the caller has it already.
    pub fn not_modified() -> Reply {
        Reply {
            status: 304,
            body: Body::Empty,
            headers: Vec::new(),
        }
    }

    /// The same answer with the entity tag of what it holds.
    pub fn with_etag(mut self, etag: String) -> Reply {
        self.headers.push(("etag", etag));
        self
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
        Refusal::Denied(denial) => denial.code(),
        Refusal::NoKey | Refusal::UnknownKey => (401, "InvalidApiKeyError"),
        Refusal::NotFound(_) | Refusal::NoSuchPath => (404, "ResourceNotFoundError"),
        Refusal::MethodNotAllowed(_) => (405, "MethodNotAllowedError"),
        Refusal::InTheClear => (403, "HttpsRequiredError"),
        Refusal::Changed => (412, "PreconditionFailedError"),
        Refusal::Conflict(_) => (409, "ConflictError"),
        Refusal::TooManyKeysMade => (403, "RequestForbiddenError"),
        Refusal::BodyTooLarge(_) => (413, "RequestTooLargeError"),
        Refusal::TooOften => (429, "TooManyRequestsError"),
        Refusal::TooManyRows(..) | Refusal::TooManyBytes | Refusal::TooMuchCsv(_) => {
            (400, "TooManyResultsError")
        }
        Refusal::TooComplex | Refusal::TooMuchToMatch => (400, "QueryTooComplexError"),
        Refusal::OutOfTime(_) => (504, "QueryTimeoutError"),
        Refusal::Busy(_) => (503, "ServiceUnavailableError"),
        Refusal::Failed(_) => (500, "InternalServerError"),
    }
}

/// What is said to a person.
pub fn sentence(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Invalid(invalid) => invalid.to_string(),
        Refusal::Denied(denial) => denial.to_string(),
        Refusal::NoKey => {
            "A key is needed: in the header `Authorization`, or as the parameter `api_key`.".to_owned()
        }
        Refusal::UnknownKey => "This key is not known.".to_owned(),
        Refusal::NotFound(what) => format!("There is no such {what}."),
        Refusal::NoSuchPath => "There is nothing at this path.".to_owned(),
        Refusal::MethodNotAllowed(allowed) => format!("This path takes {allowed} only."),
        Refusal::InTheClear => "HTTPS is needed. A key that was sent in the clear may have been read on its way: make it anew.".to_owned(),
        Refusal::Changed => "It was changed by somebody else in the meantime. Read it again, and send `If-Match` with its `ETag`.".to_owned(),
        Refusal::Conflict(reason) => reason.clone(),
        Refusal::TooManyKeysMade => format!(
            "This key has made {} keys; that is the limit. Delete some of them first.",
            limits::KEYS_MADE_BY_ONE_MAX
        ),
        Refusal::BodyTooLarge(actual) => {
            let actual = actual.map_or("more bytes than are read".to_owned(), |bytes| format!("{bytes} bytes"));
            format!("The body has {actual}; the limit is {}.", limits::BODY_BYTES_MAX)
        }
        Refusal::TooOften => "This key asked more questions in a minute than one key may. Wait a minute.".to_owned(),
        Refusal::TooManyRows(what, rows) => format!(
            "The answer would hold at least {} {what}; the limit is {}. Narrow the timeframe, the filters or the groups.",
            rows.actual, rows.limit
        ),
        Refusal::TooManyBytes => format!(
            "The answer would be made of more than {} bytes. Narrow the timeframe, the filters or the groups; events come page by page with \
             `page_size`, lists with fewer to a page, and collections without their properties with `include_schema=false`.",
            limits::ANSWER_BYTES_MAX
        ),
        Refusal::TooMuchCsv(too_much) => format!(
            "The answer would hold at least {} {}; the limit is {}. Name fewer properties in `property_names`, or ask for fewer events.",
            too_much.at_least, too_much.what, too_much.limit
        ),
        Refusal::TooComplex => "The question, with the key's own filters, is larger than the store runs as one statement. Ask with fewer or shorter filters, groups or steps.".to_owned(),
        Refusal::TooMuchToMatch => format!(
            "The `regex` filters would take more than {} steps: a pattern takes one for each byte of a text and each state it may be in. \
             Narrow the timeframe or the other filters, or repeat less in the pattern.",
            limits::REGEX_STEPS_MAX
        ),
        Refusal::OutOfTime(_) => "The question took longer than the store gives one. Narrow its timeframe or its filters, or ask it in parts.".to_owned(),
        Refusal::Busy(_) => "The store is busy or away. Send the same request again: an event with a `keen.uniqueness_token` is stored once.".to_owned(),
        Refusal::Failed(_) => "Something is wrong on our side. It was logged.".to_owned(),
    }
}
