//! Sessions and transactions: a transaction is rolled back, committed, or its outcome is
//! unknown, and the caller is told which.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;

use crate::connection::AnyConnection;
use crate::error::{StoreError, WriteError};
use crate::faults::{self, Points};
use crate::tally::Tally;

/// One connection to the store.
pub struct Session {
    connection: AnyConnection,
    lock_timeout: Duration,
    tally: Tally,
    points: Points,
}

/// What [`crate::load`] reads through and [`crate::record`] writes through: a connection, inside
/// of a transaction or not.
pub struct Tx<'a> {
    pub(crate) connection: &'a mut AnyConnection,
    pub(crate) tally: &'a mut Tally,
}

impl Session {
    pub(crate) const fn new(
        connection: AnyConnection,
        lock_timeout: Duration,
        points: Points,
    ) -> Self {
        Self { connection, lock_timeout, tally: Tally::NOTHING, points }
    }

    /// Runs `work` in one transaction and commits it if it went well. SQLite takes its write
    /// lock at the start.
    ///
    /// # Errors
    /// [`WriteError::NotDone`] when anything failed before COMMIT, a panic included;
    /// [`WriteError::Unknown`] when COMMIT itself did. After either the session is best dropped.
    pub fn write<T>(
        &mut self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, WriteError<T>> {
        self.begin().map_err(WriteError::NotDone)?;
        self.tally = Tally::NOTHING;
        let mut tx = self.read();
        let done = catch_unwind(AssertUnwindSafe(|| work(&mut tx)));
        match done.unwrap_or_else(|panic| Err(faults::panicked(&*panic))) {
            Ok(value) => self.commit(value),
            Err(error) => {
                self.roll_back();
                Err(WriteError::NotDone(error))
            }
        }
    }

    /// Reads outside of a transaction: each statement sees the latest commit.
    pub fn read(&mut self) -> Tx<'_> {
        Tx { connection: &mut self.connection, tally: &mut self.tally }
    }

    /// What the last transaction did, if it was committed.
    pub const fn tally(&self) -> Tally {
        self.tally
    }

    /// Reads at one instant: every statement of `work` sees the same commits. Nothing waits for
    /// it, and it waits for nobody.
    ///
    /// # Errors
    /// [`StoreError`]; the session is then best dropped.
    pub fn read_at_one_instant<T>(
        &mut self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.connection.dialect().begin_snapshot()?;
        let read = work(&mut self.read());
        self.roll_back();
        read
    }

    pub(crate) const fn connection_mut(&mut self) -> &mut AnyConnection {
        &mut self.connection
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        self.points.check()?;
        Ok(self.connection.dialect().begin(self.lock_timeout)?)
    }

    fn commit<T>(&mut self, value: T) -> Result<T, WriteError<T>> {
        let began = Instant::now();
        let sent = self.points.check().and_then(|()| self.connection.batch_execute("COMMIT"));
        match sent.and_then(|()| self.points.check_answer()) {
            Ok(()) => {
                self.tally.commit = began.elapsed();
                Ok(value)
            }
            Err(error) => {
                self.roll_back();
                Err(WriteError::Unknown(value, error.into()))
            }
        }
    }

    /// The rollback's own failure says nothing new: the connection is gone, and with it the
    /// transaction.
    fn roll_back(&mut self) {
        let _ = self.connection.batch_execute("ROLLBACK");
    }
}

impl Tx<'_> {
    /// Whether nobody else can write while a transaction does.
    pub fn holds_off_others(&mut self) -> bool {
        self.connection.dialect().writes_alone()
    }

    /// Runs `work` so that an `Err` of its inner result leaves nothing behind, whatever it wrote
    /// before it found out.
    ///
    /// # Errors
    /// [`StoreError`]; the whole transaction is then spoilt.
    pub fn undo_if_refused<T, R>(
        &mut self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<Result<T, R>, StoreError>,
    ) -> Result<Result<T, R>, StoreError> {
        self.connection.batch_execute("SAVEPOINT refusable")?;
        let before = *self.tally;
        let decided = work(self)?;
        let end = match decided {
            Ok(_) => "RELEASE SAVEPOINT refusable",
            Err(_) => {
                *self.tally = before;
                "ROLLBACK TO SAVEPOINT refusable; RELEASE SAVEPOINT refusable"
            }
        };
        self.connection.batch_execute(end)?;
        Ok(decided)
    }
}
