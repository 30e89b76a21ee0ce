//! Reading: what the decisions may see, and what is asked outside of them.

pub mod catalogue;
pub mod check;
pub mod customers;
pub mod history;
pub mod idempotency;
pub mod imports;
pub mod inventory;
pub mod leases;
pub mod ledgers;
pub mod logins;
pub mod numbers;
pub mod pools;
pub mod users;
pub mod writers;
