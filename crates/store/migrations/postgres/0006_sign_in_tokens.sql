-- Tokens of the owner's that sign a user in once. What their holders show is not kept.
CREATE TABLE sign_in_tokens (
    id         TEXT    PRIMARY KEY,
    user_id    TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    state      TEXT    NOT NULL,
    expire_at  BIGINT  NOT NULL,
    created_at BIGINT  NOT NULL,
    updated_at BIGINT  NOT NULL
);
CREATE INDEX sign_in_tokens_user ON sign_in_tokens (user_id);
CREATE INDEX sign_in_tokens_expire ON sign_in_tokens (expire_at);
