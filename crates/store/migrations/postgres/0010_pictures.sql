-- Pictures of users, one each, as they are sent to everybody who knows the id.
CREATE TABLE pictures (
    id         TEXT   PRIMARY KEY,
    user_id    TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    kind       TEXT   NOT NULL,
    bytes      BYTEA   NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX pictures_user ON pictures (user_id);
