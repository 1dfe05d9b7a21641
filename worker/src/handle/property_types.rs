//! Which types has each property of a collection, as far as a caller may see it?

use keyhole_policy::authorize::AuthorizedSchema;
use keyhole_policy::name::PropertyPath;
use keyhole_policy::shape::PropertyType;
use std::collections::BTreeMap;

/// The types of a collection's properties, each path's in the order they were seen first.
pub(super) type Types = BTreeMap<String, Vec<PropertyType>>;

/// Adds a type of a property that may be seen.
pub(super) fn see(types: &mut Types, permit: &AuthorizedSchema, path: &str, kind: PropertyType) {
    let may_be_seen = permit.properties().is_everything()
        || PropertyPath::parse(path).is_ok_and(|path| permit.properties().covers_path(&path));
    if may_be_seen {
        let known = types.entry(path.to_owned()).or_default();
        if !known.contains(&kind) {
            known.push(kind);
        }
    }
}

/// A property's one type, for clients that know one: the first that says something.
pub(super) fn main_type(types: &[PropertyType]) -> PropertyType {
    let said = types.iter().find(|kind| **kind != PropertyType::Null);
    said.or(types.first())
        .copied()
        .unwrap_or(PropertyType::Null)
}
