-- Times are microseconds since 1970 in UTC. Ids and hashes in text are lower case.

-- Where documents come from: a folder by the name that their ids are made of.
CREATE TABLE roots (
    name TEXT PRIMARY KEY,
    path TEXT NOT NULL UNIQUE
);

-- Stored texts by their SHA-256 in hex.
CREATE TABLE texts (
    version TEXT PRIMARY KEY,
    text    TEXT NOT NULL
);

-- Which texts a document has or had. superseded_at is 0 for its current one.
-- A version outlives its document for as long as a record cites it.
CREATE TABLE versions (
    document_id   TEXT   NOT NULL,
    version       TEXT   NOT NULL REFERENCES texts (version),
    superseded_at BIGINT NOT NULL,
    PRIMARY KEY (document_id, version)
);
CREATE INDEX versions_version ON versions (version);
CREATE INDEX versions_superseded_at ON versions (superseded_at);

CREATE TABLE documents (
    id          TEXT    PRIMARY KEY,
    root        TEXT    NOT NULL REFERENCES roots (name),
    path        TEXT    NOT NULL,
    version     TEXT    NOT NULL,
    fingerprint TEXT    NOT NULL,
    title       TEXT    NOT NULL,
    publisher   TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    date        TEXT    NOT NULL,
    dossier     TEXT    NOT NULL,
    source_url  TEXT    NOT NULL,
    language    TEXT    NOT NULL,
    characters  INTEGER NOT NULL,
    passages    INTEGER NOT NULL,
    ingested_at BIGINT  NOT NULL,
    UNIQUE (root, path),
    FOREIGN KEY (id, version) REFERENCES versions (document_id, version)
);

-- A passage's text isn't kept twice: the span cuts it from the document's.
-- section is a JSON array; sentences is one too, described in passages.go.
CREATE TABLE passages (
    id          TEXT    PRIMARY KEY,
    document_id TEXT    NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    ordinal     INTEGER NOT NULL,
    section     TEXT    NOT NULL,
    page        INTEGER NOT NULL,
    span_start  INTEGER NOT NULL,
    span_end    INTEGER NOT NULL,
    plain       TEXT    NOT NULL,
    tokens      INTEGER NOT NULL,
    sentences   TEXT    NOT NULL,
    UNIQUE (document_id, ordinal)
);

-- Embeddings by what was embedded, so that a text is embedded once per model.
CREATE TABLE models (
    id        INTEGER PRIMARY KEY,
    name      TEXT    NOT NULL,
    dimension INTEGER NOT NULL,
    UNIQUE (name, dimension)
);
-- key is the SHA-256 of the embedded text, vector its little-endian float32s.
CREATE TABLE vectors (
    id       INTEGER PRIMARY KEY,
    model_id INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
    key      BLOB    NOT NULL,
    vector   BLOB    NOT NULL,
    UNIQUE (model_id, key)
);

-- owner is empty where nobody in particular asked. renamed is 1 once somebody
-- gave a title; until then it follows the oldest question.
CREATE TABLE conversations (
    id         TEXT    PRIMARY KEY,
    owner      TEXT    NOT NULL,
    title      TEXT    NOT NULL,
    renamed    INTEGER NOT NULL,
    created_at BIGINT  NOT NULL,
    updated_at BIGINT  NOT NULL
);
CREATE INDEX conversations_owner ON conversations (owner, updated_at, id);

-- record is the answer record as JSON; the columns beside it are for finding.
CREATE TABLE answers (
    id              TEXT   PRIMARY KEY,
    conversation_id TEXT   NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    created_at      BIGINT NOT NULL,
    status          TEXT   NOT NULL,
    record          TEXT   NOT NULL
);
CREATE INDEX answers_conversation_id ON answers (conversation_id, created_at);
CREATE INDEX answers_created_at ON answers (created_at);

-- Which versions records cite: these stay readable. The reference makes it
-- impossible to store a citation of a text that isn't there.
CREATE TABLE citations (
    answer_id   TEXT    NOT NULL REFERENCES answers (id) ON DELETE CASCADE,
    number      INTEGER NOT NULL,
    document_id TEXT    NOT NULL,
    version     TEXT    NOT NULL,
    PRIMARY KEY (answer_id, number),
    FOREIGN KEY (document_id, version) REFERENCES versions (document_id, version)
);
CREATE INDEX citations_version ON citations (document_id, version);

-- citation is NULL where the verdict is about the answer.
CREATE TABLE feedback (
    id         INTEGER PRIMARY KEY,
    answer_id  TEXT    NOT NULL REFERENCES answers (id) ON DELETE CASCADE,
    citation   INTEGER,
    verdict    TEXT    NOT NULL,
    comment    TEXT    NOT NULL,
    created_at BIGINT  NOT NULL
);
CREATE INDEX feedback_answer_id ON feedback (answer_id);

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
