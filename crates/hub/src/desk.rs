//! The writer's place at the store: its connection, and the row by which its commits are told.
//!
//! The row counts the writer's batches. Each transaction begins by moving the count from the
//! last batch to its own; so a batch whose COMMIT was not answered can be begun again: the second
//! try waits for the first one, and if it finds the count moved on, the first was committed. This
//! holds on a standby that took over too, as what was answered is there.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use leaseline_core::Timestamp;
use leaseline_store::record::writers::BatchStart;
use leaseline_store::{Session, Store, StoreError, Tx, WriteError, record};
use uuid::Uuid;

use crate::contention::Contention;
use crate::ids::Ids;
use crate::meters;

/// So often a batch is tried again when the answers to its commits are lost.
const TRIES: usize = 3;

#[derive(Default)]
pub(crate) struct Desk {
    session: Option<Session>,
    place: Option<Place>,
    trouble: Trouble,
    contention: Contention,
}

/// Whether the last that was to be committed was not, for a reason that the next may meet as well: to be
/// asked from anywhere.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trouble(Arc<AtomicBool>);

impl Trouble {
    pub(crate) fn is_there(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Somebody else's lock says nothing about the store.
    fn note<T>(&self, done: &Result<T, StoreError>) {
        match done {
            Ok(_) => self.0.store(false, Ordering::Relaxed),
            Err(StoreError::Busy(_) | StoreError::GivenUp | StoreError::KeyTaken) => {}
            Err(_) => self.0.store(true, Ordering::Relaxed),
        }
    }
}

/// A writer's row, and the number of its last batch.
#[derive(Clone, Copy)]
struct Place {
    writer: Uuid,
    last_batch: i64,
}

/// What became of one try.
enum Attempt<T> {
    Done(T),
    NotDone(StoreError),
    /// The commit was not answered: of the work, or of the question whether it is done.
    Unknown(Option<T>, StoreError),
    /// This batch is in already.
    Committed,
    /// The row does not say what we thought, or is gone.
    OutOfOrder,
}

impl Desk {
    /// Of a writer whose troubles can be seen from elsewhere.
    pub(crate) fn watched(trouble: Trouble, contention: Contention) -> Self {
        Self { trouble, contention, ..Self::default() }
    }

    /// What those look at who wait for the writer.
    pub(crate) fn contention(&self) -> Contention {
        self.contention.clone()
    }

    /// Runs `work` in a transaction and sees to it that it is committed once, or not at all.
    ///
    /// # Errors
    /// [`StoreError::UnknownCommit`] when it can not be found out which; any other error means
    /// that nothing was done.
    pub(crate) fn commit<T>(
        &mut self,
        store: &Store,
        ids: &dyn Ids,
        now: Timestamp,
        work: impl FnMut(&mut Tx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let done = self.commit_once(store, ids, now, work);
        self.trouble.note(&done);
        self.contention.note(&done);
        done
    }

    fn commit_once<T>(
        &mut self,
        store: &Store,
        ids: &dyn Ids,
        now: Timestamp,
        mut work: impl FnMut(&mut Tx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.take_place(store, ids, now)?;
        match self.attempt(store, now, &mut work) {
            Attempt::Done(value) => Ok(value),
            Attempt::NotDone(error) | Attempt::Unknown(None, error) => Err(error),
            Attempt::Unknown(Some(value), error) => self.find_out(store, now, work, value, error),
            Attempt::Committed | Attempt::OutOfOrder => {
                self.place = None;
                self.take_place(store, ids, now)?;
                self.only_attempt(store, now, work)
            }
        }
    }

    /// Whether there is a connection, or one can be opened.
    pub(crate) fn is_connected(&mut self, store: &Store) -> bool {
        self.session(store).is_ok()
    }

    fn only_attempt<T>(
        &mut self,
        store: &Store,
        now: Timestamp,
        mut work: impl FnMut(&mut Tx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match self.attempt(store, now, &mut work) {
            Attempt::Done(value) => Ok(value),
            Attempt::NotDone(error) | Attempt::Unknown(None, error) => Err(error),
            Attempt::Unknown(Some(value), error) => self.find_out(store, now, work, value, error),
            Attempt::Committed | Attempt::OutOfOrder => Err(StoreError::corrupt("writers")),
        }
    }

    /// A commit was not answered: begins the same batch again on a new connection.
    fn find_out<T>(
        &mut self,
        store: &Store,
        now: Timestamp,
        mut work: impl FnMut(&mut Tx<'_>) -> Result<T, StoreError>,
        mut value: T,
        mut error: StoreError,
    ) -> Result<T, StoreError> {
        meters::commit_unknown();
        for _ in 0..TRIES {
            tracing::warn!(error = %error.told(), "the outcome of a commit is unknown: asking again");
            self.session = None;
            match self.attempt(store, now, &mut work) {
                Attempt::Done(value) => return Ok(value),
                Attempt::Committed => {
                    self.count_batch();
                    return Ok(value);
                }
                Attempt::Unknown(again, lost) => (value, error) = (again.unwrap_or(value), lost),
                Attempt::NotDone(_) | Attempt::OutOfOrder => break,
            }
        }
        // Whether the count moved is as unknown as the batch: begin a new one.
        self.place = None;
        self.session = None;
        Err(StoreError::UnknownCommit(Box::new(error)))
    }

    fn attempt<T>(
        &mut self,
        store: &Store,
        now: Timestamp,
        work: &mut impl FnMut(&mut Tx<'_>) -> Result<T, StoreError>,
    ) -> Attempt<T> {
        let Some(Place { writer, last_batch }) = self.place else { return Attempt::OutOfOrder };
        let session = match self.session(store) {
            Ok(session) => session,
            Err(error) => return Attempt::NotDone(error),
        };
        let written = session.write(|tx| {
            match record::writers::begin_batch(tx, writer, last_batch + 1, now)? {
                BatchStart::Next => work(tx).map(Ok),
                start @ (BatchStart::Committed | BatchStart::OutOfOrder) => Ok(Err(start)),
            }
        });
        match written {
            Ok(Ok(value)) => {
                meters::committed(&session.tally());
                self.count_batch();
                Attempt::Done(value)
            }
            Ok(Err(BatchStart::Committed)) => Attempt::Committed,
            Ok(Err(BatchStart::Next | BatchStart::OutOfOrder)) => Attempt::OutOfOrder,
            Err(WriteError::Unknown(tried, error)) => {
                self.session = None;
                Attempt::Unknown(tried.ok(), error)
            }
            Err(WriteError::NotDone(error)) => {
                self.leave_after(&error);
                Attempt::NotDone(error)
            }
        }
    }

    /// Registers this writer, if it has no row yet.
    fn take_place(
        &mut self,
        store: &Store,
        ids: &dyn Ids,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if self.place.is_some() {
            return Ok(());
        }
        let writer = ids.next();
        match self.session(store)?.write(|tx| record::writers::register(tx, writer, now)) {
            Ok(last_batch) => {
                self.place = Some(Place { writer, last_batch });
                Ok(())
            }
            Err(WriteError::NotDone(error) | WriteError::Unknown(_, error)) => {
                self.leave_after(&error);
                Err(error)
            }
        }
    }

    fn session(&mut self, store: &Store) -> Result<&mut Session, StoreError> {
        let session = match self.session.take() {
            Some(session) => session,
            None => store.connect()?,
        };
        Ok(self.session.insert(session))
    }

    fn leave_after(&mut self, error: &StoreError) {
        if error.spoils_connection() {
            self.session = None;
        }
    }

    fn count_batch(&mut self) {
        if let Some(place) = &mut self.place {
            place.last_batch += 1;
        }
    }
}
