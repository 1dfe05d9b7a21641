-- Which properties the events of a collection have, and of which types: kept as events arrive.

ALTER TABLE collection ADD COLUMN properties INTEGER NOT NULL DEFAULT 0;   -- rows of `property`, so that none need be counted

CREATE TABLE property (
  c INTEGER NOT NULL,
  path TEXT NOT NULL,
  type TEXT NOT NULL,                      -- num, string, bool, datetime, list, geo, null
  first_seen_at INTEGER NOT NULL,
  PRIMARY KEY (c, path, type)
) WITHOUT ROWID;
