//! The switch interface over HTTP, as switches see it: whole answers, on both databases.

#![allow(clippy::unwrap_used, reason = "a test may say so by panicking")]

mod authorise;
mod freeswitch;
mod harness;
mod logins;
mod records;
mod transport;
