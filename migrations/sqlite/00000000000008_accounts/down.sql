DROP TABLE did_fees;
DROP TABLE did_subscriptions;
DROP INDEX numbers_to_subscribe;
ALTER TABLE numbers DROP COLUMN account_id;
DROP TABLE ivml_configurations;
DROP TABLE ivr_menus;
DROP TABLE account_emails;
DROP TABLE sub_accounts;
DROP TABLE accounts;
