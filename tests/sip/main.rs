//! Real calls: SIPp calls and is called, Kamailio runs with the configuration that we ship and asks
//! the real program, all of it on loopback.

#![allow(clippy::unwrap_used, reason = "a test may say so by panicking")]

mod calls;
mod kamailio;
mod lossy;
#[path = "../blackbox/program.rs"]
#[allow(dead_code, reason = "these calls need less of a program than the other tests")]
mod program;
mod sipp;
mod stage;
