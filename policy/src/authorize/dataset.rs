//! May this caller do this with a dataset, and for which index values?

use crate::denial::Denial;
use crate::key::{Caller, DatasetGrant, DatasetOperation, IndexPins, PermissionName};
use crate::name::{ProjectId, ResourceName};
use crate::time::Instant;
use crate::value::Value;

/// An operation on a dataset that its caller may do.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorizedDataset {
    project: ProjectId,
    name: Option<ResourceName>,
    index_by: Vec<(String, Value)>,
    grants: Vec<DatasetGrant>,
}

impl AuthorizedDataset {
    /// Whose dataset.
    pub fn project(&self) -> &ProjectId {
        &self.project
    }

    /// Which dataset; `None` when they are listed.
    pub fn name(&self) -> Option<&ResourceName> {
        self.name.as_ref()
    }

    /// The index values whose rows are retrieved.
    pub fn index_by(&self) -> &[(String, Value)] {
        &self.index_by
    }

    /// Does a list of datasets show that one?
    pub fn shows(&self, name: &ResourceName) -> bool {
        let shows = |grant: &DatasetGrant| {
            must_allow(grant, DatasetOperation::List, Some(name), &[]).is_ok()
        };
        self.grants.iter().all(shows)
    }
}

/// Decides. A pin must be met by the request: what was asked is never replaced by what is allowed.
pub fn dataset(
    caller: &Caller,
    project: &ProjectId,
    operation: DatasetOperation,
    name: Option<ResourceName>,
    index_by: Vec<(String, Value)>,
    now: Instant,
) -> Result<AuthorizedDataset, Denial> {
    let grants = grants(caller, project, now)?;
    for grant in &grants {
        must_allow(grant, operation, name.as_ref(), &index_by)?;
    }
    Ok(AuthorizedDataset {
        project: project.clone(),
        name,
        index_by,
        grants,
    })
}

/// The right to look up one dataset. Which of its rows may be had is decided once its index is known.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorizedDatasetLookUp {
    project: ProjectId,
    name: ResourceName,
    grants: Vec<DatasetGrant>,
}

impl AuthorizedDatasetLookUp {
    /// Whose dataset.
    pub fn project(&self) -> &ProjectId {
        &self.project
    }

    /// Its name.
    pub fn name(&self) -> &ResourceName {
        &self.name
    }

    /// May the caller read the definition too?
    pub fn may_read(&self) -> bool {
        let reads = |grant| must_reach(grant, DatasetOperation::Read, &self.name).is_ok();
        self.grants.iter().all(reads)
    }

    /// May the rows of these index values be retrieved?
    pub fn retrieve(self, index_by: Vec<(String, Value)>) -> Result<AuthorizedDataset, Denial> {
        let operation = DatasetOperation::Retrieve;
        for grant in &self.grants {
            must_allow(grant, operation, Some(&self.name), &index_by)?;
        }
        Ok(AuthorizedDataset {
            project: self.project,
            name: Some(self.name),
            index_by,
            grants: self.grants,
        })
    }
}

/// May the caller do this with a dataset of that name, for some value of its index?
pub fn look_up_dataset(
    caller: &Caller,
    project: &ProjectId,
    operation: DatasetOperation,
    name: &ResourceName,
    now: Instant,
) -> Result<AuthorizedDatasetLookUp, Denial> {
    let grants = grants(caller, project, now)?;
    for grant in &grants {
        must_reach(grant, operation, name)?;
    }
    Ok(AuthorizedDatasetLookUp {
        project: project.clone(),
        name: name.clone(),
        grants,
    })
}

/// The right to make and delete a project's datasets. Only [`manage_datasets`] makes one.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorizedDatasets {
    project: ProjectId,
}

impl AuthorizedDatasets {
    /// Whose datasets.
    pub fn project(&self) -> &ProjectId {
        &self.project
    }
}

/// Only a project's master key makes and deletes its datasets.
pub fn manage_datasets(
    caller: &Caller,
    project: &ProjectId,
    now: Instant,
) -> Result<AuthorizedDatasets, Denial> {
    caller.must_act_in(project, now)?;
    match caller {
        Caller::Master(_) => Ok(AuthorizedDatasets {
            project: project.clone(),
        }),
        _ => Err(Denial::MasterOnly),
    }
}

/// What limits the caller: the grants of its line; none for who may do everything.
fn grants(caller: &Caller, project: &ProjectId, now: Instant) -> Result<Vec<DatasetGrant>, Denial> {
    caller.must_act_in(project, now)?;
    match caller {
        Caller::Master(_) | Caller::Read(_) => Ok(Vec::new()),
        Caller::Write(_) => Err(Denial::NotPermitted(PermissionName::Datasets)),
        Caller::Organization(_) => Err(Denial::OrganizationKeyInProject),
        Caller::Access(key) => {
            let line = key.granted(PermissionName::Datasets, |grants| &grants.datasets)?;
            Ok(line.into_iter().cloned().collect())
        }
    }
}

fn must_allow(
    grant: &DatasetGrant,
    operation: DatasetOperation,
    name: Option<&ResourceName>,
    index_by: &[(String, Value)],
) -> Result<(), Denial> {
    let Some(name) = name else {
        return must_permit(grant, operation);
    };
    let pins = must_reach(grant, operation, name)?;
    match (operation, pins) {
        (DatasetOperation::Retrieve, Some(pins)) => must_meet(pins, index_by),
        _ => Ok(()),
    }
}

fn must_permit(grant: &DatasetGrant, operation: DatasetOperation) -> Result<(), Denial> {
    let operations = grant.operations.as_ref();
    if operations.is_some_and(|allowed| !allowed.contains(&operation)) {
        return Err(Denial::DatasetOperationOutOfScope(operation.as_str()));
    }
    Ok(())
}

/// Everything but the pins, which are answered.
fn must_reach<'a>(
    grant: &'a DatasetGrant,
    operation: DatasetOperation,
    name: &ResourceName,
) -> Result<Option<&'a IndexPins>, Denial> {
    must_permit(grant, operation)?;
    let out_of_scope = || Denial::NameOutOfScope(name.to_string());
    if grant.blocked.contains(name.as_str()) {
        return Err(out_of_scope());
    }
    let pins = |allowed: &'a std::collections::BTreeMap<String, IndexPins>| {
        allowed.get(name.as_str()).ok_or_else(out_of_scope)
    };
    grant.allowed.as_ref().map(pins).transpose()
}

fn must_meet(pins: &IndexPins, index_by: &[(String, Value)]) -> Result<(), Denial> {
    for (property, allowed) in pins {
        let asked = index_by.iter().filter(|(name, _)| name == property);
        // Named twice, both must be allowed: whichever is looked up is one of them.
        let values: Vec<&Value> = asked.map(|(_, value)| value).collect();
        if values.is_empty() || !values.iter().all(|value| allowed.contains(value)) {
            return Err(Denial::IndexValueOutOfScope(property.clone()));
        }
    }
    Ok(())
}
