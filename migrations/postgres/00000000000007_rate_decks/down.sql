DROP TABLE rates;
DROP TABLE rate_versions;
DROP TABLE rate_decks;
