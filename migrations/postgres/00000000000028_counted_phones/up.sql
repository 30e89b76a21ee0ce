-- In how many live leases a phone takes part matters only where that is limited. An index of all phones
-- that ever leased costs each lease a page of its own, anywhere in it; this one has those that were
-- leased for under a limit.
ALTER TABLE lease_members ADD COLUMN counted SMALLINT CHECK (counted = 1);
DROP INDEX lease_members_by_phone;
CREATE INDEX lease_members_counted ON lease_members (phone_e164) WHERE counted = 1;
