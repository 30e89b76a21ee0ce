DROP INDEX lease_members_counted;
CREATE INDEX lease_members_by_phone ON lease_members (phone_e164);
ALTER TABLE lease_members DROP COLUMN counted;
