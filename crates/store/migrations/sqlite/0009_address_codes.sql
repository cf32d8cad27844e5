-- Codes that prove an address of somebody who is signed in: one at a time.
ALTER TABLE verifications ADD COLUMN identification_id TEXT
    REFERENCES identifications (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE verifications ADD COLUMN sent TEXT;
CREATE UNIQUE INDEX verifications_identification ON verifications (identification_id);
