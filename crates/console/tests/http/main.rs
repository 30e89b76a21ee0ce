//! The console over HTTP, as browsers see it, on both databases.

#![allow(clippy::unwrap_used, reason = "a test may say so by panicking")]

mod door;
mod files;
mod furnished;
mod harness;
mod lists;
mod pages;
mod roles;
