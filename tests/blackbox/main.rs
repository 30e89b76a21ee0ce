//! The real programs, over loopback: several processes on one database, killed, stopped, and
//! with their store taken away.

mod client;
mod crash;
mod examples;
mod program;
mod races;
mod readme;
mod stop;
mod store_away;
