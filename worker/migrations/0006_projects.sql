-- What a project's organization says of it, and the project's events being laid out anew.

ALTER TABLE project ADD COLUMN deactivated_at INTEGER;                       -- when all its keys were refused; none while it is active
ALTER TABLE project ADD COLUMN users TEXT NOT NULL DEFAULT '[]';             -- JSON: e-mail addresses, for people
ALTER TABLE project ADD COLUMN origins TEXT;                                 -- JSON: the origins whose pages may read an answer; none for any
ALTER TABLE project ADD COLUMN retention_days INTEGER;                       -- events older than this are not seen; none for all there are
ALTER TABLE project ADD COLUMN retention_due_at INTEGER;                     -- when those are deleted next
ALTER TABLE project ADD COLUMN earlier_scope_properties TEXT NOT NULL DEFAULT '[]';  -- JSON: paths by which it was clustered before, the last one last
CREATE INDEX project_retention_due ON project (retention_due_at) WHERE retention_due_at IS NOT NULL;

-- A project whose scope property was changed: its events lie under the old one or the new one until this row is gone.
CREATE TABLE relayout (
  project TEXT PRIMARY KEY REFERENCES project (id),
  collections TEXT NOT NULL,               -- JSON: each `c` that is not gone through yet, in order
  after TEXT,                              -- JSON [wk, scope, ts, id]: how far the first of them is; none at its beginning
  taken TEXT,                              -- JSON [[c, wk, scope, ts, id, new scope], …]: only inside a step's transaction
  stop TEXT,                               -- the same: `after` for the next step
  round INTEGER NOT NULL DEFAULT 0,        -- steps that were done: of two who do the same one, one does it
  moved INTEGER NOT NULL DEFAULT 0,        -- events that lie elsewhere now
  audit INTEGER                            -- its entry, which is told their number in the end
) WITHOUT ROWID;
