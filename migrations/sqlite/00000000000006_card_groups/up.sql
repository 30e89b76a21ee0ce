-- Users of MOR's interface. role: 1 admin, 2 reseller, 3 accountant, 4 user. secret: encrypted
-- under a key that is not in the database: a nonce of 24 bytes and what XChaCha20-Poly1305 made of
-- it. customer_id: whose balance is this user's.
CREATE TABLE mor_users (
  id INTEGER PRIMARY KEY NOT NULL,
  username TEXT NOT NULL UNIQUE,
  role SMALLINT NOT NULL CHECK (role BETWEEN 1 AND 4),
  secret BLOB,
  calling_cards SMALLINT NOT NULL CHECK (calling_cards IN (0, 1)),
  enabled SMALLINT NOT NULL CHECK (enabled IN (0, 1)),
  customer_id BIGINT REFERENCES customers (id)
);

-- What card groups refer to, by ids that the operator chose. owner_id: the only reseller who sees
-- it; NULL is everybody's.
CREATE TABLE tariffs (
  id INTEGER PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  owner_id BIGINT REFERENCES mor_users (id),
  rate_deck TEXT
);
CREATE TABLE lcrs (
  id INTEGER PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  owner_id BIGINT REFERENCES mor_users (id)
);
CREATE TABLE locations (
  id INTEGER PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  owner_id BIGINT REFERENCES mor_users (id)
);
-- percent: in ten-thousandths of a percent.
CREATE TABLE taxes (
  id INTEGER PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  owner_id BIGINT REFERENCES mor_users (id),
  percent BIGINT NOT NULL CHECK (percent BETWEEN 0 AND 10000000)
);

-- rate: billionths of its units to a dollar. At most one currency is the system's; where none is,
-- the dollar is, which is there without a row too: active, and a dollar's worth.
CREATE TABLE currencies (
  code TEXT PRIMARY KEY NOT NULL,
  active SMALLINT NOT NULL CHECK (active IN (0, 1)),
  is_system SMALLINT NOT NULL CHECK (is_system IN (0, 1) AND is_system <= active),
  rate BIGINT NOT NULL CHECK (rate > 0)
) WITHOUT ROWID;
CREATE UNIQUE INDEX currencies_one_system ON currencies (is_system) WHERE is_system = 1;

-- Amounts are ten-thousandths of the group's currency.
CREATE TABLE card_groups (
  id INTEGER PRIMARY KEY NOT NULL,
  owner_id BIGINT NOT NULL REFERENCES mor_users (id),
  created_at BIGINT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  use_external_function SMALLINT NOT NULL CHECK (use_external_function IN (0, 1)),
  allow_loss_calls SMALLINT NOT NULL CHECK (allow_loss_calls IN (0, 1)),
  tell_cents SMALLINT NOT NULL CHECK (tell_cents IN (0, 1)),
  solo_pinless SMALLINT NOT NULL CHECK (solo_pinless IN (0, 1)),
  disable_voucher SMALLINT NOT NULL CHECK (disable_voucher IN (0, 1)),
  callerid_leave SMALLINT NOT NULL CHECK (callerid_leave IN (0, 1)),
  tell_balance_in_currency SMALLINT NOT NULL CHECK (tell_balance_in_currency IN (0, 1)),
  disable_topup_from_cards_with_cid SMALLINT NOT NULL
    CHECK (disable_topup_from_cards_with_cid IN (0, 1)),
  date_from BIGINT NOT NULL,
  date_till BIGINT CHECK (date_till >= date_from),
  valid_after_first_use BIGINT NOT NULL CHECK (valid_after_first_use >= 0),
  tariff_id BIGINT NOT NULL REFERENCES tariffs (id),
  lcr_id BIGINT NOT NULL REFERENCES lcrs (id),
  location_id BIGINT NOT NULL REFERENCES locations (id),
  tax_id BIGINT REFERENCES taxes (id),
  currency TEXT NOT NULL,
  price_with_tax BIGINT NOT NULL CHECK (price_with_tax >= 0),
  setup_fee BIGINT NOT NULL CHECK (setup_fee >= 0),
  daily_charge BIGINT NOT NULL CHECK (daily_charge >= 0),
  ghost_min_perc BIGINT NOT NULL CHECK (ghost_min_perc >= 0),
  ghost_balance_perc BIGINT NOT NULL CHECK (ghost_balance_perc >= 0),
  number_length BIGINT NOT NULL CHECK (number_length BETWEEN 1 AND 20),
  pin_length BIGINT NOT NULL CHECK (pin_length BETWEEN 1 AND 20)
);

-- A card has a ledger of its own. sold_to: what its buyer is written to at, if he said so.
CREATE TABLE cards (
  id INTEGER PRIMARY KEY NOT NULL,
  group_id BIGINT NOT NULL REFERENCES card_groups (id),
  ledger_id BIGINT NOT NULL REFERENCES ledgers (id),
  number TEXT NOT NULL,
  pin TEXT NOT NULL,
  name TEXT,
  caller_id TEXT,
  batch_number TEXT,
  language TEXT,
  distributor_id BIGINT,
  min_balance BIGINT NOT NULL CHECK (min_balance >= 0),
  created_at BIGINT NOT NULL,
  first_use BIGINT,
  daily_charge_paid_till BIGINT,
  sold_at BIGINT,
  sold_by BIGINT REFERENCES mor_users (id),
  sold_to TEXT
);
CREATE UNIQUE INDEX cards_one_ledger ON cards (ledger_id);
CREATE UNIQUE INDEX cards_one_number ON cards (number);
CREATE UNIQUE INDEX cards_one_pin ON cards (group_id, pin);
CREATE INDEX cards_unsold ON cards (group_id, id) WHERE sold_at IS NULL;
