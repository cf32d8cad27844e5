-- Wrong tries against somebody are counted apart by where they come from, and a lock of the owner's stands beside them.
ALTER TABLE lockouts ADD COLUMN subject TEXT NOT NULL DEFAULT '';
UPDATE lockouts SET subject = name;
CREATE INDEX lockouts_subject ON lockouts (subject);
-- Nobody wrote down whose lock it is. What is locked at this moment stays so everywhere, until it ends.
INSERT INTO lockouts (name, subject, failed, locked_until, updated_at)
    SELECT name || ' owner', name, 0, locked_until, updated_at FROM lockouts WHERE locked_until IS NOT NULL;
