-- Who did what, and when: for the owner, who asks for the last entries, or for those of one user.
CREATE TABLE audit_log (
    id      TEXT    PRIMARY KEY,
    at      BIGINT  NOT NULL,
    event   TEXT    NOT NULL,
    user_id TEXT,
    details TEXT    NOT NULL
);
CREATE INDEX audit_log_at ON audit_log (at, id);
CREATE INDEX audit_log_user ON audit_log (user_id, at);
