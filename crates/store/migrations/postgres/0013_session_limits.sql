-- How long a session lives follows from when it began, when it was last used, and the limits of the moment: it is not
-- kept with each. What time has ended is written down like every other end, and swept by that.
DROP INDEX sessions_client;
DROP INDEX sessions_user;
DROP INDEX sessions_expire;
ALTER TABLE sessions DROP COLUMN expire_at;
ALTER TABLE sessions DROP COLUMN abandon_at;
CREATE INDEX sessions_client ON sessions (client_id);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_ended ON sessions (ended_at) WHERE ended_at IS NOT NULL;
