//! Reading: what the decisions may see, and what is asked outside of them.

pub mod check;
pub mod customers;
pub mod idempotency;
pub mod leases;
pub mod ledgers;
pub mod numbers;
pub mod users;
pub mod writers;
