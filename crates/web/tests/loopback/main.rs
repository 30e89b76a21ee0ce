//! The shell over real sockets: what a client sees of its bounds and of its end.

#![allow(clippy::unwrap_used, reason = "in a test, what goes wrong is its failure")]

mod bounds;
mod client;
mod draining;
mod house;
mod requests;
