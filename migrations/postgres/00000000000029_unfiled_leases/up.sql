-- Here every lease is filed at once; those that come from a file of SQLite's need not be.
ALTER TABLE leases ADD COLUMN unfiled SMALLINT CHECK (unfiled = 1);
CREATE INDEX leases_unfiled ON leases (unfiled, customer_id, kind, expires_at) WHERE unfiled = 1;
