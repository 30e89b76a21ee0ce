-- How far retention has come in what is walked in the order of its ids, and stays: of everything up to
-- this one the users were erased. walk: 1 leases (up_to: the id of one), 2 records (the id of one in
-- eight bytes, the highest first), 3 decisions on calls (nothing: these go, so each walk begins at the
-- start). Whoever writes holds the row of the walk.
-- An erased phone: in lease_members a number below zero, another one for each of our numbers, so that
-- PostgreSQL does not take one phone for most of the table; in texts nothing. An erased record's digest
-- is empty.
CREATE TABLE retention_marks (
  walk SMALLINT PRIMARY KEY NOT NULL CHECK (walk IN (1, 2, 3)),
  up_to BYTEA NOT NULL
);
