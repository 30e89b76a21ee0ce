//! What can go wrong between us and the database.

use diesel::result::{DatabaseErrorKind, Error};

/// A statement or a connection failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another transaction held what we needed for longer than the lock time-out.
    #[error("the database is locked by somebody else")]
    Busy(#[source] Error),
    /// No connection could be had.
    #[error("the database can not be reached")]
    Unreachable(#[source] diesel::ConnectionError),
    /// No connection for reading was free or could be opened in time.
    #[error("no connection to the database could be had in time")]
    NoReader,
    /// The database refused a statement or went away.
    #[error("the database failed")]
    Failed(#[source] Error),
    /// A row says what no rule of ours allows.
    #[error("a row of table {table} can not be understood")]
    Corrupt {
        /// The table it is in.
        table: &'static str,
    },
    /// Somebody gave up while another transaction held what we needed, and is told that nothing was done
    /// for him: so it must not be.
    #[error("somebody gave up while the database was locked")]
    GivenUp,
    /// Another process answered under the same idempotency key meanwhile.
    #[error("an idempotency key was used by another process meanwhile")]
    KeyTaken,
    /// The code between begin and commit panicked.
    #[error("a panic between begin and commit")]
    Panicked,
    /// A commit was not answered, and its outcome could not be found out either.
    #[error("the outcome of a commit is unknown")]
    UnknownCommit(#[source] Box<StoreError>),
    /// The schema is not the one this version works with.
    #[error("{0}")]
    Schema(String),
}

/// A transaction did not end as it should.
#[derive(Debug)]
pub enum WriteError<T> {
    /// It was rolled back: nothing of it is there.
    NotDone(StoreError),
    /// COMMIT itself failed or was not answered: all of it is there, or nothing. With what the
    /// work would have returned.
    Unknown(T, StoreError),
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        if is_lock_timeout(&error) { Self::Busy(error) } else { Self::Failed(error) }
    }
}

impl StoreError {
    /// A row of this table does not convert.
    pub const fn corrupt(table: &'static str) -> Self {
        Self::Corrupt { table }
    }

    /// Whether the connection it happened on is better not used again. After a violated
    /// constraint or a lock time-out it is as good as before.
    pub const fn spoils_connection(&self) -> bool {
        use DatabaseErrorKind::{
            CheckViolation, ForeignKeyViolation, NotNullViolation, UniqueViolation,
        };
        !matches!(
            self,
            Self::Busy(_)
                | Self::Corrupt { .. }
                | Self::GivenUp
                | Self::KeyTaken
                | Self::Failed(Error::DatabaseError(
                    UniqueViolation | ForeignKeyViolation | NotNullViolation | CheckViolation,
                    _
                ))
        )
    }

    /// Whether the server had ended the connection: others of the same age may have ended too.
    pub(crate) const fn is_closed_connection(&self) -> bool {
        matches!(self, Self::Failed(Error::DatabaseError(DatabaseErrorKind::ClosedConnection, _)))
    }
}

/// Diesel hands out no SQLSTATE, so PostgreSQL's lock time-outs and deadlocks are told by their
/// messages, as SQLite's are.
fn is_lock_timeout(error: &Error) -> bool {
    match error {
        Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
        Error::DatabaseError(_, information) => {
            let message = information.message();
            ["database is locked", "database table is locked", "lock timeout", "deadlock detected"]
                .iter()
                .any(|known| message.contains(known))
        }
        _ => false,
    }
}
