DROP INDEX leases_unfiled;
ALTER TABLE leases DROP COLUMN unfiled;
