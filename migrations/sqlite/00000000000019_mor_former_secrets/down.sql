ALTER TABLE mor_users DROP COLUMN former_secret_until;
ALTER TABLE mor_users DROP COLUMN former_secret;
