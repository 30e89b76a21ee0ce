//! Files applied and numbers imported, on both databases.

#![allow(clippy::unwrap_used, reason = "in a test, what goes wrong is its failure")]

mod apply;
mod imports;
mod mor;
mod place;
mod rates;
mod switches;
