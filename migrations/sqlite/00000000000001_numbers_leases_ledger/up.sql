-- One row per process that writes: its last batch (an unknown commit is settled by comparing it)
-- and the latest instant it has seen (time never goes back).
CREATE TABLE writers (
  id BLOB PRIMARY KEY NOT NULL,
  batch BIGINT NOT NULL,
  seen_at BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE pools (
  id INTEGER PRIMARY KEY NOT NULL,
  name TEXT NOT NULL UNIQUE,
  region TEXT NOT NULL,
  quarantine_micros BIGINT NOT NULL CHECK (quarantine_micros >= 0)
);

CREATE TABLE ledgers (
  id INTEGER PRIMARY KEY NOT NULL,
  last_seq BIGINT NOT NULL CHECK (last_seq >= 0),
  balance BIGINT NOT NULL
);

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

CREATE TRIGGER ledger_entries_keep_their_words BEFORE UPDATE ON ledger_entries
BEGIN SELECT RAISE(ABORT, 'ledger entries are never changed'); END;
CREATE TRIGGER ledger_entries_stay BEFORE DELETE ON ledger_entries
BEGIN SELECT RAISE(ABORT, 'ledger entries are never deleted'); END;

CREATE TABLE customers (
  id INTEGER PRIMARY KEY NOT NULL,
  ledger_id BIGINT NOT NULL UNIQUE REFERENCES ledgers (id),
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  status SMALLINT NOT NULL CHECK (status IN (1, 2)),
  charge_method SMALLINT NOT NULL CHECK (charge_method IN (1, 2)),
  max_reserved BIGINT NOT NULL CHECK (max_reserved >= 0),
  allowed_prefixes TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  suspended_at BIGINT
);

-- A customer's terms for one kind of lease. The row of a limited one is also what the grants of
-- several processes queue on (PostgreSQL), so that a limit holds across them.
CREATE TABLE customer_services (
  customer_id BIGINT NOT NULL REFERENCES customers (id),
  kind SMALLINT NOT NULL CHECK (kind IN (1, 2)),
  enabled SMALLINT NOT NULL CHECK (enabled IN (0, 1)),
  charge_block BIGINT NOT NULL CHECK (charge_block >= 1),
  charge_rate BIGINT NOT NULL CHECK (charge_rate >= 0),
  max_leases BIGINT NOT NULL CHECK (max_leases >= 0),
  PRIMARY KEY (customer_id, kind)
) WITHOUT ROWID;

-- shelf: where a lease may take the number from. 0 is the general pool, else the customer that it
-- is reserved for; NULL is nowhere. free_from: from this instant on it can be leased; 0 for a
-- number that never was. turn: how often it was leased; lease_id: by which lease the last time.
CREATE TABLE numbers (
  id INTEGER PRIMARY KEY NOT NULL,
  pool_id BIGINT NOT NULL REFERENCES pools (id),
  e164 BIGINT NOT NULL UNIQUE,
  shown TEXT NOT NULL,
  shelf BIGINT CHECK (shelf >= 0),
  free_from BIGINT NOT NULL,
  turn BIGINT NOT NULL CHECK (turn >= 0),
  lease_id BLOB
);
CREATE INDEX numbers_by_rest ON numbers (shelf, free_from, id) WHERE shelf IS NOT NULL;

-- The tables that every lease writes to have no foreign keys: on PostgreSQL each one costs a
-- trigger and a row lock per row. Their rows are written in one place and checked by `check`.
CREATE TABLE leases (
  id BLOB PRIMARY KEY NOT NULL,
  customer_id BIGINT NOT NULL,
  kind SMALLINT NOT NULL CHECK (kind IN (1, 2)),
  granted_by BIGINT NOT NULL,
  granted_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL CHECK (expires_at > granted_at),
  released_at BIGINT CHECK (released_at >= granted_at AND released_at < expires_at)
) WITHOUT ROWID;
CREATE INDEX leases_unreleased ON leases (customer_id, kind, expires_at) WHERE released_at IS NULL;

-- (number_id, turn) is unique: each turn of a number has one holder, and as a turn begins only
-- when the one before it has ended, no number has two.
CREATE TABLE lease_members (
  lease_id BLOB NOT NULL,
  position SMALLINT NOT NULL CHECK (position IN (1, 2)),
  number_id BIGINT NOT NULL,
  turn BIGINT NOT NULL CHECK (turn > 0),
  phone_e164 BIGINT NOT NULL,
  phone_sent TEXT NOT NULL,
  imsi TEXT,
  mcc TEXT,
  mnc TEXT,
  PRIMARY KEY (lease_id, position)
) WITHOUT ROWID;
CREATE UNIQUE INDEX lease_members_one_holder ON lease_members (number_id, turn);
CREATE INDEX lease_members_by_phone ON lease_members (phone_e164);

CREATE TABLE api_users (
  id INTEGER PRIMARY KEY NOT NULL,
  name TEXT NOT NULL UNIQUE,
  role SMALLINT NOT NULL CHECK (role IN (1, 2)),
  may_top_up SMALLINT NOT NULL CHECK (may_top_up IN (0, 1)),
  enabled SMALLINT NOT NULL CHECK (enabled IN (0, 1))
);

CREATE TABLE api_user_customers (
  user_id BIGINT NOT NULL REFERENCES api_users (id),
  customer_id BIGINT NOT NULL REFERENCES customers (id),
  PRIMARY KEY (user_id, customer_id)
) WITHOUT ROWID;

-- Tokens that were issued, and those that were revoked (which need not have been issued here).
-- The token itself is kept nowhere.
CREATE TABLE tokens (
  jti TEXT PRIMARY KEY NOT NULL,
  user_name TEXT,
  issued_at BIGINT,
  expires_at BIGINT,
  revoked_at BIGINT
) WITHOUT ROWID;

CREATE TABLE idempotency_keys (
  user_id BIGINT NOT NULL,
  operation TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint BLOB NOT NULL,
  answer TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (user_id, operation, key)
) WITHOUT ROWID;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (at);
