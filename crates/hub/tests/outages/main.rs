//! A store that goes away, and commits whose answers are lost: what was acknowledged is there
//! once, and the hub recovers by itself. PostgreSQL; what a kill does to SQLite is shown by the
//! black-box tests.

#![allow(clippy::unwrap_used, reason = "in a test, what goes wrong is its failure")]

mod frozen;
mod load;
mod lost_answers;
