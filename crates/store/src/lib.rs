//! What the store remembers, and how: the only crate that knows of SQL and of diesel.
//!
//! A [`Store`] names a database, SQLite or PostgreSQL; a [`Session`] is one connection to it.
//! Writers work inside [`Session::write`]: they load what a decision of `leaseline_core` may see
//! ([`load`]), and record what it decided ([`record`]). Nothing here decides anything.
//!
//! Statements that a batch of commands shares take their rows as one relation (see
//! `statement.rs`), so that their number does not grow with the batch.

mod connection;
mod dialect;
mod error;
#[cfg(feature = "faults")]
pub mod faults;
#[cfg(not(feature = "faults"))]
#[path = "no_faults.rs"]
mod faults;
pub mod load;
mod migrate;
#[cfg(test)]
mod plan;
mod read_pool;
pub mod record;
mod row;
mod schema;
mod statement;
mod store;
mod tally;
mod told;
mod transaction;
pub mod transfer;

pub use error::{StoreError, WriteError};
pub use load::numbers::{Patience, Wanted};
pub use migrate::{Migrated, SchemaState};
pub use read_pool::ReadPool;
pub use store::{Commits, Kind, Store, UnknownUrl};
pub use tally::Tally;
pub use told::Told;
pub use transaction::{Session, Tx};
pub use transfer::Journal;
