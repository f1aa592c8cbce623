-- Who may do and see what. Secrets are kept as their SHA-256 alone.

-- The groups whose members may read a document, in all its versions; none lets
-- everybody. They outlive the document: records that rest on it may.
CREATE TABLE document_groups (
    document_id TEXT NOT NULL,
    name        TEXT NOT NULL,
    PRIMARY KEY (document_id, name)
);

-- Keys for scripts. scopes and groups are JSON arrays; expires_at and revoked_at
-- are 0 where they don't apply; rate is in requests a second, 0 for the usual one.
CREATE TABLE keys (
    id         TEXT    PRIMARY KEY,
    hash       BLOB    NOT NULL UNIQUE,
    name       TEXT    NOT NULL,
    scopes     TEXT    NOT NULL,
    groups     TEXT    NOT NULL,
    rate       REAL    NOT NULL,
    created_at BIGINT  NOT NULL,
    expires_at BIGINT  NOT NULL,
    revoked_at BIGINT  NOT NULL
);

-- Browsers that are signed in. owner is the subject's id as conversations have
-- it, subject the whole as JSON; key_id is the key that was
-- signed in with, empty for a person, so that revoking it ends the session.
CREATE TABLE sessions (
    hash       BLOB   PRIMARY KEY,
    owner      TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    key_id     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_owner ON sessions (owner);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

-- Links through which anybody who has one, and may read the documents it rests
-- on, reads one answer. At most one an answer.
CREATE TABLE shares (
    id         TEXT   PRIMARY KEY,
    answer_id  TEXT   NOT NULL UNIQUE REFERENCES answers (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL
);
