ALTER TABLE pool_samples DROP COLUMN subscribed;
