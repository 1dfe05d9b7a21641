//! What may an access key do? Permissions that carry their own options, scopes, state and expiry.

mod scope;
mod window;

pub use scope::{NamePattern, NameScope, PropertyScope};
pub use window::{Bound, OutsideWindow, Window, WindowMode, parse_duration_milliseconds};

use crate::denial::Denial;
use crate::filter::Filter;
use crate::name::{KeyId, Label, OrganizationId, ProjectId};
use crate::query::AnalysisType;
use crate::time::Instant;
use crate::value::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Who asks, as the credential says.
#[derive(Clone, Debug, PartialEq)]
pub enum Caller {
    /// May make and list an organization's projects; nothing inside them.
    Organization(OrganizationId),
    /// May do everything inside its project.
    Master(ProjectId),
    /// May record events.
    Write(ProjectId),
    /// May query, and read schemas and results.
    Read(ProjectId),
    /// May do what its definition says.
    Access(Box<AccessKey>),
}

/// An access key of a project.
#[derive(Clone, Debug, PartialEq)]
pub struct AccessKey {
    /// Its id, which opens nothing.
    pub id: KeyId,
    /// The project it belongs to.
    pub project: ProjectId,
    /// What it may do.
    pub definition: KeyDefinition,
}

/// What an access key is defined to be.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyDefinition {
    /// For people.
    pub name: Label,
    /// False once revoked.
    pub is_active: bool,
    /// What it may do.
    pub grants: Grants,
    /// From here on it is refused.
    pub expires_at: Option<Instant>,
    /// Until here it is refused.
    pub not_before: Option<Instant>,
    /// The owner's own name for whom it was made.
    pub external_id: Option<Label>,
}

/// Every permission there is.
#[derive(Clone, Debug, PartialEq)]
pub struct Grants {
    /// Record events.
    pub writes: Permission<WriteGrant>,
    /// Ask ad-hoc questions.
    pub queries: Permission<QueryGrant>,
    /// Run saved queries.
    pub saved_queries: Permission<SavedQueryGrant>,
    /// Read results of cached queries.
    pub cached_queries: Permission<NameScope>,
    /// Read datasets.
    pub datasets: Permission<DatasetGrant>,
    /// Read collections' and properties' names and types.
    pub schema: Permission<SchemaGrant>,
    /// Read definitions of saved queries.
    pub query_definition: Permission<()>,
}

/// A permission with its options.
///
/// Options may be kept while the permission is withheld, as Keen's clients do when they take one
/// away and give it back; they are then in no force, and no filter is lost on the way.
#[derive(Clone, Debug, PartialEq)]
pub enum Permission<Grant> {
    /// Not permitted.
    Withheld(Option<Grant>),
    /// Permitted within these options.
    Granted(Grant),
}

impl<Grant> Permission<Grant> {
    /// The options in force, or the refusal that names the missing permission.
    pub fn granted(&self, permission: PermissionName) -> Result<&Grant, Denial> {
        match self {
            Permission::Granted(grant) => Ok(grant),
            Permission::Withheld(_) => Err(Denial::NotPermitted(permission)),
        }
    }
}

/// The word for a permission in `permitted` and `options`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PermissionName {
    /// `writes`
    Writes,
    /// `queries`
    Queries,
    /// `saved_queries`
    SavedQueries,
    /// `cached_queries`
    CachedQueries,
    /// `datasets`
    Datasets,
    /// `schema`
    Schema,
    /// `query_definition`
    QueryDefinition,
}

impl PermissionName {
    /// All of them.
    pub const ALL: [PermissionName; 7] = [
        PermissionName::Writes,
        PermissionName::Queries,
        PermissionName::SavedQueries,
        PermissionName::CachedQueries,
        PermissionName::Datasets,
        PermissionName::Schema,
        PermissionName::QueryDefinition,
    ];

    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            PermissionName::Writes => "writes",
            PermissionName::Queries => "queries",
            PermissionName::SavedQueries => "saved_queries",
            PermissionName::CachedQueries => "cached_queries",
            PermissionName::Datasets => "datasets",
            PermissionName::Schema => "schema",
            PermissionName::QueryDefinition => "query_definition",
        }
    }
}

/// Which events may be recorded, and with what put into them.
#[derive(Clone, Debug, PartialEq)]
pub struct WriteGrant {
    /// An object merged into every event; it wins over what was sent.
    pub autofill: Value,
    /// What an event must satisfy once filled.
    pub filter: Filter,
    /// Where events may go.
    pub collections: NameScope,
    /// What a caller may send; what is filled in need not be listed.
    pub properties: PropertyScope,
}

/// Which questions may be asked, and over which events.
#[derive(Clone, Debug, PartialEq)]
pub struct QueryGrant {
    /// What an event must satisfy to be seen.
    pub filter: Filter,
    /// Which collections may be asked about.
    pub collections: NameScope,
    /// Which properties may be named or shown.
    pub properties: PropertyScope,
    /// Which time may be asked about; all of it where `None`.
    pub window: Option<Window>,
    /// Which analyses may be run; all of them where `None`.
    pub analyses: Option<BTreeSet<AnalysisType>>,
}

/// Which saved queries may be run, and over which events.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedQueryGrant {
    /// By name.
    pub names: NameScope,
    /// Added to the saved query's own filter.
    pub filter: Filter,
}

/// Which datasets may be read, and which rows of them.
#[derive(Clone, Debug, PartialEq)]
pub struct DatasetGrant {
    /// What may be done; everything where `None`.
    pub operations: Option<BTreeSet<DatasetOperation>>,
    /// By name, each with the index values that may be retrieved; all datasets where `None`.
    pub allowed: Option<BTreeMap<String, IndexPins>>,
    /// Wins over `allowed`.
    pub blocked: BTreeSet<String>,
}

/// For each pinned index property, the values that may be retrieved; no pin, no restriction.
pub type IndexPins = BTreeMap<String, Vec<Value>>;

/// What can be done with a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DatasetOperation {
    /// Read one definition.
    Read,
    /// List definitions.
    List,
    /// Retrieve results.
    Retrieve,
}

/// Which names and types may be read.
#[derive(Clone, Debug, PartialEq)]
pub struct SchemaGrant {
    /// Of these collections.
    pub collections: NameScope,
}

impl AccessKey {
    /// Refuses a revoked key, and one outside its time.
    pub fn must_be_usable(&self, now: Instant) -> Result<(), Denial> {
        if !self.definition.is_active {
            return Err(Denial::Revoked);
        }
        if self
            .definition
            .not_before
            .is_some_and(|not_before| now < not_before)
        {
            return Err(Denial::NotYetValid);
        }
        if self
            .definition
            .expires_at
            .is_some_and(|expires_at| now >= expires_at)
        {
            return Err(Denial::Expired);
        }
        Ok(())
    }
}

impl Caller {
    /// Refuses a key of another project, an organization's key, and an unusable access key.
    pub fn must_act_in(&self, project: &ProjectId, now: Instant) -> Result<(), Denial> {
        let own = match self {
            Caller::Organization(_) => return Err(Denial::OrganizationKeyInProject),
            Caller::Master(own) | Caller::Write(own) | Caller::Read(own) => own,
            Caller::Access(key) => &key.project,
        };
        if own != project {
            return Err(Denial::OtherProject);
        }
        match self {
            Caller::Access(key) => key.must_be_usable(now),
            _ => Ok(()),
        }
    }
}

impl DatasetOperation {
    /// All of them.
    pub const ALL: [DatasetOperation; 3] = [
        DatasetOperation::Read,
        DatasetOperation::List,
        DatasetOperation::Retrieve,
    ];

    /// The word in `options.datasets.operations`.
    pub fn as_str(self) -> &'static str {
        match self {
            DatasetOperation::Read => "read",
            DatasetOperation::List => "list",
            DatasetOperation::Retrieve => "retrieve",
        }
    }
}
