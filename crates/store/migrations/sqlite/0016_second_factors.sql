-- Second factors. The secret of an authenticator app is sealed for its id; of a backup code there is only an
-- authentication code. `last_step` is the newest step of 30 seconds whose code was taken: none up to it is taken again.
CREATE TABLE totps (
    id          TEXT    PRIMARY KEY,
    user_id     TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    key_id      TEXT    NOT NULL,
    secret      BLOB    NOT NULL,
    verified_at INTEGER,
    last_step   INTEGER,
    created_at  INTEGER NOT NULL
);
CREATE UNIQUE INDEX totps_user ON totps (user_id);

CREATE TABLE backup_codes (
    user_id    TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    mac        TEXT    NOT NULL,
    used_at    INTEGER,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, mac)
);

ALTER TABLE users ADD COLUMN second_factor_enabled_at INTEGER;
ALTER TABLE users ADD COLUMN second_factor_disabled_at INTEGER;
