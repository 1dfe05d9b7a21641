//! What is a new project to be?

use super::node::Node;
use super::problem::{Area, Invalid, Problem};
use crate::filter::Property;
use crate::name::{Label, PropertyPath};
use crate::value::Value;

/// A project as its organization asks for it.
#[derive(Clone, Debug, PartialEq)]
pub struct NewProject {
    /// For people.
    pub name: Label,
    /// The property by which access keys tell customers apart: their queries cost what their own events cost.
    pub scope_property: PropertyPath,
}

/// Reads a project's definition. Fields of Keen's that mean nothing here (`users`, …) are ignored.
pub fn new_project(body: &Value) -> Result<NewProject, Invalid> {
    let node = Node::root(Area::Project, body);
    node.properties("an object with a name")?;
    let name = node.require("name")?.name(Label::parse)?;
    let scope_property = match node.get("scope_property") {
        None => PropertyPath::parse("customer.id"),
        Some(node) => {
            let path = node.name(PropertyPath::parse)?;
            if matches!(Property::parse(&path.to_string()), Ok(Property::InBody(path)) if !path.is_reserved())
            {
                Ok(path)
            } else {
                return Err(node.out_of_range("a property that is not under `keen`"));
            }
        }
    };
    let scope_property = scope_property.map_err(|problem| {
        node.invalid(Problem::Name {
            found: "customer.id".to_owned(),
            problem,
        })
    })?;
    Ok(NewProject {
        name,
        scope_property,
    })
}
