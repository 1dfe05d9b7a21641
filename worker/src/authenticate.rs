//! Who asks, and in which project? One look at the store, whatever the key.

use crate::ahead::Ahead;
use crate::call::Call;
use crate::context::{Asking, Context};
use crate::key_line;
use crate::laid_out::layout;
use crate::open_deletions::open_deletions;
use crate::refusal::Refusal;
use crate::seal::{Seal, equal_in_constant_time, hash};
use crate::sql::audit::Actor;
use crate::sql::hidden::Open;
use crate::sql::layout::Layout;
use crate::sql::{Sql, credential, keys};
use crate::store::row::Row;
use keyhole_policy::denial::Denial;
use keyhole_policy::key::Caller;
use keyhole_policy::name::{OrganizationId, ProjectId};
use keyhole_policy::origin::{Origin, Origins};
use keyhole_policy::secret::{Secret, SecretKind};
use keyhole_policy::time::Instant;
use keyhole_policy::value::Value;

/// How finely it is kept when a key was last used, in milliseconds.
const MINUTE_MILLISECONDS: i64 = 60_000;

/// The project a request acts in.
#[derive(Debug)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// Whose it is.
    pub organization: OrganizationId,
    /// Its name.
    pub name: String,
    /// How its events lie.
    pub layout: Layout,
    /// Whose pages may read what is answered.
    pub origins: Origins,
    /// One more whenever events of it were taken away.
    pub epoch: i64,
    /// What reads of its events leave out, since a deletion is taking it away.
    pub hidden: Vec<Open>,
}

/// What is known of a credential.
struct Known {
    caller: Caller,
    dies_at: Option<Instant>,
    last_used_at: Option<Instant>,
}

/// Who asks inside a project. An unknown project is said before anything about the key, as Keen does; a key
/// that is dead or of elsewhere, before anything about the request.
pub async fn in_project(
    context: &Context,
    call: &Call,
    id: &str,
) -> Result<(Caller, Project), Refusal> {
    let (caller, project, _) = in_project_with(context, call, id, |_| None).await?;
    Ok((caller, project))
}

/// The same, and in the same round trip what a statement reads: not theirs to see before a permit opens it.
pub async fn in_project_with(
    context: &Context,
    call: &Call,
    id: &str,
    ahead: impl FnOnce(&ProjectId) -> Option<Sql>,
) -> Result<(Caller, Project, Ahead), Refusal> {
    let id = ProjectId::parse(id).map_err(|_| Refusal::NotFound("project"))?;
    let ahead = ahead(&id);
    let (project, known, ahead) = look_up(context, call, Some(id), ahead).await?;
    let project = project.ok_or(Refusal::NotFound("project"))?;
    context.may_be_read_by(project.origins.clone());
    let is_own = |known: &Known| own_project(&known.caller) == Some(&project.id);
    let by = known.as_ref().filter(|known| is_own(known));
    let by = by.map_or(Actor::unknown(), |known| Actor::of(&known.caller));
    context.is_asking(Asking {
        project: project.id.clone(),
        by,
    });
    let known = known.ok_or(Refusal::UnknownKey)?;
    known.caller.must_act_in(&project.id, context.now)?;
    if known.dies_at.is_some_and(|dies_at| context.now >= dies_at) {
        return Err(Refusal::Denied(Denial::Expired));
    }
    note_use(context, &known);
    Ok((known.caller, project, ahead))
}

/// Who asks outside all projects.
pub async fn outside_projects(context: &Context, call: &Call) -> Result<Caller, Refusal> {
    let (_, known, _) = look_up(context, call, None, None).await?;
    known.map(|known| known.caller).ok_or(Refusal::UnknownKey)
}

/// The caller's own seal for one purpose, made of the key that came with the request.
pub fn seal_of_caller(call: &Call, purpose: &str) -> Result<Seal, Refusal> {
    let failed = || Refusal::failed("seal", "a key of another length was derived");
    Seal::of_caller(&secret(call)?, purpose).ok_or_else(failed)
}

fn own_project(caller: &Caller) -> Option<&ProjectId> {
    match caller {
        Caller::Organization(_) => None,
        Caller::Master(project) | Caller::Write(project) | Caller::Read(project) => Some(project),
        Caller::Access(key) => Some(key.project()),
    }
}

/// One write for each key and minute at most, and after the answer.
fn note_use(context: &Context, known: &Known) {
    let Caller::Access(key) = &known.caller else {
        return;
    };
    let now = context.now.milliseconds();
    let minute = context
        .now
        .saturating_sub_milliseconds(now.rem_euclid(MINUTE_MILLISECONDS));
    if known.last_used_at.is_none_or(|noted| noted < minute) {
        context.afterwards(keys::touch(key.project(), key.id(), minute));
    }
}

/// The key that came with the request. One of the wrong form is known to nobody.
fn secret(call: &Call) -> Result<Secret, Refusal> {
    let key = call.key()?.ok_or(Refusal::NoKey)?;
    Secret::parse(&key).ok_or(Refusal::UnknownKey)
}

async fn look_up(
    context: &Context,
    call: &Call,
    id: Option<ProjectId>,
    ahead: Option<Sql>,
) -> Result<(Option<Project>, Option<Known>, Ahead), Refusal> {
    // A key of the wrong form is refused without a look at the store.
    let hash = hash(&secret(call)?);
    let statement = credential::look_up(id.as_ref().map(ProjectId::as_str), &hash);
    let statements = std::iter::once(statement).chain(ahead.clone());
    let mut answers = context.store.run(statements.collect()).await?.into_iter();
    let rows = answers.next().unwrap_or_default();
    let mut row = Row::new("credential", rows.rows.first().unwrap_or(&Value::Null))?;
    let project = project(&mut row, context.now)?;
    let known = known(&mut row, &hash)?;
    let read_ahead = ahead.zip(answers.next());
    let ahead = read_ahead.map(|(statement, rows)| Ahead::new(statement, rows));
    Ok((project, known, ahead.unwrap_or_default()))
}

fn project(row: &mut Row, now: Instant) -> Result<Option<Project>, Refusal> {
    let texts = (
        row.text_or_null()?,
        row.text_or_null()?,
        row.text_or_null()?,
    );
    let (kept_layout, origins) = (row.value()?, row.value()?);
    let epoch = row.whole_or_null()?.unwrap_or(0);
    let hidden = row.list()?;
    let (Some(id), Some(organization), Some(name)) = texts else {
        return Ok(None);
    };
    let corrupt = |_| Refusal::corrupt("project");
    Ok(Some(Project {
        id: ProjectId::parse(id).map_err(corrupt)?,
        organization: OrganizationId::parse(organization).map_err(corrupt)?,
        name: name.to_owned(),
        layout: layout(kept_layout, now)?,
        origins: origins_kept(origins)?,
        epoch,
        hidden: open_deletions(hidden)?,
    }))
}

/// The origins as they are kept: a list, or null for any.
pub fn origins_kept(kept: &Value) -> Result<Origins, Refusal> {
    let Value::List(listed) = kept else {
        return Ok(Origins::Any);
    };
    let read = |origin: &Value| origin.as_text().and_then(|text| Origin::parse(text).ok());
    let origins: Option<Vec<Origin>> = listed.iter().map(read).collect();
    origins
        .map(Origins::Only)
        .ok_or_else(|| Refusal::corrupt("project"))
}

/// What a row `[…, kind, hash, organization, project, dies_at, last_used_at, line]` says from `kind` on.
fn known(row: &mut Row, hash: &str) -> Result<Option<Known>, Refusal> {
    let Some(kind) = row.text_or_null()? else {
        return Ok(None);
    };
    // The index has compared them already; this does it once more without telling by its time where they differ.
    if !equal_in_constant_time(row.text()?, hash) {
        return Ok(None);
    }
    let kind = SecretKind::ALL
        .into_iter()
        .find(|known| known.as_str() == kind);
    let corrupt = |_| Refusal::corrupt("credential");
    let organization = OrganizationId::parse(row.text()?).map_err(corrupt)?;
    let project = row.text_or_null()?.map(ProjectId::parse).transpose();
    let project = project.map_err(corrupt)?;
    let (dies_at, last_used_at) = (row.instant_or_null()?, row.instant_or_null()?);
    let caller = match (kind, project) {
        (Some(SecretKind::Organization), None) => Caller::Organization(organization),
        (Some(SecretKind::Master), Some(project)) => Caller::Master(project),
        (Some(SecretKind::Write), Some(project)) => Caller::Write(project),
        (Some(SecretKind::Read), Some(project)) => Caller::Read(project),
        (Some(SecretKind::Access), Some(project)) => {
            let Some(key) = key_line::read(project, row.list()?)? else {
                return Ok(None);
            };
            Caller::Access(Box::new(key))
        }
        _ => return Err(Refusal::corrupt("credential")),
    };
    Ok(Some(Known {
        caller,
        dies_at,
        last_used_at,
    }))
}
