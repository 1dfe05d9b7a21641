-- Who owns what, who may ask, and the events.

CREATE TABLE organization (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL              -- milliseconds since 1970, UTC, as every time here
) WITHOUT ROWID;

CREATE TABLE project (
  id TEXT PRIMARY KEY,
  organization TEXT NOT NULL REFERENCES organization (id),
  name TEXT NOT NULL,
  scope_property TEXT NOT NULL,            -- the path whose value clusters the events
  created_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX project_by_organization ON project (organization, created_at, id);

-- Every key, found by its hash. The key itself is kept sealed, or not at all.
CREATE TABLE credential (
  hash TEXT PRIMARY KEY,                   -- SHA-256 of the key, hexadecimal
  kind TEXT NOT NULL,                      -- organization, master, write, read, access
  organization TEXT NOT NULL REFERENCES organization (id),
  project TEXT REFERENCES project (id),    -- none for an organization's key
  access_key TEXT,                         -- its id, for an access key
  sealed TEXT                              -- AES-256-GCM, hexadecimal: nonce, then ciphertext
) WITHOUT ROWID;
CREATE INDEX credential_by_project ON credential (project, kind, access_key);

CREATE TABLE access_key (
  project TEXT NOT NULL REFERENCES project (id),
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  external_id TEXT,
  is_active INTEGER NOT NULL,
  definition TEXT NOT NULL,                -- JSON as it was sent: permitted, options, dates, labels
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (project, id)
) WITHOUT ROWID;
CREATE INDEX access_key_by_age ON access_key (project, created_at, id);

CREATE TABLE collection (
  c INTEGER PRIMARY KEY AUTOINCREMENT,     -- never used again once its collection is deleted
  project TEXT NOT NULL REFERENCES project (id),
  name TEXT NOT NULL,
  UNIQUE (project, name)
);

-- One row, and no other index, for each event: the key's customer is a prefix of the primary key.
CREATE TABLE event (
  c INTEGER NOT NULL,
  wk INTEGER NOT NULL,                     -- ts divided by seven days, rounded down
  scope TEXT NOT NULL,                     -- the scope property's value as JSON; '' missing, '[' a list, '{' an object
  ts INTEGER NOT NULL,
  id TEXT NOT NULL,                        -- 24 hexadecimal digits
  created_at INTEGER NOT NULL,
  body BLOB,                               -- JSONB; null where it is in event_body
  PRIMARY KEY (c, wk, scope, ts, id)
) WITHOUT ROWID;

-- Large bodies would spoil the clustering of the small ones. A rowid table on purpose.
CREATE TABLE event_body (
  c INTEGER NOT NULL,
  id TEXT NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (c, id)
);

-- Uniqueness tokens of events that came without a time of their own: a retry would else come with another.
CREATE TABLE event_token (
  c INTEGER NOT NULL,
  id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (c, id)
) WITHOUT ROWID;

CREATE VIEW event_with_body AS
SELECT c, wk, scope, ts, id, created_at,
  coalesce(body, (SELECT large.body FROM event_body large WHERE large.c = event.c AND large.id = event.id)) AS body
FROM event;
