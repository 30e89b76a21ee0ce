//! The facade over HTTP, as its clients see it: whole answers, on both databases.

#![allow(clippy::unwrap_used, reason = "a test may say so by panicking")]

mod cards;
mod groups;
mod harness;
mod keys;
mod transport;
mod users;
