//! Whose pages may ask, says a browser's question before the question? It carries no key, only the path.

use super::environment::context;
use super::request::path_and_query;
use crate::authenticate::origins_kept;
use crate::refusal::Refusal;
use crate::sql::projects;
use crate::store::row::Row;
use keyhole_policy::name::ProjectId;
use keyhole_policy::origin::Origins;
use worker::Env;

/// The origins of the project that the path is of. Where there is none, or none can be read now, any: the answer
/// to the question itself decides.
pub(super) async fn before_asking(url: &str, environment: &Env) -> Origins {
    let (path, _) = path_and_query(url);
    let Some(project) = project_of(&path) else {
        return Origins::Any;
    };
    let found = origins_of(&project, environment).await;
    found.ok().flatten().unwrap_or(Origins::Any)
}

async fn origins_of(project: &ProjectId, environment: &Env) -> Result<Option<Origins>, Refusal> {
    let context = context(environment)?;
    let rows = context.store.run_one(projects::origins(project)).await?;
    let read = |row| origins_kept(Row::new("project", row)?.value()?);
    rows.rows.first().map(read).transpose()
}

fn project_of(path: &str) -> Option<ProjectId> {
    let rest = path.strip_prefix("/3.0/projects/")?;
    ProjectId::parse(rest.split('/').next()?).ok()
}

#[cfg(test)]
mod tests {
    use super::project_of;

    #[test]
    fn a_path_inside_a_project_names_it() {
        let id = "0123456789abcdef01234567";
        for (path, is_found) in [
            (format!("/3.0/projects/{id}/events"), true),
            (format!("/3.0/projects/{id}"), true),
            (format!("/3.0/projects/{id}0/events"), false),
            ("/3.0/projects".to_owned(), false),
            (format!("/3.0/organizations/{id}/projects/{id}"), false),
        ] {
            assert_eq!(project_of(&path).is_some(), is_found, "{path}");
        }
    }
}
