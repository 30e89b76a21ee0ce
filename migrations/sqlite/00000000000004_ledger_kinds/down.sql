ALTER TABLE ledger_entries RENAME TO ledger_entries_before;
CREATE TABLE ledger_entries (
  ledger_id BIGINT NOT NULL REFERENCES ledgers (id),
  seq BIGINT NOT NULL CHECK (seq > 0),
  amount BIGINT NOT NULL,
  balance_after BIGINT NOT NULL,
  kind SMALLINT NOT NULL CHECK (kind IN (1, 2)),
  source BLOB NOT NULL UNIQUE,
  at BIGINT NOT NULL,
  PRIMARY KEY (ledger_id, seq)
) WITHOUT ROWID;
INSERT INTO ledger_entries (ledger_id, seq, amount, balance_after, kind, source, at)
SELECT ledger_id, seq, amount, balance_after, kind, source, at FROM ledger_entries_before;
DROP TABLE ledger_entries_before;

CREATE TRIGGER ledger_entries_keep_their_words BEFORE UPDATE ON ledger_entries
BEGIN SELECT RAISE(ABORT, 'ledger entries are never changed'); END;
CREATE TRIGGER ledger_entries_stay BEFORE DELETE ON ledger_entries
BEGIN SELECT RAISE(ABORT, 'ledger entries are never deleted'); END;
