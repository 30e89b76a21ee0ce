//! The console over HTTP, as browsers see it, on both databases.

#![allow(clippy::unwrap_used, reason = "a test may say so by panicking")]

mod door;
mod harness;
mod pages;
mod roles;
