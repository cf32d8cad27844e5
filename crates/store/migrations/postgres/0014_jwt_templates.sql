-- What tokens of the owner's own making say, and for how long. One that is signed with a key of its own has it sealed here.
CREATE TABLE jwt_templates (
    id         TEXT    PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE,
    claims     TEXT    NOT NULL,
    lifetime   BIGINT  NOT NULL,
    clock_skew BIGINT  NOT NULL,
    algorithm  TEXT    NOT NULL,
    key_id     TEXT,
    sealed     BYTEA,
    created_at BIGINT  NOT NULL,
    updated_at BIGINT  NOT NULL,
    version    BIGINT  NOT NULL
);
