//! Who is the caller, as far as its description says, and what does the description leave out?

use crate::hidden::Hidden;
use keyhole_policy::key::{Caller, PropertyScope};
use keyhole_policy::name::ProjectId;
use keyhole_policy::value::Value;
use keyhole_policy::wire::{Area, Invalid, Node, described_caller};

/// A caller, known by its own description.
#[derive(Clone, Debug, PartialEq)]
pub struct Described {
    /// The caller, as far as its holder may know it.
    pub caller: Caller,
    /// Where it acts.
    pub project: ProjectId,
    /// What is left out.
    pub hidden: Vec<Hidden>,
}

/// Reads a description.
pub fn read(description: &Value) -> Result<Described, Invalid> {
    let caller = described_caller(description)?;
    let node = Node::root(Area::Key, description);
    let hidden = node.get("redacted").map_or(Ok(Vec::new()), |redacted| {
        let pointers = redacted.items("a list of JSON pointers")?;
        pointers.iter().map(hidden_at).collect()
    })?;
    Ok(Described {
        project: project(&caller, &node)?,
        caller,
        hidden,
    })
}

fn hidden_at(pointer: &Node) -> Result<Hidden, Invalid> {
    let text = pointer.text()?;
    Hidden::parse(text).ok_or_else(|| pointer.out_of_range("the place of an option"))
}

fn project(caller: &Caller, node: &Node) -> Result<ProjectId, Invalid> {
    match caller {
        Caller::Master(project) | Caller::Write(project) | Caller::Read(project) => {
            Ok(project.clone())
        }
        Caller::Access(key) => Ok(key.project().clone()),
        // In any project it is refused alike; its own id has a project's form.
        Caller::Organization(_) => node.require("organization_id")?.name(ProjectId::parse),
    }
}

impl Described {
    /// What the caller may see: as much may be told.
    pub fn visible(&self) -> PropertyScope {
        match &self.caller {
            Caller::Access(key) => key.visible(),
            _ => PropertyScope::everything(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyhole_policy::value::parse;

    fn described(text: &str) -> Result<Described, Invalid> {
        read(&parse(text.as_bytes()).unwrap())
    }

    #[test]
    fn every_kind_of_caller_can_be_read() {
        for text in [
            r#"{"kind":"organization","organization_id":"0123456789abcdef01234567"}"#,
            r#"{"kind":"master","project_id":"0123456789abcdef01234567","permitted":["writes"]}"#,
            r#"{"kind":"access","project_id":"0123456789abcdef01234567","id":"0123456789abcdef01234567",
                "permitted":["writes"],"redacted":["/options/writes/filters"]}"#,
        ] {
            let described = described(text).unwrap();
            assert_eq!(described.project.as_str(), "0123456789abcdef01234567");
            assert_eq!(
                described.hidden.len(),
                usize::from(text.contains("redacted"))
            );
        }
    }

    #[test]
    fn what_is_left_out_at_a_place_that_is_not_known_is_refused() {
        for redacted in [r#""/options/writes/filters""#, "[3]", r#"["/filters"]"#] {
            let text = format!(
                r#"{{"kind":"master","project_id":"0123456789abcdef01234567","redacted":{redacted}}}"#
            );
            assert!(described(&text).is_err(), "{redacted}");
        }
    }
}
