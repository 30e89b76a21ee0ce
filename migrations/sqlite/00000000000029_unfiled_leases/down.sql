DROP INDEX leases_unfiled;
DROP INDEX leases_of_customer;
CREATE INDEX leases_of_customer ON leases (customer_id, id);
ALTER TABLE leases DROP COLUMN unfiled;
