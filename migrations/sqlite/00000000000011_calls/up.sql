-- Decisions on calls: the switch, what it calls the call, and the how-manieth decision on that call
-- it is; being unique, two processes that are asked at once give one answer. id: the name that the
-- switch brings back with the record. origin: on whose account, empty for that of the number that
-- was dialled. refusal: why it is not put through; 0 for one that is. way: 1 to a telephone, 2 to an
-- IVML application, 3 to an IVR menu, 4 to phones (SIP). direction: 1 in, 2 out. hold: credits that
-- are set aside; open_until: they are free again from then on, though nothing told of the call's
-- end. state: 0 nothing is awaited, 1 open, 2 its record came, 3 another decision took its place,
-- 4 its time ran out and no record came.
-- No foreign keys: this table is written to by every call. `check` asks for what they would.
CREATE TABLE calls (
  switch TEXT NOT NULL,
  call_id TEXT NOT NULL,
  attempt BIGINT NOT NULL CHECK (attempt > 0),
  id BLOB NOT NULL,
  decided_at BIGINT NOT NULL,
  from_text TEXT NOT NULL,
  from_number BIGINT,
  from_hidden SMALLINT NOT NULL CHECK (from_hidden IN (0, 1)),
  to_text TEXT NOT NULL,
  to_number BIGINT,
  hops BIGINT NOT NULL CHECK (hops >= 0),
  origin TEXT NOT NULL,
  refusal SMALLINT NOT NULL CHECK (refusal >= 0),
  way SMALLINT CHECK (way IN (1, 2, 3, 4)),
  way_text TEXT,
  way_more TEXT,
  way_id BIGINT,
  is_private SMALLINT CHECK (is_private IN (0, 1)),
  max_seconds BIGINT CHECK (max_seconds > 0),
  announced_balance BIGINT,
  announced_minutes BIGINT,
  direction SMALLINT CHECK (direction IN (1, 2)),
  ledger_id BIGINT,
  customer_id BIGINT,
  lease_id BLOB,
  lease_kind SMALLINT CHECK (lease_kind IN (1, 2)),
  charge_block BIGINT CHECK (charge_block >= 1),
  charge_rate BIGINT CHECK (charge_rate >= 0),
  account_id BIGINT,
  sub_account_id BIGINT,
  ivml_id BIGINT,
  card_id BIGINT,
  deck_id BIGINT,
  hold BIGINT NOT NULL CHECK (hold >= 0),
  open_until BIGINT,
  answered_at BIGINT,
  state SMALLINT NOT NULL CHECK (state IN (0, 1, 2, 3, 4)),
  PRIMARY KEY (switch, call_id, attempt),
  CHECK ((refusal = 0) = (way IS NOT NULL)),
  CHECK ((ledger_id IS NULL) = (state = 0)),
  CHECK ((ledger_id IS NULL) = (open_until IS NULL))
) WITHOUT ROWID;
CREATE INDEX calls_open ON calls (ledger_id, open_until) WHERE state = 1;
CREATE INDEX calls_lapsed ON calls (id) WHERE state = 4;

-- What calls find of a ledger besides its money. held, open_calls: the sum and the number of the
-- holds of its open calls, those included whose time has run out since they were last looked at.
-- spent_day: the last day on which calls were charged, in days since 1970-01-01 (UTC); spent: how
-- much on that day.
ALTER TABLE ledgers ADD COLUMN held BIGINT NOT NULL DEFAULT 0 CHECK (held >= 0);
ALTER TABLE ledgers ADD COLUMN open_calls BIGINT NOT NULL DEFAULT 0 CHECK (open_calls >= 0);
ALTER TABLE ledgers ADD COLUMN spent_day BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ledgers ADD COLUMN spent BIGINT NOT NULL DEFAULT 0;

-- What a block cost until when, so that a record that comes late is charged as on its day. What it
-- costs since the last change is in customer_services.
CREATE TABLE customer_tariffs (
  customer_id BIGINT NOT NULL REFERENCES customers (id),
  kind SMALLINT NOT NULL CHECK (kind IN (1, 2)),
  until BIGINT NOT NULL,
  charge_block BIGINT NOT NULL CHECK (charge_block >= 1),
  charge_rate BIGINT NOT NULL CHECK (charge_rate >= 0),
  PRIMARY KEY (customer_id, kind, until)
) WITHOUT ROWID;

-- Cards whose days are charged for.
CREATE INDEX cards_by_paid_days ON cards (daily_charge_paid_till, id)
  WHERE daily_charge_paid_till IS NOT NULL;

-- A record may be a card's, and so have no customer; 16 in flags is a call to the emergency
-- services, which is nobody's and no orphan. SQLite changes a table's checks by making it anew.
CREATE TABLE records_made_anew (
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
  card_id BIGINT,
  CHECK ((COALESCE(charge, 0) > 0) = (charge_source IS NOT NULL)),
  CHECK (charge IS NULL OR customer_id IS NOT NULL OR card_id IS NOT NULL)
);
INSERT INTO records_made_anew
  (id, kind, reporter, name, digest, direction, customer_id, lease_id, account_id, sub_account_id,
   ivml_id, from_text, to_text, at, received_at, flags, charge, billed_seconds, charge_source, trace)
SELECT id, kind, reporter, name, digest, direction, customer_id, lease_id, account_id,
       sub_account_id, ivml_id, from_text, to_text, at, received_at, flags, charge, billed_seconds,
       charge_source, trace
FROM records;
DROP TABLE records;
ALTER TABLE records_made_anew RENAME TO records;
CREATE UNIQUE INDEX records_once ON records (kind, reporter, name);
CREATE UNIQUE INDEX records_one_charge ON records (charge_source) WHERE charge_source IS NOT NULL;
CREATE INDEX records_of_account ON records (account_id, kind, direction, at, id)
  WHERE account_id IS NOT NULL;
CREATE INDEX records_orphaned ON records (id)
  WHERE customer_id IS NULL AND card_id IS NULL AND (flags & 16) = 0;
CREATE INDEX records_unpriced ON records (id)
  WHERE charge IS NULL AND (customer_id IS NOT NULL OR card_id IS NOT NULL);
