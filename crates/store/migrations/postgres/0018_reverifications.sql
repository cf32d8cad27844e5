-- Attempts to prove once more who is signed in by a session, one each.
CREATE TABLE reverifications (
    session_id TEXT    PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    document   TEXT    NOT NULL,
    created_at BIGINT  NOT NULL,
    version    BIGINT  NOT NULL
);
ALTER TABLE verifications ADD COLUMN session_id TEXT
    REFERENCES sessions (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX verifications_session ON verifications (session_id);
