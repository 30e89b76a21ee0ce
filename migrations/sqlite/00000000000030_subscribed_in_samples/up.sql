-- Numbers that somebody subscribes to were counted as blocked, with those on sale.
ALTER TABLE pool_samples ADD COLUMN subscribed BIGINT NOT NULL DEFAULT 0 CHECK (subscribed >= 0);
