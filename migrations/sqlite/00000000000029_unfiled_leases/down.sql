DROP INDEX leases_unfiled;
DROP INDEX leases_unreleased;
DROP INDEX leases_of_customer;
CREATE INDEX leases_unreleased ON leases (customer_id, kind, expires_at) WHERE released_at IS NULL;
CREATE INDEX leases_of_customer ON leases (customer_id, id);
ALTER TABLE leases DROP COLUMN unfiled;
