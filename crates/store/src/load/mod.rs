//! Reading: what the decisions may see, and what is asked outside of them.

pub mod accounts;
pub mod activity;
pub mod catalogue;
pub mod check;
pub mod customers;
pub mod did_stock;
pub mod fees;
pub mod history;
pub mod idempotency;
pub mod imports;
pub mod inventory;
pub mod ivr;
pub mod leases;
pub mod ledgers;
pub mod logins;
pub mod numbers;
pub mod pools;
pub mod rates;
pub mod records;
pub mod sub_accounts;
pub mod subscriptions;
pub mod users;
pub mod writers;
