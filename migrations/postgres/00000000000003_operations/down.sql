ALTER TABLE numbers DROP COLUMN blocked;
DROP TABLE reservations;
