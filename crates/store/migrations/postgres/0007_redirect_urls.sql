-- Addresses that the owner has listed, to which a browser may be sent back.
CREATE TABLE redirect_urls (
    id         TEXT    PRIMARY KEY,
    url        TEXT    NOT NULL UNIQUE,
    created_at BIGINT  NOT NULL
);
