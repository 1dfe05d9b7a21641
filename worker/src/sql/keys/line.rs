//! How is a key read with the keys it was made within?

use super::{KeyReference, Sql, named};
use keyhole_policy::authorize::AuthorizedKeyManagement;

/// `[[id, is_active, definition, made_by], …]`: the key `a`, then what it was made within, the nearest first;
/// nulls where the line is shorter. As many as [`keyhole_policy::limits::KEY_LINE_MAX`].
pub const LINE_COLUMNS: &str = "json_array(\
     json_array(a.id, a.is_active, json(a.definition), a.made_by), \
     json_array(a2.id, a2.is_active, json(a2.definition), a2.made_by), \
     json_array(a3.id, a3.is_active, json(a3.definition), a3.made_by), \
     json_array(a4.id, a4.is_active, json(a4.definition), a4.made_by))";

/// The tables of [`LINE_COLUMNS`] beside `access_key a`: three look-ups by primary key.
pub const LINE_TABLES: &str = "LEFT JOIN access_key a2 ON a2.project = a.project AND a2.id = a.made_by \
     LEFT JOIN access_key a3 ON a3.project = a.project AND a3.id = a2.made_by \
     LEFT JOIN access_key a4 ON a4.project = a.project AND a4.id = a3.made_by";

/// Rows `[line]`: one, or none.
pub fn read_line(permit: &AuthorizedKeyManagement, reference: &KeyReference) -> Sql {
    let (condition, parameters) = named(permit, reference);
    Sql::keyed(
        format!(
            "SELECT json_array({LINE_COLUMNS}) AS row FROM access_key a {LINE_TABLES} WHERE {condition}"
        ),
        parameters,
    )
}
