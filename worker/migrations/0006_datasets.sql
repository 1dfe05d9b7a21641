-- Questions that are answered ahead, for each value of an index and each sub-timeframe.

CREATE TABLE dataset (
  number INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used again: rows of one that is deleted are nobody's
  project TEXT NOT NULL REFERENCES project (id),
  name TEXT NOT NULL,
  collection TEXT NOT NULL,                  -- whose events it is of, by name
  definition TEXT NOT NULL,                  -- JSON: display_name, index_by, query
  anchor INTEGER NOT NULL,                   -- where its sub-timeframes are counted from
  created_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,                   -- when the clock looks at it next
  last_run_at INTEGER,                       -- when it did last
  fresh_at INTEGER NOT NULL,                 -- what was received before is in its rows, or is asked of the events
  latest INTEGER,                            -- where its newest computed sub-timeframe begins
  is_complete INTEGER NOT NULL DEFAULT 0,    -- was every slice computed once?
  has_failed INTEGER NOT NULL DEFAULT 0,     -- did the last run?
  UNIQUE (project, name)
);
CREATE INDEX dataset_due ON dataset (due_at);

-- The sub-timeframes of a dataset that begin in one week: what is computed in one transaction. One that is not here was
-- not computed yet.
CREATE TABLE dataset_slice (
  dataset INTEGER NOT NULL,
  wk INTEGER NOT NULL,
  starts INTEGER NOT NULL,                   -- of the first of them
  ends INTEGER NOT NULL,                     -- of the last
  computed_at INTEGER NOT NULL,
  late INTEGER NOT NULL DEFAULT 0,           -- an event came that no refresh would find any more
  stale INTEGER NOT NULL DEFAULT 0,          -- something was deleted: its rows are never shown again
  PRIMARY KEY (dataset, wk)
) WITHOUT ROWID;

CREATE TABLE dataset_row (
  dataset INTEGER NOT NULL,
  wk INTEGER NOT NULL,
  key TEXT NOT NULL,                         -- the values of its index as JSON, a line each
  start INTEGER NOT NULL,                    -- of the sub-timeframe
  part INTEGER NOT NULL,                     -- which of the question's measures it holds
  grp TEXT NOT NULL,                         -- JSON: the group, and a distinct value
  vals TEXT,                                 -- JSON: what is computed of it
  PRIMARY KEY (dataset, wk, key, start, part, grp)
) WITHOUT ROWID;

-- Slices whose rows nobody reads any more.
CREATE TABLE dataset_trash (
  dataset INTEGER NOT NULL,
  wk INTEGER NOT NULL,
  PRIMARY KEY (dataset, wk)
) WITHOUT ROWID;
