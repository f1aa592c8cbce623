-- The life of documents: those that were sent to the server, and which take the
-- place of which.

-- Files as they were sent, by their path: a root that is kept here and not in a
-- folder, so that a backup has it. meta is JSON, what was said of the file.
CREATE TABLE uploads (
    path        TEXT   PRIMARY KEY,
    data        BLOB   NOT NULL,
    meta        TEXT   NOT NULL,
    uploaded_at BIGINT NOT NULL
);

-- Work that was accepted. job is JSON; owner is who sent it. Finished work has
-- no files any more.
CREATE TABLE jobs (
    id          TEXT   PRIMARY KEY,
    owner       TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    finished_at BIGINT NOT NULL,
    job         TEXT   NOT NULL
);
CREATE INDEX jobs_owner ON jobs (owner, created_at);
CREATE INDEX jobs_finished_at ON jobs (finished_at, created_at);

-- The files of work that is to be done, in order. data is NULL for one that is
-- to be removed.
CREATE TABLE job_files (
    job_id  TEXT    NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    path    TEXT    NOT NULL,
    data    BLOB,
    meta    TEXT    NOT NULL,
    PRIMARY KEY (job_id, ordinal)
);
CREATE INDEX job_files_path ON job_files (path);

-- Which documents a document takes the place of.
CREATE TABLE supersessions (
    document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    supersedes  TEXT NOT NULL,
    PRIMARY KEY (document_id, supersedes)
);
CREATE INDEX supersessions_supersedes ON supersessions (supersedes);
