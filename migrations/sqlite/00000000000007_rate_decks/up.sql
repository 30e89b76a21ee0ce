CREATE TABLE rate_decks (
  id INTEGER PRIMARY KEY NOT NULL,
  name TEXT NOT NULL UNIQUE
);

-- What a deck said from an instant on, until the next version begins. begins_at is NULL while the
-- rates come in: nobody sees them before all are there. digest: of all its rates, so that the same
-- file applied again changes nothing.
CREATE TABLE rate_versions (
  id INTEGER PRIMARY KEY NOT NULL,
  deck_id BIGINT NOT NULL REFERENCES rate_decks (id),
  digest BLOB NOT NULL,
  started_at BIGINT NOT NULL,
  begins_at BIGINT
);
CREATE INDEX rate_versions_by_beginning ON rate_versions (deck_id, begins_at, id);

-- service: 1 voice, 2 voice in, 3 fax, 4 to 7 SMS with replies, masking, tracking, both of these.
-- prefix: the first digits of a number, as an integer. valid_from: 0 where there is no beginning.
-- Prices are 10^-9 dollars. steps: from_second,price,per_seconds,increment for each, separated by
-- blanks. counting: 1 after the first increment, 2 from zero. rounding: 1 up, 2 half up, 3 down.
CREATE TABLE rates (
  version_id BIGINT NOT NULL REFERENCES rate_versions (id),
  service SMALLINT NOT NULL CHECK (service BETWEEN 1 AND 7),
  prefix BIGINT NOT NULL CHECK (prefix > 0),
  valid_from BIGINT NOT NULL,
  valid_till BIGINT,
  connect_fee BIGINT NOT NULL CHECK (connect_fee >= 0),
  steps TEXT NOT NULL,
  counting SMALLINT NOT NULL CHECK (counting IN (1, 2)),
  minimum BIGINT NOT NULL CHECK (minimum >= 0),
  per_page BIGINT CHECK (per_page >= 0),
  per_message BIGINT CHECK (per_message >= 0),
  rounding SMALLINT NOT NULL CHECK (rounding IN (1, 2, 3)),
  decimals SMALLINT NOT NULL CHECK (decimals BETWEEN 0 AND 4),
  max_cost BIGINT CHECK (max_cost >= 0),
  PRIMARY KEY (version_id, service, prefix, valid_from)
) WITHOUT ROWID;
