//! Looking after whole databases: backing up, restoring, verifying, moving, and setting back the
//! instant that was seen last.
//!
//! A backup is a SQLite database, of whichever kind the original is; see
//! docs/decisions/0008-one-format-for-backups.md. All of these block the thread they are called
//! on, for as long as it takes.
//!
//! ```
//! use leaseline_hub::{Hub, upkeep};
//!
//! let folder = tempfile::tempdir().unwrap();
//! let url = format!("sqlite://{}/example.db", folder.path().display());
//! Hub::migrate(&url).unwrap();
//!
//! let file = folder.path().join("example.backup");
//! upkeep::back_up(&url, &file, upkeep::Existing::Refused, &mut |_| ()).unwrap();
//! let verified = upkeep::verify(&file).unwrap();
//! assert!(verified.iter().all(|table| table.rows == 0));
//! ```

mod backup;
mod copy;
mod draft;
mod journal;
mod reset;
mod restore;
mod verify;

use std::io;
use std::path::{Path, PathBuf};

use leaseline_store::{SchemaState, StoreError, UnknownUrl};

use crate::check::Broken;

pub use backup::{Backup, back_up};
pub use copy::{Copied, copy};
pub use journal::empty_journal;
pub use leaseline_store::Journal;
pub use leaseline_store::transfer::Sums;
pub use reset::{ClockReset, Clocks, clocks, reset_clock};
pub use restore::{Restored, restore};
pub use verify::verify;

/// What to do about something that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and the work is refused.
    Refused,
    /// It gives way.
    Replaced,
}

/// How far the work is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Rows that were carried.
    pub rows: u64,
    /// Out of so many.
    pub of: u64,
}

/// Hears how far the work is.
pub type Listener<'a> = &'a mut dyn FnMut(Progress);

/// The work was not done; unless it says otherwise, everything is as before.
#[derive(Debug, thiserror::Error)]
pub enum UpkeepError {
    /// The URL names no database that we can use.
    #[error(transparent)]
    Url(#[from] UnknownUrl),
    /// A database did not answer, or not as it should.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file could not be read or written.
    #[error("{} can not be read or written", .0.display())]
    File(PathBuf, #[source] io::Error),
    /// There is no such file.
    #[error("there is no file {}", .0.display())]
    Missing(PathBuf),
    /// A file is in the way.
    #[error("there is a file {} already", .0.display())]
    Exists(PathBuf),
    /// The two are one.
    #[error("it is the same database")]
    Same,
    /// The file is one that the database keeps beside itself.
    #[error("{} belongs to the database", .0.display())]
    Beside(PathBuf),
    /// A schema is not this version's.
    #[error("the schema of {what} is {schema:?}, not this version's")]
    Schema {
        /// Of what.
        what: &'static str,
        /// How it compares.
        schema: SchemaState,
    },
    /// There is something in the target.
    #[error("the target is not empty: table {0} has rows")]
    NotEmpty(String),
    /// Somebody works on it.
    #[error("somebody else is connected to it")]
    InUse,
    /// Somebody has just worked on it.
    #[error("a writer has committed within the last minute")]
    SeenRecently,
    /// The two databases do not have the same tables and columns.
    #[error("the two databases have different tables: {0}")]
    Layout(String),
    /// What arrived is not what was sent.
    #[error("table {0} differs after the copy")]
    Differs(String),
    /// SQLite finds the file damaged.
    #[error("the file is damaged: {0}")]
    Damaged(String),
    /// Invariants do not hold.
    #[error("{} invariants do not hold, the first: {}", .0.len(), first(.0))]
    Broken(Vec<Broken>),
}

fn first(broken: &[Broken]) -> String {
    broken.first().map(ToString::to_string).unwrap_or_default()
}

/// With the name of the file that it happened to.
fn at(file: &Path) -> impl FnOnce(io::Error) -> UpkeepError {
    let file = file.to_owned();
    move |error| UpkeepError::File(file, error)
}
