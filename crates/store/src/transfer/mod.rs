//! Whole databases: what tables there are, carrying them from one database to another, and
//! comparing the two.
//!
//! Nothing here knows a table by name. What there is to carry is read from the catalogue of the
//! database itself, so that no migration can add a column that a copy forgets; see
//! docs/decisions/0008-one-format-for-backups.md.

mod carry;
mod catalogue;
mod rows;
mod session;
mod sums;

pub use carry::Contents;
pub(crate) use carry::{Carry, Fetched};
pub use catalogue::{Column, ColumnKind, Table, tables};
pub use rows::{copy, first_with_rows, forget_writers, restart_sequences};
pub use session::Journal;
pub use sums::{Sums, sums};
