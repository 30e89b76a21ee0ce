-- The leases of a customer are looked for by people alone, and to write their index costs each lease a page
-- of its customer's. So a lease is unfiled at first, and many are filed at a time. What is there is filed.
ALTER TABLE leases ADD COLUMN unfiled SMALLINT CHECK (unfiled = 1);
DROP INDEX leases_of_customer;
CREATE INDEX leases_of_customer ON leases (customer_id, id) WHERE unfiled IS NULL;
CREATE INDEX leases_unfiled ON leases (unfiled, id) WHERE unfiled = 1;
