//! May this caller do this with a dataset, and for which index values?

use crate::denial::Denial;
use crate::key::{Caller, DatasetOperation, PermissionName};
use crate::name::{ProjectId, ResourceName};
use crate::time::Instant;
use crate::value::Value;

/// An operation on a dataset that its caller may do.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorizedDataset {
    project: ProjectId,
    name: Option<ResourceName>,
    index_by: Vec<(String, Value)>,
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
    match caller {
        Caller::Master(_) | Caller::Read(_) => {}
        Caller::Write(_) => return Err(Denial::NotPermitted(PermissionName::Datasets)),
        Caller::Organization(_) => return Err(Denial::OrganizationKeyInProject),
        Caller::Access(key) => {
            let grant = key
                .definition
                .grants
                .datasets
                .granted(PermissionName::Datasets)?;
            if grant
                .operations
                .as_ref()
                .is_some_and(|allowed| !allowed.contains(&operation))
            {
                return Err(Denial::DatasetOperationOutOfScope(operation.as_str()));
            }
            if let Some(name) = &name {
                let out_of_scope = || Denial::NameOutOfScope(name.to_string());
                if grant.blocked.contains(name.as_str()) {
                    return Err(out_of_scope());
                }
                if let Some(allowed) = &grant.allowed {
                    let pins = allowed.get(name.as_str()).ok_or_else(out_of_scope)?;
                    if operation == DatasetOperation::Retrieve {
                        must_meet(pins, &index_by)?;
                    }
                }
            }
        }
    }
    Ok(AuthorizedDataset {
        project: project.clone(),
        name,
        index_by,
    })
}

fn must_meet(pins: &crate::key::IndexPins, index_by: &[(String, Value)]) -> Result<(), Denial> {
    for (property, allowed) in pins {
        let asked = index_by
            .iter()
            .find(|(name, _)| name == property)
            .map(|(_, value)| value);
        if !asked.is_some_and(|value| allowed.contains(value)) {
            return Err(Denial::IndexValueOutOfScope(property.clone()));
        }
    }
    Ok(())
}
