//! How is a denial answered? Its status, its `error_code` and its sentence.

use super::sentence::echo;
use crate::denial::Denial;
use crate::key::{Wider, WiderReason};
use crate::limits;
use std::fmt;

impl Denial {
    /// The HTTP status and Keen's `error_code`.
    ///
    /// 401: who are you? The key is dead, of elsewhere, or not of the kind the endpoint is for. 403: we know
    /// you, and you may not do this.
    pub fn code(&self) -> (u16, &'static str) {
        match self {
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
            | Denial::RedirectOutOfScope(_)
            | Denial::NameOutOfScope(_)
            | Denial::DatasetOperationOutOfScope(_)
            | Denial::IndexValueOutOfScope(_)
            | Denial::WiderThanMaker(_)
            | Denial::LineTooLong { .. } => (403, "RequestForbiddenError"),
            Denial::EventTooLarge { .. } | Denial::EventTooOld { .. } => {
                (400, "InvalidPropertyValueError")
            }
            Denial::TooComplex => (400, "QueryTooComplexError"),
            // Not one of the names for which clients drop an event: in a smaller batch it is taken.
            Denial::TooMuchFilledIn | Denial::TooMuchToMatch => (400, "InvalidBatchError"),
        }
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Denial::OtherProject => write!(formatter, "This key is not one of this project."),
            Denial::Revoked => write!(formatter, "This key was revoked."),
            Denial::NotYetValid => {
                write!(formatter, "This key's `not_before` has not come yet.")
            }
            Denial::Expired => write!(formatter, "This key has expired."),
            Denial::OrganizationKeyInProject => write!(
                formatter,
                "An organization's key manages projects; inside one a key of the project is needed."
            ),
            Denial::OrganizationOnly => {
                write!(formatter, "Only the organization's own key may do this.")
            }
            Denial::MasterOnly => {
                write!(formatter, "Only the project's master key may do this.")
            }
            Denial::NotPermitted(permission) => {
                let name = permission.as_str();
                write!(formatter, "This key is not permitted `{name}`.")
            }
            Denial::CollectionOutOfScope(name) => {
                write!(
                    formatter,
                    "This key does not reach the collection '{name}'."
                )
            }
            Denial::PropertyOutOfScope(name) => {
                write!(formatter, "This key does not reach the property '{name}'.")
            }
            Denial::AnalysisOutOfScope(name) => {
                write!(formatter, "This key may not run the analysis `{name}`.")
            }
            Denial::TimeframeOutOfWindow => write!(
                formatter,
                "The timeframe reaches outside this key's window of time."
            ),
            Denial::EventOutsideFilter => write!(
                formatter,
                "This key may record only events that satisfy its filters."
            ),
            Denial::EventTooLarge { actual } => write!(
                formatter,
                "The event has {actual} bytes once all that is filled in is in it; the limit is {}.",
                limits::EVENT_BYTES_MAX
            ),
            Denial::TooComplex => write!(
                formatter,
                "The question, with the filters of this key if it has any, would take more than {} instructions \
                 of D1's, or more than {} bytes of operands: ask with fewer filters, groups, analyses or steps.",
                limits::STATEMENT_INSTRUCTIONS_MAX,
                limits::STATEMENT_OPERAND_BYTES_MAX
            ),
            Denial::EventTooOld { days } => write!(
                formatter,
                "At /keen/timestamp: This project keeps its events for {days} days; this one is older, and would be deleted at once."
            ),
            Denial::TooMuchFilledIn => write!(
                formatter,
                "More than {} bytes would be filled into the events of this batch: send it in smaller ones.",
                limits::FILLED_IN_BYTES_MAX
            ),
            Denial::TooMuchToMatch => write!(
                formatter,
                "The `regex` filters of this key would take more than {} steps on the events of this batch: send it in smaller ones, or events with shorter texts.",
                limits::REGEX_STEPS_OF_RECORDING_MAX
            ),
            Denial::RedirectOutOfScope(host) => write!(
                formatter,
                "This key may not redirect to the host '{}': its `redirects` say to which it may.",
                echo(host)
            ),
            Denial::NameOutOfScope(name) => {
                write!(formatter, "This key does not reach '{name}'.")
            }
            Denial::DatasetOperationOutOfScope(operation) => {
                write!(formatter, "This key may not {operation} datasets.")
            }
            Denial::IndexValueOutOfScope(property) => write!(
                formatter,
                "This key does not reach that value of the index property '{property}'."
            ),
            Denial::WiderThanMaker(wider) => write!(formatter, "{wider}"),
            Denial::LineTooLong { actual } => write!(
                formatter,
                "The key would be number {actual} in a line of keys that made each other; the limit is {}.",
                limits::KEY_LINE_MAX
            ),
        }
    }
}

impl fmt::Display for Wider {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = echo(&self.pointer);
        write!(
            formatter,
            "At {place}: A key makes only keys within itself. "
        )?;
        match self.reason {
            WiderReason::NotPermitted(permission) => {
                let name = permission.as_str();
                write!(
                    formatter,
                    "The key that makes this one is not permitted `{name}`."
                )
            }
            WiderReason::LimitMissing => write!(
                formatter,
                "The key that makes this one has a limit here: one as narrow is expected."
            ),
            WiderReason::ReachesFurther => write!(
                formatter,
                "This reaches further than the key that makes this one, or may one day."
            ),
            WiderReason::HidesLess => write!(
                formatter,
                "All that the key that makes this one blocks or hides is expected here too."
            ),
            WiderReason::FilterNotImplied(at) => write!(
                formatter,
                "Nothing here says as much as filter {at} (from 0) of the key that makes this one: repeat it, or a narrower one."
            ),
            WiderReason::AutofillDiffers => write!(
                formatter,
                "All that the key that makes this one fills in is expected here too, with the same values."
            ),
            WiderReason::ClipsInsteadOfRefusing => write!(
                formatter,
                "The key that makes this one refuses timeframes outside its window: \"deny\" is expected."
            ),
        }
    }
}
