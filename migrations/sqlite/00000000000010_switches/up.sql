-- Softswitches. password_hash: PHC text. sources: networks that it may ask from, separated by
-- blanks; NULL is loopback and private ones. emergency: numbers, separated by blanks; NULL are the
-- region's. fax_codes: pairs code=code, separated by blanks.
CREATE TABLE switches (
  id INTEGER PRIMARY KEY NOT NULL,
  name TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  enabled SMALLINT NOT NULL CHECK (enabled IN (0, 1)),
  country_code TEXT NOT NULL,
  national_prefix TEXT NOT NULL,
  sources TEXT,
  has_events SMALLINT NOT NULL CHECK (has_events IN (0, 1)),
  dial_string TEXT,
  emergency TEXT,
  fax_codes TEXT NOT NULL
);
