-- Accounts that users have elsewhere, and the ways out to prove them. Who somebody is elsewhere are connection and subject
-- together. What the instance may do there is sealed, for those two.
CREATE TABLE external_accounts (
    id              TEXT    PRIMARY KEY,
    user_id         TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    connection      TEXT    NOT NULL,
    subject         TEXT,
    proof           TEXT    NOT NULL,
    profile         TEXT,
    key_id          TEXT,
    access          BYTEA,
    refresh         BYTEA,
    token_expire_at BIGINT ,
    created_at      BIGINT  NOT NULL,
    updated_at      BIGINT  NOT NULL
);
CREATE UNIQUE INDEX external_accounts_subject ON external_accounts (connection, subject);
CREATE INDEX external_accounts_user ON external_accounts (user_id);

CREATE TABLE external_flows (
    id                  TEXT    PRIMARY KEY,
    client_id           TEXT    NOT NULL REFERENCES clients (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    sign_in_id          TEXT    REFERENCES sign_ins (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    sign_up_id          TEXT    REFERENCES sign_ups (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    external_account_id TEXT    REFERENCES external_accounts (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    session_id          TEXT,
    connection          TEXT    NOT NULL,
    carrier             TEXT    NOT NULL,
    redirect_url        TEXT    NOT NULL,
    complete_url        TEXT    NOT NULL,
    expire_at           BIGINT  NOT NULL,
    answered_at         BIGINT ,
    profile             TEXT,
    failure             TEXT,
    key_id              TEXT,
    access              BYTEA,
    refresh             BYTEA,
    token_expire_at     BIGINT ,
    redeemed_at         BIGINT 
);
CREATE INDEX external_flows_client ON external_flows (client_id);
CREATE INDEX external_flows_sign_in ON external_flows (sign_in_id);
CREATE INDEX external_flows_sign_up ON external_flows (sign_up_id);
CREATE INDEX external_flows_external_account ON external_flows (external_account_id);
CREATE INDEX external_flows_expire ON external_flows (expire_at);

ALTER TABLE sign_ins ADD COLUMN external TEXT;
ALTER TABLE sign_ups ADD COLUMN external TEXT;
