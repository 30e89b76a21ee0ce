-- Accounts spend the balance of a customer; several may share one. password_hash: PHC text.
-- time_zone: a name of the IANA database, as it was sent.
CREATE TABLE accounts (
  id INTEGER PRIMARY KEY NOT NULL,
  user_name TEXT NOT NULL UNIQUE,
  customer_id BIGINT NOT NULL REFERENCES customers (id),
  password_hash TEXT NOT NULL,
  enabled SMALLINT NOT NULL CHECK (enabled IN (0, 1)),
  email TEXT,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  ivr SMALLINT NOT NULL CHECK (ivr IN (0, 1)),
  rate_deck TEXT,
  created_at BIGINT NOT NULL
);

-- A deleted one keeps its row, without its texts, so that its id is never given out again and
-- old records know whose they were.
CREATE TABLE sub_accounts (
  id INTEGER PRIMARY KEY NOT NULL,
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  alias TEXT NOT NULL,
  email TEXT,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  company TEXT NOT NULL,
  fax_headline TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  deleted_at BIGINT CHECK (deleted_at >= created_at)
);
CREATE UNIQUE INDEX sub_accounts_by_alias ON sub_accounts (account_id, alias)
  WHERE deleted_at IS NULL;

-- Each address once over all accounts and sub-accounts; email_key: in lower case.
CREATE TABLE account_emails (
  email_key TEXT PRIMARY KEY NOT NULL,
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  sub_account_id BIGINT REFERENCES sub_accounts (id)
) WITHOUT ROWID;

-- direction: 1 calls that come in, 2 calls that go out.
CREATE TABLE ivr_menus (
  id INTEGER PRIMARY KEY NOT NULL,
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  name TEXT NOT NULL,
  direction SMALLINT NOT NULL CHECK (direction IN (1, 2))
);
CREATE UNIQUE INDEX ivr_menus_by_name ON ivr_menus (account_id, name);

-- A deleted one keeps its row, as a sub-account does.
CREATE TABLE ivml_configurations (
  id INTEGER PRIMARY KEY NOT NULL,
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  name TEXT NOT NULL,
  launch_url TEXT NOT NULL,
  result_url TEXT,
  direction SMALLINT NOT NULL CHECK (direction IN (1, 2)),
  created_at BIGINT NOT NULL,
  deleted_at BIGINT CHECK (deleted_at >= created_at)
);
CREATE UNIQUE INDEX ivml_configurations_by_name ON ivml_configurations (account_id, name)
  WHERE deleted_at IS NULL;

-- account_id: which account has the number, for whatever services; so no two have it. The index
-- is over numbers that are not leased, so leases do not pay for it.
ALTER TABLE numbers ADD COLUMN account_id BIGINT;
CREATE INDEX numbers_to_subscribe
  ON numbers (pool_id, COALESCE(country, ''), COALESCE(city, ''), account_id, e164)
  WHERE shelf IS NULL;

-- One service (1 voice, 2 fax, 3 SMS) of one number. Fees are credits, as agreed when it began.
-- months: so many were debited, the first one with the set-up fee; the next one is due at
-- next_due_at. assigned: 0 to nothing, 1 to an IVR menu, 2 to an IVML configuration, 3 to phones
-- (SIP), 4 to a fax; assigned_id: to which, where 0 of phones and faxes is the main account.
CREATE TABLE did_subscriptions (
  id INTEGER PRIMARY KEY NOT NULL,
  number_id BIGINT NOT NULL REFERENCES numbers (id),
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  service SMALLINT NOT NULL CHECK (service IN (1, 2, 3)),
  setup_fee BIGINT NOT NULL CHECK (setup_fee >= 0),
  monthly_fee BIGINT NOT NULL CHECK (monthly_fee >= 0),
  subscribed_at BIGINT NOT NULL,
  months BIGINT NOT NULL CHECK (months >= 1),
  next_due_at BIGINT NOT NULL CHECK (next_due_at > subscribed_at),
  ended_at BIGINT CHECK (ended_at >= subscribed_at),
  assigned SMALLINT NOT NULL DEFAULT 0,
  assigned_id BIGINT CHECK (assigned_id >= 0),
  CHECK (service = 1 AND assigned IN (0, 1, 2, 3) OR service = 2 AND assigned IN (0, 4)
         OR assigned = 0),
  CHECK ((assigned = 0) = (assigned_id IS NULL)),
  CHECK (ended_at IS NULL OR assigned = 0)
);
CREATE UNIQUE INDEX did_subscriptions_one_open ON did_subscriptions (number_id, service)
  WHERE ended_at IS NULL;
CREATE INDEX did_subscriptions_of_account ON did_subscriptions (account_id, id)
  WHERE ended_at IS NULL;
CREATE INDEX did_subscriptions_due ON did_subscriptions (next_due_at, id) WHERE ended_at IS NULL;

-- Each month of a subscription is debited once: 0 is the first one, with the set-up fee. source:
-- the entry in the ledger; none where nothing was due.
CREATE TABLE did_fees (
  subscription_id BIGINT NOT NULL REFERENCES did_subscriptions (id),
  month BIGINT NOT NULL CHECK (month >= 0),
  amount BIGINT NOT NULL CHECK (amount >= 0),
  source BLOB UNIQUE,
  at BIGINT NOT NULL,
  PRIMARY KEY (subscription_id, month),
  CHECK ((amount = 0) = (source IS NULL))
) WITHOUT ROWID;
