-- Authenticator apps of users, one each. The secret is sealed, for its user. Steps of codes that counted count no more.
CREATE TABLE totps (
    user_id     TEXT    PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    id          TEXT    NOT NULL,
    key_id      TEXT    NOT NULL,
    sealed      BYTEA   NOT NULL,
    verified_at BIGINT,
    last_step   BIGINT,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL
);

-- Backup codes that are left, as authentication codes bound to their set. One that is used is gone.
CREATE TABLE backup_codes (
    user_id    TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    mac        TEXT    NOT NULL,
    set_id     TEXT    NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, mac)
);

-- Attempts to prove once more who is signed in by a session, one each.
CREATE TABLE reverifications (
    session_id TEXT    PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    document   TEXT    NOT NULL,
    created_at BIGINT NOT NULL,
    version    BIGINT NOT NULL
);
ALTER TABLE verifications ADD COLUMN session_id TEXT
    REFERENCES sessions (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX verifications_session ON verifications (session_id);
