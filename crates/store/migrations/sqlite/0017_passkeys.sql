-- Passkeys, each the only one with its key, and the ceremonies in which devices are asked for them.
CREATE TABLE passkeys (
    id            TEXT    PRIMARY KEY,
    user_id       TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    credential_id TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    credential    TEXT    NOT NULL,
    last_used_at  INTEGER,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL
);
CREATE UNIQUE INDEX passkeys_credential ON passkeys (credential_id);
CREATE INDEX passkeys_user ON passkeys (user_id);

-- Of each client one that signs in, and one for each of its users that adds a passkey.
CREATE TABLE passkey_ceremonies (
    id         TEXT    PRIMARY KEY,
    client_id  TEXT    NOT NULL REFERENCES clients (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    user_id    TEXT    REFERENCES users (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    passkey_id TEXT,
    options    TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    expire_at  INTEGER NOT NULL,
    taken_at   INTEGER
);
CREATE INDEX passkey_ceremonies_client ON passkey_ceremonies (client_id);
CREATE INDEX passkey_ceremonies_user ON passkey_ceremonies (user_id);
CREATE UNIQUE INDEX passkey_ceremonies_passkey ON passkey_ceremonies (passkey_id);
CREATE INDEX passkey_ceremonies_expire ON passkey_ceremonies (expire_at);

ALTER TABLE sign_ins ADD COLUMN passkey TEXT;
