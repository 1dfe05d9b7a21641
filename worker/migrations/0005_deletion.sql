-- Deletions that are being carried out. What one of them takes away is not seen from its first transaction on.

CREATE TABLE deletion (
  number INTEGER PRIMARY KEY AUTOINCREMENT, -- the order in which they came
  id TEXT NOT NULL UNIQUE,                 -- 24 hexadecimal digits
  project TEXT NOT NULL REFERENCES project (id),
  at INTEGER NOT NULL,                     -- events received later are none of its affair
  hides INTEGER NOT NULL,                  -- whether reads must leave out what it takes: a collection without its row is never read
  what TEXT NOT NULL,                      -- JSON: what is taken away
  collections TEXT NOT NULL,               -- JSON: each `c` that is not swept yet, in order
  after TEXT,                              -- JSON [wk, scope, ts, id]: how far the first of them is swept; none at its beginning
  taken TEXT,                              -- JSON [[c, wk, scope, ts, id], …]: only inside a step's transaction
  ended INTEGER NOT NULL DEFAULT 0,        -- the same: whether the step is the last
  removed INTEGER NOT NULL DEFAULT 0,      -- events that were taken away or changed
  audit INTEGER                            -- its entry, which is told their number in the end
);
CREATE INDEX deletion_hiding ON deletion (project) WHERE hides;
