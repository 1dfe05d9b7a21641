//! What is wrong with a request, and where?

use crate::event::EventProblemKind;
use crate::filter::PatternProblem;
use crate::name::NameProblem;
use crate::value::JsonProblem;

/// A request that means nothing: what is wrong, and at which place.
#[derive(Clone, Debug, PartialEq)]
pub struct Invalid {
    /// What was being read.
    pub area: Area,
    /// JSON pointer (RFC 6901) into the body, or into the parameters as if they were one.
    pub pointer: String,
    /// What is wrong there.
    pub problem: Problem,
}

/// What was being read when something was wrong; it decides the `error_code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// JSON itself.
    Json,
    /// A request as a whole.
    Request,
    /// A batch of events.
    Batch,
    /// One event.
    Event,
    /// A collection's name.
    CollectionName,
    /// A property's name in a query.
    Property,
    /// `timeframe`
    Timeframe,
    /// `timezone`
    Timezone,
    /// `interval`
    Interval,
    /// `filters`
    Filter,
    /// `group_by`
    GroupBy,
    /// `order_by` and `limit`
    OrderBy,
    /// `percentile`, `analyses` and the like.
    Analysis,
    /// `steps`
    Funnel,
    /// `latest`, `property_names` and the like.
    Extraction,
    /// An access key's definition.
    Key,
    /// A project's definition.
    Project,
    /// A saved query's definition.
    SavedQuery,
    /// A dataset's definition.
    Dataset,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    /// Not JSON that we take.
    Json(JsonProblem),
    /// A required field is missing.
    Missing(&'static str),
    /// A value of another type than expected.
    WrongType {
        /// What was expected, in words.
        expected: &'static str,
        /// What was found, in words.
        found: &'static str,
    },
    /// A field that means nothing here; refused where ignoring it could open something.
    UnknownField {
        /// Its name.
        found: String,
        /// What could stand here.
        known: &'static [&'static str],
    },
    /// A word that is none of those that could stand here.
    UnknownWord {
        /// The word.
        found: String,
        /// What is expected instead, in words.
        expected: &'static str,
    },
    /// Not a name of the kind that stands here.
    Name {
        /// The text.
        found: String,
        /// Why.
        problem: NameProblem,
    },
    /// A value outside what is allowed.
    OutOfRange {
        /// The value.
        found: String,
        /// What is expected, in words.
        expected: &'static str,
    },
    /// More of something than a limit allows.
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many there are, or at least are.
        actual: usize,
        /// How many there may be.
        limit: usize,
    },
    /// Something stands twice that may stand once.
    Twice(String),
    /// Two things that cannot go together, or one that needs another.
    Conflict(&'static str),
    /// A `regex` that cannot be run.
    Pattern(PatternProblem),
    /// An event that is refused.
    Event(EventProblemKind),
}

impl Invalid {
    /// The `error_code` of the API.
    pub fn error_code(&self) -> &'static str {
        match (&self.problem, self.area) {
            (Problem::Json(_), _) => "InvalidJSONError",
            (Problem::Missing(_), Area::Request | Area::Analysis) => {
                "MissingRequiredRequestFieldError"
            }
            (Problem::Event(kind), Area::Event) => event_error_code(kind),
            (_, Area::Json) => "InvalidJSONError",
            (_, Area::Request) => "InvalidRequestError",
            (_, Area::Batch) => "InvalidBatchError",
            (_, Area::Event) => "InvalidEventError",
            (_, Area::CollectionName) => "InvalidCollectionNameError",
            (_, Area::Property) => "InvalidPropertyNameError",
            (_, Area::Timeframe) => "TimeframeDefinitionError",
            (_, Area::Timezone) => "TimezoneDefinitionError",
            (_, Area::Interval) => "IntervalDefinitionError",
            (_, Area::Filter) => "FilterDefinitionError",
            (_, Area::GroupBy) => "GroupByDefinitionError",
            (_, Area::OrderBy) => "OrderByDefinitionError",
            (_, Area::Analysis) => "AnalysisDefinitionError",
            (_, Area::Funnel) => "FunnelDefinitionError",
            (_, Area::Extraction) => "ExtractionDefinitionError",
            (_, Area::Key) => "AccessKeyDefinitionError",
            (_, Area::SavedQuery) => "SavedQueryDefinitionError",
            (_, Area::Dataset) => "DatasetDefinitionError",
            (_, Area::Project) => "ProjectDefinitionError",
        }
    }
}

/// Keen's names. Its mobile clients drop a refused event only for three of them and resend it for
/// ever otherwise, so a permanent refusal is always one of `Invalid{CollectionName,PropertyName,PropertyValue}Error`
/// or a name about `keen` or the event as a whole.
fn event_error_code(kind: &EventProblemKind) -> &'static str {
    match kind {
        EventProblemKind::NotAnObject(_) => "InvalidEventError",
        EventProblemKind::TooLarge { .. } | EventProblemKind::TooDeep { .. } => {
            "InvalidPropertyValueError"
        }
        EventProblemKind::PropertyName(..) => "InvalidPropertyNameError",
        EventProblemKind::KeenNotAnObject(_) => "NamespaceTypeError",
        EventProblemKind::KeenProperty(_) => "InvalidKeenNamespaceProperty",
        EventProblemKind::Timestamp
        | EventProblemKind::UniquenessToken
        | EventProblemKind::Location
        | EventProblemKind::Addons { .. } => "InvalidPropertyValueError",
    }
}
