//! The facade over HTTP, as its clients see it: whole answers, on both databases.

#![allow(clippy::unwrap_used, reason = "a test may say so by panicking")]

mod balance;
mod costs;
mod dids;
mod harness;
mod ivml;
mod logins;
mod logs;
mod sub_accounts;
mod transport;
mod zones;
