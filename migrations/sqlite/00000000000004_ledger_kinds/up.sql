-- What an entry can be booked for: 1 opening, 2 top-up, 3 call, 4 subscription, 5 monthly fee,
-- 6 SMS, 7 fax, 8 card, 9 correction. reference: what people know its source by. SQLite cannot
-- change a CHECK, so the table is written anew.
ALTER TABLE ledger_entries RENAME TO ledger_entries_before;
CREATE TABLE ledger_entries (
  ledger_id BIGINT NOT NULL REFERENCES ledgers (id),
  seq BIGINT NOT NULL CHECK (seq > 0),
  amount BIGINT NOT NULL,
  balance_after BIGINT NOT NULL,
  kind SMALLINT NOT NULL CHECK (kind BETWEEN 1 AND 9),
  source BLOB NOT NULL UNIQUE,
  reference TEXT,
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
