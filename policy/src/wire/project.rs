//! What is a project to be, a new one or one that is changed?

use super::node::Node;
use super::problem::{Area, Invalid, Problem};
use crate::filter::Property;
use crate::limits::{PROJECT_ORIGINS_MAX, PROJECT_USERS_MAX, RETENTION_DAYS_MAX};
use crate::name::{Label, PropertyPath};
use crate::origin::{Origin, Origins};
use crate::value::Value;

/// The longest e-mail address there is (RFC 5321), in characters.
const EMAIL_CHARACTERS_MAX: usize = 254;

/// What may be said of a project; what follows `is_active` is answered with it, and let through on its way back.
const KNOWN: &[&str] = &[
    "name",
    "scope_property",
    "users",
    "preferences",
    "is_active",
    "id",
    "organization_id",
    "url",
    "created_at",
    "is_clustering",
    "api_keys",
    "apiKeys",
];
/// Keen's projects named a bucket here; it means nothing.
const KNOWN_PREFERENCES: &[&str] = &["cors_origins", "retention_days", "s3_bucket_name"];

/// A project as its organization asks for it.
#[derive(Clone, Debug, PartialEq)]
pub struct NewProject {
    /// For people.
    pub name: Label,
    /// The property by which access keys tell customers apart: their queries cost what their own events cost.
    pub scope_property: PropertyPath,
    /// The rest of what can be said of it.
    pub settings: ProjectChange,
}

/// What is to be different of a project; `None` for what stays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProjectChange {
    /// For people.
    pub name: Option<Label>,
    /// The property by which its events are clustered.
    pub scope_property: Option<PropertyPath>,
    /// The e-mail addresses of its users: for people, they decide nothing.
    pub users: Option<Vec<String>>,
    /// Whose pages may read its answers.
    pub origins: Option<Origins>,
    /// How many days its events are kept; `Some(None)` for as long as nobody deletes them.
    pub retention_days: Option<Option<usize>>,
    /// Whether its keys are taken.
    pub is_active: Option<bool>,
}

/// Reads a new project's definition.
pub fn new_project(body: &Value) -> Result<NewProject, Invalid> {
    let settings = project_change(body)?;
    let node = Node::root(Area::Project, body);
    let name = node.require("name")?.name(Label::parse)?;
    if let (Some(false), Some(node)) = (settings.is_active, node.get("is_active")) {
        return Err(node.conflict("A new project is active."));
    }
    let scope_property = match &settings.scope_property {
        Some(path) => path.clone(),
        None => PropertyPath::parse("customer.id").map_err(|problem| {
            let found = "customer.id".to_owned();
            node.invalid(Problem::Name { found, problem })
        })?,
    };
    Ok(NewProject {
        name,
        scope_property,
        settings,
    })
}

/// Reads what is to be different of a project.
pub fn project_change(body: &Value) -> Result<ProjectChange, Invalid> {
    let node = Node::root(Area::Project, body);
    node.only("an object that describes a project", KNOWN)?;
    let name = node.get("name").map(|node| node.name(Label::parse));
    let mut change = ProjectChange {
        name: name.transpose()?,
        scope_property: node.get("scope_property").map(scope_property).transpose()?,
        users: node.get("users").map(users).transpose()?,
        is_active: node
            .get("is_active")
            .map(|node| node.boolean())
            .transpose()?,
        ..ProjectChange::default()
    };
    if let Some(preferences) = node.get("preferences") {
        preferences.only("an object of preferences", KNOWN_PREFERENCES)?;
        let node = preferences.get_even_null("cors_origins");
        change.origins = node.map(origins).transpose()?;
        let node = preferences.get_even_null("retention_days");
        change.retention_days = node.map(retention_days).transpose()?;
    }
    Ok(change)
}

fn scope_property(node: Node) -> Result<PropertyPath, Invalid> {
    let path = node.name(PropertyPath::parse)?;
    if matches!(Property::parse(&path.to_string()), Ok(Property::InBody(path)) if !path.is_reserved())
    {
        Ok(path)
    } else {
        Err(node.out_of_range("a property that is not under `keen`"))
    }
}

fn users(node: Node) -> Result<Vec<String>, Invalid> {
    let expected = "a list of users, each {\"email\": …}";
    let mut users: Vec<String> = Vec::new();
    for user in node.items_at_most(expected, "users", PROJECT_USERS_MAX)? {
        user.only("a user, {\"email\": …}", &["email"])?;
        let node = user.require("email")?;
        let email = node.text()?;
        if !is_email(email) {
            return Err(node.out_of_range("an e-mail address of at most 254 characters"));
        }
        if users.iter().any(|known| known == email) {
            return Err(node.invalid(Problem::Twice(email.to_owned())));
        }
        users.push(email.to_owned());
    }
    Ok(users)
}

/// Whether it is anybody's, only who writes to it finds out.
fn is_email(text: &str) -> bool {
    let is_plain = |letter: char| !letter.is_control() && !letter.is_whitespace();
    let parts = text.rsplit_once('@');
    text.chars().count() <= EMAIL_CHARACTERS_MAX
        && text.chars().all(is_plain)
        && parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
}

/// `"*"`, null, or a list; a list that holds `"*"` and nothing else is Keen's way to say the same.
fn origins(node: Node) -> Result<Origins, Invalid> {
    if node.is_null() || node.value().as_text() == Some("*") {
        return Ok(Origins::Any);
    }
    let expected = "\"*\", or a list of origins such as \"https://app.example.com\"";
    let items = node.items_at_most(expected, "origins", PROJECT_ORIGINS_MAX)?;
    if let [only] = items.as_slice()
        && only.value().as_text() == Some("*")
    {
        return Ok(Origins::Any);
    }
    let mut origins: Vec<Origin> = Vec::new();
    for item in items {
        let origin = Origin::parse(item.text()?).map_err(|_| {
            item.out_of_range(
                "an origin as a browser sends it, such as \"https://app.example.com\" or \"http://localhost:3000\"",
            )
        })?;
        if origins.contains(&origin) {
            return Err(item.invalid(Problem::Twice(origin.to_string())));
        }
        origins.push(origin);
    }
    Ok(Origins::Only(origins))
}

fn retention_days(node: Node) -> Result<Option<usize>, Invalid> {
    if node.is_null() {
        return Ok(None);
    }
    let expected = "null, or a whole number of days from 1 to 36500";
    node.count_at_most(expected, RETENTION_DAYS_MAX).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::parse;

    fn change(text: &str) -> Result<ProjectChange, String> {
        project_change(&parse(text.as_bytes()).unwrap()).map_err(|invalid| invalid.pointer)
    }

    #[test]
    fn what_is_not_said_stays_and_null_takes_a_limit_away() {
        assert_eq!(change("{}"), Ok(ProjectChange::default()));
        let all = r#"{"name":null,"users":null,"preferences":{"cors_origins":null,"retention_days":null}}"#;
        let expected = ProjectChange {
            origins: Some(Origins::Any),
            retention_days: Some(None),
            ..ProjectChange::default()
        };
        assert_eq!(change(all), Ok(expected));
        let none = r#"{"users":[],"preferences":{"cors_origins":[],"s3_bucket_name":"b"},"id":"x","apiKeys":{}}"#;
        let expected = ProjectChange {
            users: Some(Vec::new()),
            origins: Some(Origins::Only(Vec::new())),
            ..ProjectChange::default()
        };
        assert_eq!(change(none), Ok(expected));
    }

    #[test]
    fn what_means_nothing_is_refused_with_its_place() {
        for (text, pointer) in [
            ("[]", ""),
            (r#"{"retention_days":3}"#, "/retention_days"),
            (r#"{"preferences":[]}"#, "/preferences"),
            (
                r#"{"preferences":{"retention":3}}"#,
                "/preferences/retention",
            ),
            (
                r#"{"preferences":{"retention_days":0}}"#,
                "/preferences/retention_days",
            ),
            (
                r#"{"preferences":{"retention_days":1.5}}"#,
                "/preferences/retention_days",
            ),
            (
                r#"{"preferences":{"retention_days":36501}}"#,
                "/preferences/retention_days",
            ),
            (
                r#"{"preferences":{"retention_days":"30"}}"#,
                "/preferences/retention_days",
            ),
            (
                r#"{"preferences":{"cors_origins":"https://a.example"}}"#,
                "/preferences/cors_origins",
            ),
            (
                r#"{"preferences":{"cors_origins":["https://a.example/"]}}"#,
                "/preferences/cors_origins/0",
            ),
            (
                r#"{"preferences":{"cors_origins":["https://a.example","*"]}}"#,
                "/preferences/cors_origins/1",
            ),
            (
                r#"{"preferences":{"cors_origins":["https://a.example","https://a.example"]}}"#,
                "/preferences/cors_origins/1",
            ),
            (r#"{"users":{"email":"a@b"}}"#, "/users"),
            (r#"{"users":["a@b"]}"#, "/users/0"),
            (r#"{"users":[{"email":"a"}]}"#, "/users/0/email"),
            (r#"{"users":[{"email":"a@b","role":"x"}]}"#, "/users/0/role"),
            (
                r#"{"users":[{"email":"a@b"},{"email":"a@b"}]}"#,
                "/users/1/email",
            ),
            (r#"{"is_active":"yes"}"#, "/is_active"),
        ] {
            assert_eq!(change(text), Err(pointer.to_owned()), "{text}");
        }
    }
}
