//! Why is a request refused that means something? Every refusal, as a variant.

use crate::key::{PermissionName, Wider};

/// A refusal. What it says may be told to its caller: nothing in it depends on what the caller may not see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Denial {
    /// The key belongs to another project.
    OtherProject,
    /// The key was revoked.
    Revoked,
    /// The key's time has not come.
    NotYetValid,
    /// The key's time is over.
    Expired,
    /// An organization's key cannot act inside a project.
    OrganizationKeyInProject,
    /// Only the organization's own key may do this.
    OrganizationOnly,
    /// Only the project's master key may do this.
    MasterOnly,
    /// The key lacks this permission.
    NotPermitted(PermissionName),
    /// The key does not reach this collection.
    CollectionOutOfScope(String),
    /// The key does not reach this property.
    PropertyOutOfScope(String),
    /// The key may not run this analysis.
    AnalysisOutOfScope(&'static str),
    /// The timeframe reaches outside the key's window.
    TimeframeOutOfWindow,
    /// The event is not one this key may record.
    EventOutsideFilter,
    /// The event is too large once all that is filled in is in it.
    EventTooLarge {
        /// Bytes it would have.
        actual: usize,
    },
    /// The question, and what the key adds to it, is more than a statement of D1's may hold.
    TooComplex,
    /// The event happened before what its project keeps.
    EventTooOld {
        /// How many days that is.
        days: i64,
    },
    /// More would be put into the events of one request than may be.
    TooMuchFilledIn,
    /// The patterns of the key's filters would take too long on the events of one request.
    TooMuchToMatch,
    /// The key may not send browsers on to this host.
    RedirectOutOfScope(String),
    /// The key does not reach this saved query or dataset.
    NameOutOfScope(String),
    /// The key may not do this with datasets.
    DatasetOperationOutOfScope(&'static str),
    /// The asked index value is not one the key is pinned to.
    IndexValueOutOfScope(String),
    /// The key would be wider than the one that makes it, or cannot be shown not to be.
    WiderThanMaker(Wider),
    /// The key would be the end of too long a line of keys that made each other.
    LineTooLong {
        /// Keys in the line, the new one counted.
        actual: usize,
    },
}
