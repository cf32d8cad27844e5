-- A session that was ended from elsewhere stays known as such when it is taken off the list of its device.
ALTER TABLE sessions ADD COLUMN revoked BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE sessions SET revoked = TRUE WHERE ended_how = 'revoked';
