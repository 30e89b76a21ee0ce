-- Which customer had which number in reserve, and when; open while unreserved_at is NULL. The
-- reserve of a customer is its open rows; the shelf of a number follows from them.
CREATE TABLE reservations (
  id INTEGER PRIMARY KEY NOT NULL,
  number_id BIGINT NOT NULL REFERENCES numbers (id),
  customer_id BIGINT NOT NULL REFERENCES customers (id),
  reserved_at BIGINT NOT NULL,
  unreserved_at BIGINT CHECK (unreserved_at >= reserved_at)
);
-- A number is set aside for one customer at a time.
CREATE UNIQUE INDEX reservations_one_open ON reservations (number_id) WHERE unreserved_at IS NULL;
CREATE INDEX reservations_open ON reservations (customer_id, id) WHERE unreserved_at IS NULL;
CREATE INDEX reservations_by_number ON reservations (number_id, reserved_at, id);

-- Nobody wrote down when the reserves of today were made: by the latest instant seen they were.
INSERT INTO reservations (number_id, customer_id, reserved_at)
SELECT n.id, n.shelf, COALESCE((SELECT max(w.seen_at) FROM writers w), 0)
FROM numbers n WHERE n.shelf > 0 ORDER BY n.id;

-- A blocked number has no shelf until it is unblocked.
ALTER TABLE numbers ADD COLUMN blocked SMALLINT NOT NULL DEFAULT 0 CHECK (blocked IN (0, 1));
