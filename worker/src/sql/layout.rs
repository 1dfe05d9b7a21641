//! How do a project's events lie, and since when are they seen?

use super::Sql;
use super::scope::{moved_scope_of, namesake_of, scope_of};
use keyhole_policy::name::{ProjectId, PropertyPath};
use keyhole_policy::time::{Instant, Span};
use keyhole_policy::value::Value;

/// A column of any statement about `project p`: `[scope_property, [earlier ones], is changing, retention_days]`.
pub const LAYOUT_COLUMN: &str = "json_array(p.scope_property, json(p.earlier_scope_properties), \
     EXISTS (SELECT 1 FROM relayout r WHERE r.project = p.id), p.retention_days)";

/// What the store says when a statement was written for a layout that is no longer the project's.
pub const CHANGED: &str = "keyhole: the layout has changed";

/// Where a project's events lie, and which of them are seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// The path whose value clusters the events.
    pub scope_property: PropertyPath,
    /// The paths that did so before, the last one last.
    pub earlier: Vec<PropertyPath>,
    /// Whether some events still lie where the last of those puts them.
    pub is_changing: bool,
    /// How many days an event is kept; `None` for as long as nobody deletes it.
    pub retention_days: Option<i64>,
    /// No event before this is seen.
    pub oldest: Instant,
}

impl Layout {
    /// Events clustered by one path since ever, all of them seen.
    pub fn plain(scope_property: PropertyPath) -> Layout {
        Layout {
            scope_property,
            earlier: Vec::new(),
            is_changing: false,
            retention_days: None,
            oldest: Instant::MIN,
        }
    }

    /// The path by which a statement may narrow where it looks; `None` while events lie by one path or another.
    pub fn narrows_by(&self) -> Option<&PropertyPath> {
        (!self.is_changing).then_some(&self.scope_property)
    }

    /// The part of a span whose events are seen.
    pub fn seen(&self, span: Span) -> Span {
        span.clip_to(Span::or_empty(self.oldest, Instant::MAX))
    }

    /// Every scope under which an event with this body may lie: where it is recorded first.
    pub fn places(&self, body: &Value) -> Vec<String> {
        let last = self.earlier.last().filter(|_| self.is_changing);
        let mut places = Vec::new();
        for path in std::iter::once(&self.scope_property).chain(last) {
            let value = body.at(path);
            places.extend([scope_of(value), moved_scope_of(value)]);
        }
        distinct(places)
    }

    /// All that the id of an event with this body may be made of, that of today first.
    pub fn namesakes(&self, body: &Value) -> Vec<String> {
        let paths = std::iter::once(&self.scope_property).chain(&self.earlier);
        distinct(paths.map(|path| namesake_of(body.at(path))).collect())
    }
}

fn distinct(texts: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::with_capacity(texts.len());
    for text in texts {
        if !kept.contains(&text) {
            kept.push(text);
        }
    }
    kept
}

/// Stands before statements that are right for one layout only: fails, and they with it, once it is another.
pub fn must_be(project: &ProjectId, layout: &Layout) -> Sql {
    Sql::keyed(
        format!(
            "SELECT json_array(CASE WHEN p.scope_property = ?1->>'scope_property' \
             AND EXISTS (SELECT 1 FROM relayout r WHERE r.project = p.id) = ?1->>'is_changing' \
             THEN 1 ELSE json_extract('{{}}', '{CHANGED}' || substr(p.id, 1, 0)) END) AS row FROM project p WHERE p.id = ?1->>'project'"
        ),
        [
            ("project", Value::text(project.as_str())),
            (
                "scope_property",
                Value::Text(layout.scope_property.to_string()),
            ),
            ("is_changing", Value::Bool(layout.is_changing)),
        ],
    )
}

/// Rows `[layout]`: one, if the project is there.
pub fn read(project: &ProjectId) -> Sql {
    Sql::keyed(
        format!(
            "SELECT json_array({LAYOUT_COLUMN}) AS row FROM project p WHERE p.id = ?1->>'project'"
        ),
        [("project", Value::text(project.as_str()))],
    )
}
