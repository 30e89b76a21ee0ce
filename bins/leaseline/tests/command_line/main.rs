//! The command line as an operator uses it: the real binary, in an empty folder.

#![allow(clippy::unwrap_used, reason = "in a test, what goes wrong is its failure")]

mod demo;
mod place;
mod serving;
mod tokens;
mod usage;
