-- Records that a person has looked at, the last time: they are not listed any more among those that
-- somebody has to look at, unless another content came by their name since. note: what was found, may
-- be empty.
CREATE TABLE record_reviews (
  record_id BIGINT PRIMARY KEY NOT NULL,
  reviewed_at BIGINT NOT NULL,
  note TEXT NOT NULL
);
