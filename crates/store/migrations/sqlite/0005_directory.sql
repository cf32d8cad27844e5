-- What the owner of an instance finds users by. Names are kept in lower case, for searching and sorting alone.
ALTER TABLE users ADD COLUMN external_id TEXT;
ALTER TABLE users ADD COLUMN first_name TEXT;
ALTER TABLE users ADD COLUMN last_name TEXT;
ALTER TABLE users ADD COLUMN banned BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE users SET
    first_name = lower(document ->> 'first_name'),
    last_name = lower(document ->> 'last_name'),
    banned = coalesce(CAST(document ->> 'banned' AS TEXT), 'false') IN ('true', '1');
CREATE UNIQUE INDEX users_external_id ON users (external_id);
CREATE INDEX users_created ON users (created_at, id);
