-- Times are milliseconds since the epoch, documents are JSON, ids are the protocol's prefixed ids.
-- Foreign keys are checked when a transaction ends, so that its parts may be written in any order.

CREATE TABLE instance (
    one         BIGINT  PRIMARY KEY CHECK (one = 1),
    id          TEXT    NOT NULL,
    environment TEXT    NOT NULL,
    public_url  TEXT    NOT NULL,
    key_id      TEXT    NOT NULL,
    key_check   TEXT    NOT NULL,
    settings    TEXT    NOT NULL,
    created_at  BIGINT  NOT NULL,
    version     BIGINT  NOT NULL
);

CREATE TABLE signing_keys (
    kid        TEXT    PRIMARY KEY,
    key_id     TEXT    NOT NULL,
    sealed     BYTEA   NOT NULL,
    created_at BIGINT  NOT NULL
);

CREATE TABLE users (
    id              TEXT    PRIMARY KEY,
    document        TEXT    NOT NULL,
    last_sign_in_at BIGINT,
    last_active_at  BIGINT,
    created_at      BIGINT  NOT NULL,
    updated_at      BIGINT  NOT NULL,
    version         BIGINT  NOT NULL
);

CREATE TABLE identifications (
    id          TEXT    PRIMARY KEY,
    user_id     TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    kind        TEXT    NOT NULL,
    value       TEXT    NOT NULL,
    verified_at BIGINT,
    reserved    BOOLEAN NOT NULL,
    created_at  BIGINT  NOT NULL,
    updated_at  BIGINT  NOT NULL
);
-- An address belongs to one user once it is proven or kept for them; until then several may hope for it.
CREATE UNIQUE INDEX identifications_claimed ON identifications (kind, value)
    WHERE verified_at IS NOT NULL OR reserved;
CREATE INDEX identifications_user ON identifications (user_id);

CREATE TABLE passwords (
    user_id    TEXT    PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    digest     TEXT    NOT NULL,
    updated_at BIGINT  NOT NULL,
    version    BIGINT  NOT NULL
);

-- Wrong tries in a row, against a user or against an identifier that nobody has.
CREATE TABLE lockouts (
    name         TEXT    PRIMARY KEY,
    failed       BIGINT  NOT NULL,
    locked_until BIGINT,
    updated_at   BIGINT  NOT NULL
);
CREATE INDEX lockouts_updated ON lockouts (updated_at);

CREATE TABLE clients (
    id                     TEXT    PRIMARY KEY,
    generation             BIGINT  NOT NULL,
    generation_used_at     BIGINT,
    sign_in_id             TEXT,
    sign_up_id             TEXT,
    last_active_session_id TEXT,
    last_strategy          TEXT,
    created_at             BIGINT  NOT NULL,
    updated_at             BIGINT  NOT NULL,
    version                BIGINT  NOT NULL
);

CREATE TABLE sessions (
    id               TEXT    PRIMARY KEY,
    client_id        TEXT    NOT NULL REFERENCES clients (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    user_id          TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    ended_how        TEXT,
    ended_at         BIGINT,
    expire_at        BIGINT  NOT NULL,
    abandon_at       BIGINT  NOT NULL,
    last_active_at   BIGINT  NOT NULL,
    first_factor_at  BIGINT  NOT NULL,
    second_factor_at BIGINT,
    user_agent       TEXT,
    ip_address       TEXT,
    created_at       BIGINT  NOT NULL,
    updated_at       BIGINT  NOT NULL,
    version          BIGINT  NOT NULL
);
CREATE INDEX sessions_client ON sessions (client_id, expire_at);
CREATE INDEX sessions_user ON sessions (user_id, expire_at);
CREATE INDEX sessions_expire ON sessions (expire_at);

CREATE TABLE sign_ins (
    id         TEXT    PRIMARY KEY,
    client_id  TEXT    NOT NULL REFERENCES clients (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    user_id    TEXT    REFERENCES users (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    state      TEXT    NOT NULL,
    abandon_at BIGINT  NOT NULL,
    created_at BIGINT  NOT NULL,
    updated_at BIGINT  NOT NULL,
    version    BIGINT  NOT NULL
);
CREATE INDEX sign_ins_client ON sign_ins (client_id);
CREATE INDEX sign_ins_user ON sign_ins (user_id);
CREATE INDEX sign_ins_abandon ON sign_ins (abandon_at);

CREATE TABLE sign_ups (
    id         TEXT    PRIMARY KEY,
    client_id  TEXT    NOT NULL REFERENCES clients (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    user_id    TEXT    REFERENCES users (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    draft      TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    abandon_at BIGINT  NOT NULL,
    created_at BIGINT  NOT NULL,
    updated_at BIGINT  NOT NULL,
    version    BIGINT  NOT NULL
);
CREATE INDEX sign_ups_client ON sign_ups (client_id);
CREATE INDEX sign_ups_user ON sign_ups (user_id);
CREATE INDEX sign_ups_abandon ON sign_ups (abandon_at);

-- One row for each code that was sent. Tries are counted here, beside the attempt, by one update each.
CREATE TABLE verifications (
    id          TEXT    PRIMARY KEY,
    sign_in_id  TEXT    REFERENCES sign_ins (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    sign_up_id  TEXT    REFERENCES sign_ups (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    tries       BIGINT  NOT NULL,
    consumed_at BIGINT
);
CREATE INDEX verifications_sign_in ON verifications (sign_in_id);
CREATE INDEX verifications_sign_up ON verifications (sign_up_id);

CREATE TABLE delivery_queue (
    id          TEXT    PRIMARY KEY,
    kind        TEXT    NOT NULL,
    recipient   TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    key_id      TEXT    NOT NULL,
    body        BYTEA,
    keep        BOOLEAN NOT NULL,
    tries       BIGINT  NOT NULL,
    due_at      BIGINT  NOT NULL,
    created_at  BIGINT  NOT NULL
);
CREATE INDEX delivery_queue_due ON delivery_queue (due_at) WHERE state = 'due';
CREATE INDEX delivery_queue_recipient ON delivery_queue (recipient, created_at);
CREATE INDEX delivery_queue_created ON delivery_queue (created_at);
