-- Local keys. Their texts rest in the vault; here is only what admits them.
CREATE TABLE local_key (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    hash       BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
);
CREATE UNIQUE INDEX local_key_live ON local_key (name) WHERE revoked_at IS NULL;

-- Apart from the keys, so that a use is not a change to them.
CREATE TABLE local_key_use (
    key_id       TEXT PRIMARY KEY,
    last_used_at INTEGER NOT NULL
);

-- Quota stops: until when, and in the backend's own words.
CREATE TABLE cooldown (
    account TEXT PRIMARY KEY,
    since   INTEGER NOT NULL,
    until   INTEGER NOT NULL,
    body    TEXT NOT NULL,
    headers TEXT NOT NULL
);

-- The last reading of this and that.
CREATE TABLE snapshot (
    name TEXT PRIMARY KEY,
    at   INTEGER NOT NULL,
    json TEXT NOT NULL
);

-- One line per request. Numbers are never used twice, so that a follower misses none.
CREATE TABLE usage (
    id                  INTEGER PRIMARY KEY AUTOINCREMENT,
    request_id          TEXT NOT NULL,
    at                  INTEGER NOT NULL,
    key_id              TEXT,
    key_name            TEXT,
    account             TEXT,
    dialect             TEXT NOT NULL,
    path                TEXT NOT NULL,
    model               TEXT,
    stream              INTEGER NOT NULL,
    status              INTEGER NOT NULL,
    ended               TEXT NOT NULL,
    fault               TEXT,
    attempts            INTEGER NOT NULL,
    first_byte_ms       INTEGER,
    total_ms            INTEGER NOT NULL,
    input_tokens        INTEGER,
    cached_tokens       INTEGER,
    output_tokens       INTEGER,
    reasoning_tokens    INTEGER,
    ignored             TEXT NOT NULL,
    upstream_request_id TEXT,
    origin              TEXT
);
CREATE INDEX usage_at ON usage (at);

-- What processes look at to learn that another one changed something.
CREATE TABLE edition (
    what   TEXT PRIMARY KEY,
    number INTEGER NOT NULL
);
INSERT INTO edition (what, number) VALUES ('local_key', 0), ('cooldown', 0);

CREATE TRIGGER local_key_added AFTER INSERT ON local_key
BEGIN UPDATE edition SET number = number + 1 WHERE what = 'local_key'; END;
CREATE TRIGGER local_key_changed AFTER UPDATE ON local_key
BEGIN UPDATE edition SET number = number + 1 WHERE what = 'local_key'; END;
CREATE TRIGGER local_key_removed AFTER DELETE ON local_key
BEGIN UPDATE edition SET number = number + 1 WHERE what = 'local_key'; END;

CREATE TRIGGER cooldown_added AFTER INSERT ON cooldown
BEGIN UPDATE edition SET number = number + 1 WHERE what = 'cooldown'; END;
CREATE TRIGGER cooldown_changed AFTER UPDATE ON cooldown
BEGIN UPDATE edition SET number = number + 1 WHERE what = 'cooldown'; END;
CREATE TRIGGER cooldown_removed AFTER DELETE ON cooldown
BEGIN UPDATE edition SET number = number + 1 WHERE what = 'cooldown'; END;
