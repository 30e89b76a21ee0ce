//! Connections for reading, kept open.

use std::time::Duration;

use crate::error::StoreError;
use crate::faults;
use crate::store::Store;
use crate::transaction::{Session, Tx};

/// How long a reader waits for a connection.
const PATIENCE: Duration = Duration::from_millis(1_000);

/// A bounded number of connections that only read. Cheap to clone.
#[derive(Clone)]
pub struct ReadPool {
    sessions: r2d2::Pool<Readers>,
}

struct Readers(Store);

impl ReadPool {
    /// At most `size` connections, opened when they are needed.
    pub fn new(store: &Store, size: u32) -> Self {
        let sessions = r2d2::Pool::builder()
            .max_size(size)
            .min_idle(Some(0))
            .test_on_check_out(false)
            .connection_timeout(PATIENCE)
            .error_handler(Box::new(r2d2::NopErrorHandler))
            .build_unchecked(Readers(store.clone()));
        Self { sessions }
    }

    /// Reads; each statement sees the latest commit. A connection that turns out to be broken is
    /// replaced: once, or if the server had ended it, as often as there may be more of its age.
    ///
    /// # Errors
    /// [`StoreError::NoReader`] when no connection could be had in time, else as `work` says.
    pub fn read<T>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        for _ in 0..self.sessions.max_size() {
            match self.attempt(&work) {
                Err(error) if error.is_closed_connection() => {}
                Err(StoreError::Failed(_)) => break,
                answered => return answered,
            }
        }
        self.attempt(&work)
    }

    fn attempt<T>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut session = self.sessions.get().map_err(|_| StoreError::NoReader)?;
        let answered = faults::caught(|| work(&mut session.session.read()));
        session.broken = matches!(answered, Err(StoreError::Failed(_)));
        answered
    }
}

struct Reader {
    session: Session,
    broken: bool,
}

impl r2d2::ManageConnection for Readers {
    type Connection = Reader;
    type Error = StoreError;

    fn connect(&self) -> Result<Reader, StoreError> {
        self.0.connect_to_read().map(|session| Reader { session, broken: false })
    }

    /// A statement on a broken connection fails soon enough.
    fn is_valid(&self, _: &mut Reader) -> Result<(), StoreError> {
        Ok(())
    }

    fn has_broken(&self, reader: &mut Reader) -> bool {
        reader.broken
    }
}
