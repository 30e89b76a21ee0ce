-- Records of cards have no place in the table as it was.
DELETE FROM records WHERE card_id IS NOT NULL;
DROP INDEX records_orphaned;
DROP INDEX records_unpriced;
CREATE INDEX records_orphaned ON records (id) WHERE customer_id IS NULL;
CREATE INDEX records_unpriced ON records (id) WHERE charge IS NULL AND customer_id IS NOT NULL;
ALTER TABLE records DROP CONSTRAINT records_check1;
ALTER TABLE records ADD CONSTRAINT records_check1
  CHECK (charge IS NULL OR customer_id IS NOT NULL);
ALTER TABLE records DROP COLUMN card_id;
ALTER TABLE ledgers DROP COLUMN spent;
ALTER TABLE ledgers DROP COLUMN spent_day;
ALTER TABLE ledgers DROP COLUMN open_calls;
ALTER TABLE ledgers DROP COLUMN held;
DROP INDEX cards_by_paid_days;
DROP TABLE customer_tariffs;
DROP TABLE calls;
