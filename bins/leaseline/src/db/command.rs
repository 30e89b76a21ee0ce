//! What can be typed after `leaseline db`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use leaseline_service::DatabaseUrl;

#[derive(Subcommand)]
pub(crate) enum DbCommand {
    /// Writes all that is in the database, as of one instant, into a SQLite file; services may run
    ///
    /// The keys in DATABASE.keys are not part of a backup: keep a copy of that file somewhere
    /// else, as whoever has both can issue tokens.
    Backup {
        /// The file to make
        file: PathBuf,
        /// Let a file of this name give way
        #[arg(long)]
        force: bool,
    },
    /// Brings a backup back, while nobody is connected to the database
    Restore {
        /// The backup
        file: PathBuf,
        /// Let what is in the database give way; a SQLite database is moved aside
        #[arg(long)]
        force: bool,
    },
    /// Reads a backup from its first byte to its last: damage, schema, every invariant
    Verify {
        /// The backup
        file: PathBuf,
    },
    /// Copies everything into another, empty database, of either kind, and compares the two
    Copy {
        /// The other database: sqlite://FILE or postgres://…
        #[arg(long, value_name = "URL")]
        to: DatabaseUrl,
    },
    /// Erases people's phones and removes what is kept for a time only; services may run
    ///
    /// What goes after how long, retention.phones, retention.requests and retention.idempotency say.
    /// Leases, records and ledgers stay, without phones, IMSIs and texts.
    Retention,
    /// Shows this machine's clock and the latest instant that any process has seen
    Clock(Clock),
}

#[derive(Args, Clone, Copy)]
pub(crate) struct Clock {
    /// Set that instant back to this machine's clock, after a clock that was far ahead
    #[arg(long)]
    pub(crate) reset: bool,
    /// Even if a service seems to be running
    #[arg(long, requires = "reset")]
    pub(crate) force: bool,
}
