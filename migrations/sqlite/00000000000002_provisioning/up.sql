-- purpose: 1 numbers are leased, 2 numbers are subscribed to. services: those of voice, fax and
-- sms that the numbers carry, separated by blanks. Fees are credits.
ALTER TABLE pools ADD COLUMN purpose SMALLINT NOT NULL DEFAULT 1 CHECK (purpose IN (1, 2));
ALTER TABLE pools ADD COLUMN country TEXT;
ALTER TABLE pools ADD COLUMN city TEXT;
ALTER TABLE pools ADD COLUMN services TEXT NOT NULL DEFAULT 'voice';
ALTER TABLE pools ADD COLUMN setup_fee BIGINT NOT NULL DEFAULT 0 CHECK (setup_fee >= 0);
ALTER TABLE pools ADD COLUMN monthly_fee BIGINT NOT NULL DEFAULT 0 CHECK (monthly_fee >= 0);

-- Where a number is, if that is not where its pool is.
ALTER TABLE numbers ADD COLUMN country TEXT;
ALTER TABLE numbers ADD COLUMN city TEXT;

-- Numbers that came together. A number that nobody has leased yet has the id of its import for
-- its free_from: as an instant, a few microseconds after 1970, so that among numbers that never
-- were leased the order of import decides. While live_at is NULL picking leaves out that one
-- value (see docs/decisions/0007-an-import-is-an-instant.md). digest: of all its numbers, so that
-- a second run finds the first. robbed: how often another import took numbers over.
CREATE TABLE number_imports (
  id INTEGER PRIMARY KEY NOT NULL,
  pool_id BIGINT NOT NULL REFERENCES pools (id),
  digest BLOB,
  started_at BIGINT NOT NULL,
  live_at BIGINT,
  robbed BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX number_imports_staged ON number_imports (id) WHERE live_at IS NULL;
CREATE UNIQUE INDEX number_imports_once ON number_imports (pool_id, digest) WHERE live_at IS NULL;

-- customer_key: the operator's own name for the customer. credit_limit: NULL is none; the others
-- are none when 0.
ALTER TABLE customers ADD COLUMN customer_key TEXT;
ALTER TABLE customers ADD COLUMN credit_limit BIGINT CHECK (credit_limit >= 0);
ALTER TABLE customers ADD COLUMN max_calls BIGINT NOT NULL DEFAULT 0 CHECK (max_calls >= 0);
ALTER TABLE customers ADD COLUMN max_spend_per_day BIGINT NOT NULL DEFAULT 0
  CHECK (max_spend_per_day >= 0);
CREATE UNIQUE INDEX customers_by_key ON customers (customer_key);
