//! What is a dataset, as it is kept, and how is its definition answered?

use crate::laid_out::layout;
use crate::open_deletions::open_deletions;
use crate::refusal::Refusal;
use crate::sql::hidden::Open;
use crate::sql::layout::Layout;
use crate::sql::whole;
use crate::store::row::Row;
use keyhole_policy::name::{ProjectId, ResourceName};
use keyhole_policy::time::Instant;
use keyhole_policy::value::Value;
use keyhole_policy::wire::{Moment, NewDataset, kept_dataset, print_dataset_question};

/// A dataset as it is kept.
pub struct KeptDataset {
    /// Its number, which is no other's.
    pub number: i64,
    /// Its name.
    pub name: ResourceName,
    /// What it is defined to be.
    pub definition: NewDataset,
    /// Where its sub-timeframes are counted from.
    pub anchor: Instant,
    /// When it was made.
    pub created_at: Instant,
    /// When the clock looks at it next.
    pub due_at: Instant,
    /// When it did last.
    pub last_run_at: Option<Instant>,
    /// What was received before is in its rows, or is asked of the events.
    pub fresh_at: Instant,
    /// Where its newest computed sub-timeframe begins.
    pub latest: Option<Instant>,
    /// Was every slice of it computed once?
    pub is_complete: bool,
    /// Did its last run fail?
    pub has_failed: bool,
    /// Whose it is.
    pub project: ProjectId,
    /// How the project's events lie.
    pub layout: Layout,
    /// One more whenever events of the project were taken away.
    pub epoch: i64,
    /// What reads of its events leave out, since a deletion is taking it away.
    pub hidden: Vec<Open>,
}

impl KeptDataset {
    /// Reads a row of [`crate::sql::datasets`], as of a moment.
    pub fn from_row(row: &Value, moment: &Moment) -> Result<KeptDataset, Refusal> {
        let mut row = Row::new("dataset", row)?;
        let corrupt = || Refusal::corrupt("dataset");
        Ok(KeptDataset {
            number: row.whole()?,
            name: ResourceName::parse(row.text()?).map_err(|_| corrupt())?,
            definition: kept_dataset(row.value()?, moment).map_err(|_| corrupt())?,
            anchor: row.instant()?,
            created_at: row.instant()?,
            due_at: row.instant()?,
            last_run_at: row.instant_or_null()?,
            fresh_at: row.instant()?,
            latest: row.instant_or_null()?,
            is_complete: row.whole()? != 0,
            has_failed: row.whole()? != 0,
            project: ProjectId::parse(row.text()?).map_err(|_| corrupt())?,
            epoch: row.whole()?,
            layout: layout(row.value()?, moment.now)?,
            hidden: open_deletions(row.list()?)?,
        })
    }

    /// Keen's definition object.
    pub fn print(&self, now: Instant) -> Value {
        let instant = |instant: Instant| Value::Text(instant.to_string());
        let epoch = "1970-01-01T00:00:00.000Z";
        let or_epoch = |at: Option<Instant>| at.map_or(Value::text(epoch), instant);
        let project = Value::text(self.project.as_str());
        let behind = now.milliseconds() - self.fresh_at.milliseconds();
        let display_name = self.definition.display_name.as_ref();
        let query = print_dataset_question(&self.definition.query, self.project.as_str());
        Value::object([
            ("dataset_name", Value::text(self.name.as_str())),
            (
                "display_name",
                display_name.map_or(Value::Null, |name| Value::text(name.as_str())),
            ),
            ("project_id", project),
            ("query", query),
            ("index_by", self.definition.print_index()),
            ("status", Value::text(self.status())),
            ("last_scheduled_date", or_epoch(self.last_run_at)),
            ("latest_subtimeframe_available", or_epoch(self.latest)),
            ("milliseconds_behind", whole(behind.max(0))),
        ])
    }

    fn status(&self) -> &'static str {
        match (self.is_complete, self.has_failed, self.last_run_at) {
            (true, false, _) => "OK",
            (true, true, _) => "Warn",
            (false, true, _) => "BootstrappingFailed",
            (false, false, Some(_)) => "Bootstrapping",
            (false, false, None) => "Created",
        }
    }
}
