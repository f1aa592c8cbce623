-- What came from Slack. A key is a keyed hash: who may read the database alone
-- can't tell from it what it stands for.

-- Work that was accepted, in order of id. job is JSON, with ids as Slack has
-- them, while the work is pending, and empty once done_at isn't 0; the key stays
-- so that the same isn't accepted again.
CREATE TABLE slack_jobs (
    id      INTEGER PRIMARY KEY,
    key     TEXT    NOT NULL UNIQUE,
    job     TEXT    NOT NULL,
    done_at BIGINT  NOT NULL
);
CREATE INDEX slack_jobs_done_at ON slack_jobs (done_at, id);

-- The conversation that goes on in a thread.
CREATE TABLE slack_threads (
    thread          TEXT PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE
);
CREATE INDEX slack_threads_conversation_id ON slack_threads (conversation_id);

-- Who was told that answers are made automatically.
CREATE TABLE slack_people (
    person  TEXT   PRIMARY KEY,
    told_at BIGINT NOT NULL
);
