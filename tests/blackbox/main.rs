//! The real programs, over loopback: several processes on one database, killed, stopped, and
//! with their store taken away.

#![allow(clippy::unwrap_used, reason = "a test may say so by panicking")]

mod client;
mod clock;
mod console;
mod crash;
mod disk;
mod examples;
mod failover;
mod how_to;
mod money;
mod overload;
mod program;
mod races;
mod readme;
mod slow_reader;
mod store_away;
mod tls;
mod torture;
mod unknown_commit;
