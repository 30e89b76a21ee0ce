-- What a user of MOR's interface proved itself by before its present secret, encrypted as that is, and
-- the instant from which it no longer counts. Both or neither.
ALTER TABLE mor_users ADD COLUMN former_secret BLOB;
ALTER TABLE mor_users ADD COLUMN former_secret_until BIGINT
  CHECK ((former_secret IS NULL) = (former_secret_until IS NULL));
