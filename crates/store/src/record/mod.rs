//! Writing down what was decided.

pub mod customers;
pub mod idempotency;
pub mod leases;
pub mod ledgers;
pub mod numbers;
pub mod users;
pub mod writers;
