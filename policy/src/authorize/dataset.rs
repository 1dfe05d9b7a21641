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
    caller.must_act_in(project, now)?;
    let mut grants = Vec::new();
    match caller {
        Caller::Master(_) | Caller::Read(_) => {}
        Caller::Write(_) => return Err(Denial::NotPermitted(PermissionName::Datasets)),
        Caller::Organization(_) => return Err(Denial::OrganizationKeyInProject),
        Caller::Access(key) => {
            let line = key.granted(PermissionName::Datasets, |grants| &grants.datasets)?;
            for grant in &line {
                must_allow(grant, operation, name.as_ref(), &index_by)?;
            }
            grants = line.into_iter().cloned().collect();
        }
    }
    Ok(AuthorizedDataset {
        project: project.clone(),
        name,
        index_by,
        grants,
    })
}

fn must_allow(
    grant: &DatasetGrant,
    operation: DatasetOperation,
    name: Option<&ResourceName>,
    index_by: &[(String, Value)],
) -> Result<(), Denial> {
    let operations = grant.operations.as_ref();
    if operations.is_some_and(|allowed| !allowed.contains(&operation)) {
        return Err(Denial::DatasetOperationOutOfScope(operation.as_str()));
    }
    let Some(name) = name else {
        return Ok(());
    };
    let out_of_scope = || Denial::NameOutOfScope(name.to_string());
    if grant.blocked.contains(name.as_str()) {
        return Err(out_of_scope());
    }
    let Some(allowed) = &grant.allowed else {
        return Ok(());
    };
    let pins = allowed.get(name.as_str()).ok_or_else(out_of_scope)?;
    match operation {
        DatasetOperation::Retrieve => must_meet(pins, index_by),
        DatasetOperation::Read | DatasetOperation::List => Ok(()),
    }
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
