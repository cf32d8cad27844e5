-- Addresses, domains, numbers and wallets that the owner has listed: who may come in, and who may not.
CREATE TABLE listed_identifiers (
    id         TEXT    PRIMARY KEY,
    -- allow or block
    list       TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    identifier TEXT    NOT NULL,
    -- Under what it is found: for the blocklist one text for every spelling of a mailbox.
    found_by   TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (list, found_by)
);
