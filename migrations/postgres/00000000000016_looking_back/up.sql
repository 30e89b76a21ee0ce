-- What people look through. A customer's leases and records; records by when they began; decisions
-- that refused a call; ledgers on which calls were charged on a day.
CREATE INDEX leases_of_customer ON leases (customer_id, id);
CREATE INDEX records_of_customer ON records (customer_id, at, id) WHERE customer_id IS NOT NULL;
CREATE INDEX records_by_beginning ON records (at, id);
CREATE INDEX calls_refused ON calls (decided_at, refusal) WHERE refusal > 0;
CREATE INDEX ledgers_by_day ON ledgers (spent_day) WHERE spent_day > 0;

-- How many numbers of a pool were in which state. slot: the beginning of the five minutes (later the
-- hour) that the row stands for; whichever process counts first in it writes its rows.
CREATE TABLE pool_samples (
  slot BIGINT NOT NULL,
  pool_id BIGINT NOT NULL,
  free BIGINT NOT NULL CHECK (free >= 0),
  reserved BIGINT NOT NULL CHECK (reserved >= 0),
  leased BIGINT NOT NULL CHECK (leased >= 0),
  resting BIGINT NOT NULL CHECK (resting >= 0),
  blocked BIGINT NOT NULL CHECK (blocked >= 0),
  PRIMARY KEY (slot, pool_id)
);

-- Requests, for a few days: those that failed or changed something, and some of the others. id: what
-- the header Request-Id said, in the order of time. effect: 1 it only looked, 2 it changed something,
-- 3 it failed. weight: for so many requests the row stands. user_name: who asked, by the name that
-- the facade knows.
CREATE TABLE requests (
  id BYTEA PRIMARY KEY NOT NULL,
  at BIGINT NOT NULL,
  facade TEXT NOT NULL,
  operation TEXT NOT NULL,
  status TEXT NOT NULL,
  effect SMALLINT NOT NULL CHECK (effect IN (1, 2, 3)),
  weight BIGINT NOT NULL CHECK (weight >= 1),
  took_micros BIGINT NOT NULL CHECK (took_micros >= 0),
  customer_id BIGINT,
  user_name TEXT
);
CREATE INDEX requests_failed ON requests (id) WHERE effect = 3;
CREATE INDEX requests_of_customer ON requests (customer_id, id) WHERE customer_id IS NOT NULL;
