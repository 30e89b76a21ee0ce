-- What switches report. kind: 1 a call, 2 a fax, 3 a text message; reporter and name: the switch (or
-- the label of an import) and what it calls the record. direction: 1 in, 2 out. Without an owner
-- (account, lease or customer) it is an orphan. charge: credits; NULL where nobody could be charged.
-- charge_source: the entry in a ledger, there when anything was charged. flags: the sum of 1 negative
-- duration, 2 overrun, 4 unpriced, 8 unknown error of a fax. digest: of all that it says.
-- No foreign keys: these tables are written to by every call. `check` asks for what they would.
CREATE TABLE records (
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
CREATE UNIQUE INDEX records_once ON records (kind, reporter, name);
CREATE UNIQUE INDEX records_one_charge ON records (charge_source) WHERE charge_source IS NOT NULL;
CREATE INDEX records_of_account ON records (account_id, kind, direction, at, id)
  WHERE account_id IS NOT NULL;
CREATE INDEX records_orphaned ON records (id) WHERE customer_id IS NULL;
CREATE INDEX records_unpriced ON records (id) WHERE charge IS NULL AND customer_id IS NOT NULL;

-- answered: 1 somebody answered, 0 nobody did. reference: our decision, if one let the call through.
CREATE TABLE call_reports (
  record_id BIGINT PRIMARY KEY NOT NULL,
  reference TEXT,
  routed_to TEXT,
  answered_at BIGINT,
  ended_at BIGINT NOT NULL,
  duration_ms BIGINT,
  bill_ms BIGINT NOT NULL,
  answered SMALLINT NOT NULL CHECK (answered IN (0, 1)),
  sip_code BIGINT,
  hangup_by TEXT
);

-- error_code: 0 or three digits of the tables; raw_error: what the switch said, where they lack it.
CREATE TABLE fax_reports (
  record_id BIGINT PRIMARY KEY NOT NULL,
  station TEXT,
  pages BIGINT NOT NULL CHECK (pages >= 0),
  speed BIGINT NOT NULL CHECK (speed >= 0),
  duration_seconds BIGINT NOT NULL CHECK (duration_seconds >= 0),
  attempt BIGINT NOT NULL CHECK (attempt >= 0),
  error_code BIGINT NOT NULL CHECK (error_code BETWEEN 0 AND 699),
  raw_error TEXT
);

-- tracking: NULL where none was ordered, 1 pending, 2 delivered, 3 failed; it only moves forward.
-- sms_type: 1 replies, 2 masking, 3 tracking, 4 both of these.
CREATE TABLE sms_reports (
  record_id BIGINT PRIMARY KEY NOT NULL,
  text TEXT NOT NULL,
  sent SMALLINT NOT NULL CHECK (sent IN (0, 1)),
  tracking SMALLINT CHECK (tracking IN (1, 2, 3)),
  sms_type SMALLINT NOT NULL CHECK (sms_type IN (1, 2, 3, 4))
);

-- Records that came with the name of one that is there and said something else: for people.
CREATE TABLE record_conflicts (
  id INTEGER PRIMARY KEY NOT NULL,
  record_id BIGINT NOT NULL,
  digest BLOB NOT NULL,
  content TEXT NOT NULL,
  received_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX record_conflicts_once ON record_conflicts (record_id, digest);

-- Who had a number when a call came in, however late its record comes.
CREATE INDEX did_subscriptions_by_number ON did_subscriptions (number_id, service, subscribed_at);
