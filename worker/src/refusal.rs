//! Why is a request not answered as asked? Every reason there is, as a variant.

use keyhole_policy::csv::TooMuch;
use keyhole_policy::denial::Denial;
use keyhole_policy::result::TooManyRows;
use keyhole_policy::wire::Invalid;

/// A request that is refused, or that failed.
#[derive(Debug)]
pub enum Refusal {
    /// It means nothing.
    Invalid(Invalid),
    /// It means something that its caller may not do.
    Denied(Denial),
    /// It carries no key, or nothing that is one.
    NoKey,
    /// Its key is not one that is known.
    UnknownKey,
    /// What its path names is not there.
    NotFound(&'static str),
    /// No endpoint has its path.
    NoSuchPath,
    /// Its path has endpoints, but for other methods: these.
    MethodNotAllowed(String),
    /// It came over plain HTTP, to another machine than the caller's.
    InTheClear,
    /// What it would change is no longer as its caller says.
    Changed,
    /// It cannot be done as things are: why.
    Conflict(String),
    /// The key that would make another has made as many as it may.
    TooManyKeysMade,
    /// Its body is larger than any that is read, in bytes where known.
    BodyTooLarge(Option<usize>),
    /// Its key asked too often.
    TooOften,
    /// Its answer would hold too many rows.
    TooManyRows(&'static str, TooManyRows),
    /// Its answer would be larger than an isolate can hold.
    TooManyBytes,
    /// Its answer would be too large as CSV.
    TooMuchCsv(TooMuch),
    /// Its question becomes a statement larger than the store runs.
    TooComplex,
    /// Its patterns would take too long on the texts that they are tried on.
    TooMuchToMatch,
    /// Its question ran out of the time that the store gives one.
    OutOfTime(Fault),
    /// The store is too busy, or away: the same request may succeed later.
    Busy(Fault),
    /// Something of ours is wrong.
    Failed(Fault),
}

/// What went wrong inside: for the log, never for the caller.
#[derive(Debug)]
pub struct Fault {
    /// Where.
    pub place: &'static str,
    /// What, without any key or any caller's data.
    pub cause: String,
}

impl Refusal {
    /// A fault of ours.
    pub fn failed(place: &'static str, cause: impl Into<String>) -> Refusal {
        Refusal::Failed(Fault {
            place,
            cause: cause.into(),
        })
    }

    /// What is stored is not what we store.
    pub fn corrupt(place: &'static str) -> Refusal {
        Refusal::failed(place, "a stored row is not of the expected form")
    }
}

impl From<Invalid> for Refusal {
    fn from(invalid: Invalid) -> Refusal {
        Refusal::Invalid(invalid)
    }
}

impl From<TooMuch> for Refusal {
    fn from(too_much: TooMuch) -> Refusal {
        Refusal::TooMuchCsv(too_much)
    }
}

impl From<Denial> for Refusal {
    fn from(denial: Denial) -> Refusal {
        Refusal::Denied(denial)
    }
}
