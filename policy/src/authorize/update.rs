//! May this caller change events that were recorded?

use crate::denial::Denial;
use crate::key::Caller;
use crate::name::ProjectId;
use crate::time::Instant;
use crate::update::Update;

/// An update that its caller may carry out. Only [`update`] makes one, and stores take nothing else.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorizedUpdate {
    project: ProjectId,
    update: Update,
    at: Instant,
}

impl AuthorizedUpdate {
    /// Whose events.
    pub fn project(&self) -> &ProjectId {
        &self.project
    }

    /// What is to be different.
    pub fn update(&self) -> &Update {
        &self.update
    }

    /// When it was asked for: events received later stay as they are.
    pub fn at(&self) -> Instant {
        self.at
    }
}

/// Only a project's master key updates: an access key with `writes` adds events, and changes none.
pub fn update(
    caller: &Caller,
    project: &ProjectId,
    asked: Update,
    now: Instant,
) -> Result<AuthorizedUpdate, Denial> {
    caller.must_act_in(project, now)?;
    match caller {
        Caller::Master(_) => Ok(AuthorizedUpdate {
            project: project.clone(),
            update: asked,
            at: now,
        }),
        _ => Err(Denial::MasterOnly),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::Filter;
    use crate::name::CollectionName;

    #[test]
    fn only_the_projects_own_master_key_updates() {
        let id = |byte| ProjectId::from_random([byte; 12]);
        let (own, other) = (id(1), id(2));
        for (caller, expected) in [
            (Caller::Master(own.clone()), None),
            (Caller::Master(other), Some(Denial::OtherProject)),
            (Caller::Read(own.clone()), Some(Denial::MasterOnly)),
            (Caller::Write(own.clone()), Some(Denial::MasterOnly)),
        ] {
            let asked = Update {
                collection: CollectionName::parse("c").unwrap(),
                span: None,
                filter: Filter::everything(),
                changes: Vec::new(),
            };
            let decided = update(&caller, &own, asked, Instant::MIN);
            assert_eq!(decided.err(), expected, "{caller:?}");
        }
    }
}
