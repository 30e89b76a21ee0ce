DROP TABLE requests;
DROP TABLE pool_samples;
DROP INDEX ledgers_by_day;
DROP INDEX calls_refused;
DROP INDEX records_by_beginning;
DROP INDEX records_of_customer;
DROP INDEX leases_of_customer;
