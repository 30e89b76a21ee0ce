//! Calls: what is decided on them, what is set aside for them, and what their records cost.

#![allow(clippy::unwrap_used, reason = "in a test, what goes wrong is its failure")]

mod decisions;
mod holds;
mod records;
mod subscribers;
