-- Failed logins, until they no longer count, and from where somebody has logged in before. who: the
-- SHA-256 of realm and name, so that a password that was typed as a name is not kept; source: an
-- address in its IPv6 form.
CREATE TABLE login_failures (
  id INTEGER PRIMARY KEY NOT NULL,
  who BLOB NOT NULL,
  source BLOB NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX login_failures_by_who ON login_failures (who, source, at);
CREATE INDEX login_failures_by_source ON login_failures (source, at);
CREATE INDEX login_failures_by_age ON login_failures (at);

CREATE TABLE logins (
  who BLOB NOT NULL,
  source BLOB NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (who, source)
) WITHOUT ROWID;
CREATE INDEX logins_by_age ON logins (who, at);
