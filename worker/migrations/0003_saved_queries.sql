-- Questions that are kept, and when those that are kept fresh are due.

ALTER TABLE project ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;       -- one more whenever events are taken away: no copy from before counts

CREATE TABLE saved_query (
  project TEXT NOT NULL REFERENCES project (id),
  name TEXT NOT NULL,
  query TEXT NOT NULL,                     -- JSON as it was sent, without nulls: its timeframe is resolved at each run
  metadata TEXT NOT NULL,                  -- JSON
  refresh_seconds INTEGER,                 -- none for one that is run when it is asked for
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  due_at INTEGER,                          -- when it is run next, if it is kept fresh
  PRIMARY KEY (project, name)
) WITHOUT ROWID;
CREATE INDEX saved_query_due ON saved_query (due_at) WHERE due_at IS NOT NULL;
