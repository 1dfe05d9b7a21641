//! May this caller take events away?

use crate::deletion::Deletion;
use crate::denial::Denial;
use crate::key::Caller;
use crate::name::ProjectId;
use crate::time::Instant;

/// A deletion that its caller may carry out. Only [`delete`] makes one, and stores take nothing else.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorizedDeletion {
    project: ProjectId,
    deletion: Deletion,
    at: Instant,
}

impl AuthorizedDeletion {
    /// Whose events.
    pub fn project(&self) -> &ProjectId {
        &self.project
    }

    /// What is taken away.
    pub fn deletion(&self) -> &Deletion {
        &self.deletion
    }

    /// When it was asked for: events received later stay.
    pub fn at(&self) -> Instant {
        self.at
    }
}

/// Only a project's master key deletes.
pub fn delete(
    caller: &Caller,
    project: &ProjectId,
    asked: Deletion,
    now: Instant,
) -> Result<AuthorizedDeletion, Denial> {
    caller.must_act_in(project, now)?;
    match caller {
        Caller::Master(_) => Ok(AuthorizedDeletion {
            project: project.clone(),
            deletion: asked,
            at: now,
        }),
        _ => Err(Denial::MasterOnly),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::CollectionName;

    #[test]
    fn only_the_projects_own_master_key_deletes() {
        let id = |byte| ProjectId::from_random([byte; 12]);
        let (own, other) = (id(1), id(2));
        for (caller, expected) in [
            (Caller::Master(own.clone()), None),
            (Caller::Master(other), Some(Denial::OtherProject)),
            (Caller::Read(own.clone()), Some(Denial::MasterOnly)),
            (Caller::Write(own.clone()), Some(Denial::MasterOnly)),
        ] {
            let asked = Deletion::Collection(CollectionName::parse("c").unwrap());
            let decided = delete(&caller, &own, asked, Instant::MIN);
            assert_eq!(decided.err(), expected, "{caller:?}");
        }
    }
}
