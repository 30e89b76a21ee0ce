-- What an entry can be booked for: 1 opening, 2 top-up, 3 call, 4 subscription, 5 monthly fee,
-- 6 SMS, 7 fax, 8 card, 9 correction. reference: what people know its source by.
ALTER TABLE ledger_entries DROP CONSTRAINT ledger_entries_kind_check;
ALTER TABLE ledger_entries ADD CONSTRAINT ledger_entries_kind_check CHECK (kind BETWEEN 1 AND 9);
ALTER TABLE ledger_entries ADD COLUMN reference TEXT;
