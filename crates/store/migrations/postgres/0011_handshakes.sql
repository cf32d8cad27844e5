-- What application servers fetch with the nonce of a handshake. The nonce itself is not kept, and the rows live for a minute.
CREATE TABLE handshakes (
    id        TEXT    PRIMARY KEY,
    key_id    TEXT    NOT NULL,
    sealed    BYTEA    NOT NULL,
    expire_at BIGINT NOT NULL
);
CREATE INDEX handshakes_expire ON handshakes (expire_at);
