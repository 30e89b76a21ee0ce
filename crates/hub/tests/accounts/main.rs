//! Accounts, their sub-accounts and their numbers, on both databases.

#![allow(clippy::unwrap_used, reason = "in a test, what goes wrong is its failure")]

mod dids;
mod fees;
mod ivml;
mod model;
mod operator;
mod races;
mod shop;
mod sub_accounts;
