DROP TABLE record_reviews;
