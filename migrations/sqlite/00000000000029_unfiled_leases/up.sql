-- To find a lease under its customer costs each lease a page of that customer's in two indexes. So a lease is
-- unfiled at first, found in a short index of its own, and many are filed at a time. What is there is filed.
ALTER TABLE leases ADD COLUMN unfiled SMALLINT CHECK (unfiled = 1);
DROP INDEX leases_of_customer;
DROP INDEX leases_unreleased;
CREATE INDEX leases_of_customer ON leases (customer_id, id) WHERE unfiled IS NULL;
CREATE INDEX leases_unreleased ON leases (customer_id, kind, expires_at)
  WHERE released_at IS NULL AND unfiled IS NULL;
CREATE INDEX leases_unfiled ON leases (unfiled, customer_id, kind, expires_at) WHERE unfiled = 1;
