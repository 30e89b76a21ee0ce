-- Users of the console. role: 1 viewer, 2 support, 3 finance, 4 operator, 5 admin. password_hash:
-- PHC text; NULL before the first password is set.
CREATE TABLE staff (
  id INTEGER PRIMARY KEY NOT NULL,
  name TEXT NOT NULL UNIQUE,
  role SMALLINT NOT NULL CHECK (role BETWEEN 1 AND 5),
  enabled SMALLINT NOT NULL CHECK (enabled IN (0, 1)),
  password_hash TEXT,
  created_at BIGINT NOT NULL
);

-- Links to set a password, each good once. digest: the SHA-256 of what the link brings.
CREATE TABLE staff_links (
  digest BLOB PRIMARY KEY NOT NULL,
  staff_id BIGINT NOT NULL REFERENCES staff (id),
  expires_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX staff_links_of_member ON staff_links (staff_id);

-- Sessions. digest: the SHA-256 of what the cookie brings; the cookie itself is kept nowhere.
CREATE TABLE staff_sessions (
  digest BLOB PRIMARY KEY NOT NULL,
  staff_id BIGINT NOT NULL REFERENCES staff (id),
  began_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL CHECK (seen_at >= began_at)
) WITHOUT ROWID;
CREATE INDEX staff_sessions_of_member ON staff_sessions (staff_id);

-- Who did what in the console, when and why. who: a user's name as it was, or "command line".
-- action: the codes are in the store's audit.rs.
CREATE TABLE audit_entries (
  id INTEGER PRIMARY KEY NOT NULL,
  at BIGINT NOT NULL,
  who TEXT NOT NULL,
  action SMALLINT NOT NULL,
  subject TEXT NOT NULL,
  reason TEXT NOT NULL
);
CREATE TRIGGER audit_entries_keep_their_words BEFORE UPDATE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END;
CREATE TRIGGER audit_entries_stay BEFORE DELETE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END;
