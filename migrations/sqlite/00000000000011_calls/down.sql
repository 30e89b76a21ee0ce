-- Records of cards have no place in the table as it was.
CREATE TABLE records_as_before (
  id INTEGER PRIMARY KEY NOT NULL,
  kind SMALLINT NOT NULL CHECK (kind IN (1, 2, 3)),
  reporter TEXT NOT NULL,
  name TEXT NOT NULL,
  digest BLOB NOT NULL,
  direction SMALLINT NOT NULL CHECK (direction IN (1, 2)),
  customer_id BIGINT,
  lease_id BLOB,
  account_id BIGINT,
  sub_account_id BIGINT,
  ivml_id BIGINT,
  from_text TEXT NOT NULL,
  to_text TEXT NOT NULL,
  at BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  flags BIGINT NOT NULL,
  charge BIGINT CHECK (charge >= 0),
  billed_seconds BIGINT CHECK (billed_seconds >= 0),
  charge_source BLOB,
  trace TEXT,
  CHECK ((COALESCE(charge, 0) > 0) = (charge_source IS NOT NULL)),
  CHECK (charge IS NULL OR customer_id IS NOT NULL)
);
INSERT INTO records_as_before
  (id, kind, reporter, name, digest, direction, customer_id, lease_id, account_id, sub_account_id,
   ivml_id, from_text, to_text, at, received_at, flags, charge, billed_seconds, charge_source, trace)
SELECT id, kind, reporter, name, digest, direction, customer_id, lease_id, account_id, sub_account_id,
       ivml_id, from_text, to_text, at, received_at, flags, charge, billed_seconds, charge_source, trace
FROM records WHERE card_id IS NULL;
DROP TABLE records;
ALTER TABLE records_as_before RENAME TO records;
CREATE UNIQUE INDEX records_once ON records (kind, reporter, name);
CREATE UNIQUE INDEX records_one_charge ON records (charge_source) WHERE charge_source IS NOT NULL;
CREATE INDEX records_of_account ON records (account_id, kind, direction, at, id)
  WHERE account_id IS NOT NULL;
CREATE INDEX records_orphaned ON records (id) WHERE customer_id IS NULL;
CREATE INDEX records_unpriced ON records (id) WHERE charge IS NULL AND customer_id IS NOT NULL;
ALTER TABLE ledgers DROP COLUMN spent;
ALTER TABLE ledgers DROP COLUMN spent_day;
ALTER TABLE ledgers DROP COLUMN open_calls;
ALTER TABLE ledgers DROP COLUMN held;
DROP INDEX cards_by_paid_days;
DROP TABLE customer_tariffs;
DROP TABLE calls;
