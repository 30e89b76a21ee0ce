//! The store by itself, on both databases.

#![allow(clippy::unwrap_used, reason = "in a test, what goes wrong is its failure")]

mod accounts;
mod calls;
mod cards;
mod check;
mod locks;
mod logins;
mod lost;
mod migrate;
mod past;
mod raw;
mod schema;
mod transaction;
