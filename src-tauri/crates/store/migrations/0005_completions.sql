-- Chat completions that clients asked to have stored, sealed: each with its metadata, and apart from
-- that the messages that it was made from, which a list does not show.
CREATE TABLE kept_completion (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    key_id     TEXT NOT NULL,
    id         TEXT NOT NULL,
    model      TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    bytes      INTEGER NOT NULL,
    seal       TEXT NOT NULL,
    sealed     BLOB NOT NULL,
    messages   BLOB NOT NULL
);
CREATE UNIQUE INDEX kept_completion_id ON kept_completion (key_id, id);
CREATE INDEX kept_completion_age ON kept_completion (expires_at);
CREATE INDEX kept_completion_bytes ON kept_completion (bytes);
