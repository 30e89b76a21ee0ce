//! What an operator asks and does, on both databases.

#![allow(clippy::unwrap_used, reason = "in a test, what goes wrong is its failure")]

mod changes;
mod lists;
mod who;
