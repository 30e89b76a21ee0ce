DELETE FROM idempotency_keys WHERE operation LIKE 'mor/%';
DROP TABLE cards;
DROP TABLE card_groups;
DROP TABLE currencies;
DROP TABLE taxes;
DROP TABLE locations;
DROP TABLE lcrs;
DROP TABLE tariffs;
DROP TABLE mor_users;
