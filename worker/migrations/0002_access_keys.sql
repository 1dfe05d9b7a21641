-- Keys that make keys, keys that are rotated, and what happened to them.

ALTER TABLE access_key ADD COLUMN made_by TEXT;                        -- the id of the key within which it was made; none: the master key made it
ALTER TABLE access_key ADD COLUMN version INTEGER NOT NULL DEFAULT 1;  -- one more with every change
ALTER TABLE access_key ADD COLUMN last_used_at INTEGER;                -- to the minute
CREATE INDEX access_key_by_maker ON access_key (project, made_by) WHERE made_by IS NOT NULL;
CREATE INDEX access_key_by_external_id ON access_key (project, external_id) WHERE external_id IS NOT NULL;

ALTER TABLE credential ADD COLUMN dies_at INTEGER;                     -- when a rotated key's old string ends; none for the newest

-- Changes of keys, and requests that were refused.
CREATE TABLE audit (
  entry INTEGER PRIMARY KEY AUTOINCREMENT,
  project TEXT NOT NULL REFERENCES project (id),
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,                      -- change, refusal
  access_key TEXT,                         -- the id of the key that was changed, or refused
  detail TEXT NOT NULL                     -- JSON: who, what, before and after; never a key
);
CREATE INDEX audit_by_project ON audit (project, entry);
CREATE INDEX audit_by_kind ON audit (project, kind, entry);
CREATE INDEX audit_by_key ON audit (project, access_key, entry) WHERE access_key IS NOT NULL;
