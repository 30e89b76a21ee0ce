//! The facade over HTTP, as its clients see it: whole answers, on both databases.

#![allow(clippy::unwrap_used, reason = "a test may say so by panicking")]

mod customers;
mod examples;
mod harness;
mod keys;
mod leases;
mod parameters;
mod reserves;
mod tokens;
mod transport;
