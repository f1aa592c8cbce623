-- Who judged what, as a key that says neither; NULL where nobody in particular
-- did. One verdict a key.
ALTER TABLE feedback ADD COLUMN key TEXT;
CREATE UNIQUE INDEX feedback_key ON feedback (key);
