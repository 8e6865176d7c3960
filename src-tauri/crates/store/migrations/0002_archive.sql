-- Answers that clients may come back to. What was said is sealed; what stands beside it is metadata.
CREATE TABLE kept_response (
    key_id     TEXT NOT NULL,
    id         TEXT NOT NULL,
    previous   TEXT,
    account    TEXT NOT NULL,
    model      TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    bytes      INTEGER NOT NULL,
    seal       TEXT NOT NULL,
    sealed     BLOB NOT NULL,
    PRIMARY KEY (key_id, id)
);
CREATE INDEX kept_response_age ON kept_response (expires_at);
CREATE INDEX kept_response_bytes ON kept_response (bytes);

-- In which answer an item of that id is.
CREATE TABLE kept_item (
    key_id   TEXT NOT NULL,
    item     TEXT NOT NULL,
    response TEXT NOT NULL,
    PRIMARY KEY (key_id, item)
);
CREATE INDEX kept_item_response ON kept_item (key_id, response);
CREATE TRIGGER kept_response_removed AFTER DELETE ON kept_response
BEGIN DELETE FROM kept_item WHERE key_id = old.key_id AND response = old.id; END;

CREATE TABLE conversation (
    key_id     TEXT NOT NULL,
    id         TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    bytes      INTEGER NOT NULL,
    seal       TEXT NOT NULL,
    sealed     BLOB NOT NULL,
    PRIMARY KEY (key_id, id)
);
CREATE INDEX conversation_age ON conversation (expires_at);
CREATE INDEX conversation_bytes ON conversation (bytes);

-- Numbers give the order of a conversation.
CREATE TABLE conversation_item (
    number       INTEGER PRIMARY KEY AUTOINCREMENT,
    key_id       TEXT NOT NULL,
    conversation TEXT NOT NULL,
    id           TEXT NOT NULL,
    account      TEXT,
    model        TEXT,
    bytes        INTEGER NOT NULL,
    seal         TEXT NOT NULL,
    sealed       BLOB NOT NULL
);
CREATE UNIQUE INDEX conversation_item_id ON conversation_item (key_id, conversation, id);
CREATE INDEX conversation_item_bytes ON conversation_item (bytes);
CREATE TRIGGER conversation_removed AFTER DELETE ON conversation
BEGIN
    DELETE FROM conversation_item WHERE key_id = old.key_id AND conversation = old.id;
END;
