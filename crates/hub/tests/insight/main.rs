//! What people look at, on both databases.

#![allow(clippy::unwrap_used, reason = "in a test, what goes wrong is its failure")]

mod balances;
mod lists;
mod overview;
mod plans;
mod pools;
mod requests;
mod trail;
