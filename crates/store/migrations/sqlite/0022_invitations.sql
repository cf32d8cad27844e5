-- Invitations of the owner. What their holders show is made from the id, and kept nowhere.
CREATE TABLE invitations (
    id              TEXT    PRIMARY KEY,
    email           TEXT    NOT NULL,
    public_metadata TEXT    NOT NULL,
    redirect_url    TEXT,
    -- pending, accepted or revoked
    state           TEXT    NOT NULL,
    -- The address, while it may not be invited once more; nothing where the owner lets others lie beside.
    open_for        TEXT    UNIQUE,
    expire_at       INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL
);
CREATE INDEX invitations_email ON invitations (email);
CREATE INDEX invitations_created ON invitations (created_at);

-- Who asks for an invitation.
CREATE TABLE waitlist_entries (
    id            TEXT    PRIMARY KEY,
    email         TEXT    NOT NULL UNIQUE,
    -- pending, invited, rejected or completed
    state         TEXT    NOT NULL,
    invitation_id TEXT,
    locale        TEXT,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    version       INTEGER NOT NULL
);
CREATE INDEX waitlist_entries_created ON waitlist_entries (created_at);
CREATE INDEX waitlist_entries_invitation ON waitlist_entries (invitation_id);
