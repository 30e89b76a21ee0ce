//! What can be wrong, and where.

use std::io;
use std::path::PathBuf;

use leaseline_hub::Failure;
use leaseline_hub::operator::ImportError;

/// A file was not applied, or not imported.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file can not be read.
    #[error("failed to read {}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// Something in a file is wrong. Nothing was written.
    #[error(transparent)]
    Wrong(#[from] Fault),
    /// There is no such pool.
    #[error("there is no pool {0:?}")]
    NoPool(String),
    /// An import that ran at the same time took numbers over.
    #[error(transparent)]
    TakenOver(ImportError),
    /// The store did not do it.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// Something that is wrong in a file. Displays as `line 7: [[customers]] "acme": …`; no telephone
/// number stands there in full.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {subject}{what}")]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// What the line belongs to, such as `[[customers]] "acme": `; empty if nothing.
    pub(crate) subject: String,
    pub(crate) what: String,
}

impl Fault {
    pub(crate) fn new(line: usize, subject: &str, what: impl Into<String>) -> Self {
        let subject = if subject.is_empty() { String::new() } else { format!("{subject}: ") };
        Self { line, subject, what: what.into() }
    }
}
