-- Secret keys of the Backend API, by their names: the keys themselves are made from these and the instance key. The first
-- one is older than this list.
CREATE TABLE secret_keys (
    id         TEXT    PRIMARY KEY,
    created_at BIGINT  NOT NULL,
    ends_at    BIGINT
);
INSERT INTO secret_keys (id, created_at) SELECT 'key_first', created_at FROM instance;
