//! Which database, and how to open connections to it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::connection::{self, Use};
use crate::error::StoreError;
use crate::faults::Points;
use crate::load::numbers::Patience;
use crate::transaction::Session;

/// How long a transaction waits for SQLite's one write lock. Whoever waits longer has callers
/// that are about to give up.
const SQLITE_LOCK_TIMEOUT: Duration = Duration::from_millis(1_500);

/// How long a statement waits for rows that another transaction holds: short enough that after a
/// batch that waited in vain its requests can still be tried one by one.
const POSTGRES_LOCK_TIMEOUT: Duration = Duration::from_millis(400);

/// A database that can be connected to. Cheap to clone; holds no connection.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) kind: Kind,
    pub(crate) lock_timeout: Duration,
    pub(crate) commits: Commits,
}

/// When a commit is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Commits {
    /// When it is on the disk.
    #[default]
    OnDisk,
    /// At once: a machine that fails may take it along, and the file with it. For what is thrown away
    /// or made anew; of a server's database it changes nothing.
    AtOnce,
}

/// Where the database is.
#[derive(Clone, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    Sqlite(PathBuf),
    /// A server, by its connection URL.
    Postgres(String),
}

/// The text names no database that we can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a database URL begins with sqlite://, postgres:// or postgresql://")]
pub struct UnknownUrl;

impl Store {
    /// Reads `sqlite://PATH`, `postgres://…` or `postgresql://…`.
    ///
    /// # Errors
    /// [`UnknownUrl`] for anything else.
    pub fn from_url(url: &str) -> Result<Self, UnknownUrl> {
        let (kind, lock_timeout) = match url.split_once("://") {
            Some(("sqlite", path)) if !path.is_empty() => {
                (Kind::Sqlite(path.into()), SQLITE_LOCK_TIMEOUT)
            }
            Some(("postgres" | "postgresql", _)) => {
                (Kind::Postgres(url.to_owned()), POSTGRES_LOCK_TIMEOUT)
            }
            _ => return Err(UnknownUrl),
        };
        Ok(Self { kind, lock_timeout, commits: Commits::default() })
    }

    /// The same, with commits answered so.
    #[must_use]
    pub const fn committing(mut self, commits: Commits) -> Self {
        self.commits = commits;
        self
    }

    /// A SQLite file that nothing is ever written to, not even its journal.
    pub fn read_only(file: &Path) -> Self {
        let path: String = file.to_string_lossy().chars().map(as_in_uri).collect();
        let uri = format!("file:{path}?mode=ro");
        Self {
            kind: Kind::Sqlite(uri.into()),
            lock_timeout: SQLITE_LOCK_TIMEOUT,
            commits: Commits::default(),
        }
    }

    /// Opens a connection that may write.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`] or [`StoreError::Failed`].
    pub fn connect(&self) -> Result<Session, StoreError> {
        self.open(Use::Write)
    }

    /// Opens a connection that only reads.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`] or [`StoreError::Failed`].
    pub fn connect_to_read(&self) -> Result<Session, StoreError> {
        self.open(Use::Read)
    }

    /// Opens a connection to copy a SQLite file through: [`Session::copy_into`].
    ///
    /// # Errors
    /// [`StoreError::Unreachable`] or [`StoreError::Failed`].
    pub fn connect_to_copy(&self) -> Result<Session, StoreError> {
        self.open(Use::Copy)
    }

    fn open(&self, purpose: Use) -> Result<Session, StoreError> {
        let mut connection = connection::open(self, purpose)?;
        let points = Points::of(self);
        points.watch(&mut connection);
        Ok(Session::new(connection, self.lock_timeout, points))
    }

    /// What to do at first about numbers that another transaction holds: where many write at a
    /// time they are passed over.
    pub const fn patience(&self) -> Patience {
        match self.kind {
            Kind::Sqlite(_) => Patience::Wait,
            Kind::Postgres(_) => Patience::SkipLocked,
        }
    }

    /// Whether nobody else can write while a transaction does.
    pub const fn writes_alone(&self) -> bool {
        matches!(self.kind, Kind::Sqlite(_))
    }

    /// Where it is.
    pub const fn kind(&self) -> &Kind {
        &self.kind
    }

    /// How many bytes more its disk has for us; unknown where the database is a server.
    pub fn free_bytes(&self) -> Option<u64> {
        let disk = rustix::fs::statvfs(self.file()?).ok()?;
        Some(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    /// The file, if it is one.
    pub fn file(&self) -> Option<&Path> {
        match &self.kind {
            Kind::Sqlite(path) => Some(path),
            Kind::Postgres(_) => None,
        }
    }
}

/// What would end the path of a URI.
fn as_in_uri(char: char) -> String {
    match char {
        '%' => "%25".into(),
        '?' => "%3f".into(),
        '#' => "%23".into(),
        other => other.into(),
    }
}

// A connection URL may hold a password.
impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => f.debug_tuple("Sqlite").field(path).finish(),
            Self::Postgres(_) => f.write_str("Postgres(…)"),
        }
    }
}
