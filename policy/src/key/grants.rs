//! What is an access key permitted? Every permission carries its own options.

use super::name_scope::NameScope;
use super::property_scope::PropertyScope;
use super::redirects::RedirectScope;
use super::window::Window;
use crate::denial::Denial;
use crate::filter::Filter;
use crate::query::AnalysisType;
use crate::value::Value;
use std::collections::{BTreeMap, BTreeSet};

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
    /// Make and manage keys within this one.
    pub keys: Permission<()>,
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

    /// Is it permitted?
    pub fn is_granted(&self) -> bool {
        matches!(self, Permission::Granted(_))
    }

    /// The options, in force or not.
    pub fn options(&self) -> Option<&Grant> {
        match self {
            Permission::Granted(grant) => Some(grant),
            Permission::Withheld(grant) => grant.as_ref(),
        }
    }
}

impl Grants {
    /// Is that permission granted?
    pub fn permits(&self, permission: PermissionName) -> bool {
        match permission {
            PermissionName::Writes => self.writes.is_granted(),
            PermissionName::Queries => self.queries.is_granted(),
            PermissionName::SavedQueries => self.saved_queries.is_granted(),
            PermissionName::CachedQueries => self.cached_queries.is_granted(),
            PermissionName::Datasets => self.datasets.is_granted(),
            PermissionName::Schema => self.schema.is_granted(),
            PermissionName::QueryDefinition => self.query_definition.is_granted(),
            PermissionName::Keys => self.keys.is_granted(),
        }
    }

    /// The properties that any read of events or names may show.
    ///
    /// They stand among the options of `queries` and hold for saved queries and the schema too, also while
    /// `queries` itself is withheld: else withholding it would show more.
    pub fn visible(&self) -> PropertyScope {
        let queries = self.queries.options();
        queries.map_or(PropertyScope::everything(), |queries| {
            queries.properties.clone()
        })
    }

    /// The time that any read of events may reach; as for [`Grants::visible`].
    pub fn window(&self) -> Option<&Window> {
        self.queries.options()?.window.as_ref()
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
    /// `keys`
    Keys,
}

impl PermissionName {
    /// All of them.
    pub const ALL: [PermissionName; 8] = [
        PermissionName::Writes,
        PermissionName::Queries,
        PermissionName::SavedQueries,
        PermissionName::CachedQueries,
        PermissionName::Datasets,
        PermissionName::Schema,
        PermissionName::QueryDefinition,
        PermissionName::Keys,
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
            PermissionName::Keys => "keys",
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
    /// Where a recording by GET may send a browser on to.
    pub redirects: RedirectScope,
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
    /// Of these properties.
    pub properties: PropertyScope,
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
