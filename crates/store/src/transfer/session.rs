//! What is done to a database as a whole.

use std::path::Path;

use diesel::connection::SimpleConnection;

use super::carry::Contents;
use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::migrate;
use crate::transaction::{Session, Tx};

/// What became of a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Journal {
    /// There is nothing in it any more, or the database has none of its own.
    Emptied,
    /// Somebody who reads needs it.
    Needed,
}

impl Session {
    /// Whether anybody else is connected to this database. On SQLite, a running service is always
    /// found; its journal is folded into the file if there is none.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not answer.
    pub fn is_in_use(&mut self) -> Result<bool, StoreError> {
        self.connection_mut().carry().is_in_use()
    }

    /// Folds the journal of a SQLite database into its file and cuts it off. Nobody who writes waits
    /// for somebody who reads for longer than a moment.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not answer.
    pub fn empty_journal(&mut self) -> Result<Journal, StoreError> {
        self.connection_mut().carry().empty_journal()
    }

    /// Copies a SQLite database as of one instant into a file that is empty or not there, while
    /// others go on writing.
    ///
    /// # Errors
    /// [`StoreError`]; what there is of the file is of no use then.
    pub fn copy_into(&mut self, file: &Path) -> Result<(), StoreError> {
        migrate::copy_into(self.connection_mut(), file)
    }

    /// Runs `work` while nobody else reads or writes (SQLite) or migrates (PostgreSQL).
    ///
    /// # Errors
    /// [`StoreError`], or those of the work. The session has to be dropped then: that undoes what
    /// was done through it.
    pub fn alone<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.connection_mut().dialect().begin_alone().map_err(StoreError::from)?;
        let done = work(&mut self.read())?;
        self.connection_mut().dialect().commit_alone().map_err(StoreError::from)?;
        Ok(done)
    }

    /// Has the planner of a PostgreSQL database know what was carried there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn analyze(&mut self) -> Result<(), StoreError> {
        match self.connection_mut() {
            // SQLite does well without, and worse with.
            AnyConnection::Sqlite(_) => Ok(()),
            AnyConnection::Postgres(connection) => Ok(connection.batch_execute("ANALYZE")?),
        }
    }
}

impl Tx<'_> {
    /// Brings the schema to this version's inside of [`Session::alone`], after dropping what
    /// there is if so asked.
    ///
    /// # Errors
    /// [`StoreError::Schema`].
    pub fn prepare_tables(&mut self, contents: Contents) -> Result<(), StoreError> {
        if contents == Contents::Dropped {
            migrate::steps_down(self.connection)?;
        }
        migrate::steps_up(self.connection).map(drop)
    }

    /// What is wrong with a SQLite file in SQLite's own eyes, at most a hundred lines; nothing,
    /// if all is well.
    ///
    /// # Errors
    /// [`StoreError`] when it is not even a database.
    pub fn damage(&mut self) -> Result<Vec<String>, StoreError> {
        let mut found = Vec::new();
        let question = "SELECT integrity_check AS text FROM pragma_integrity_check";
        self.connection.carry().fetch(question, &mut |line| {
            found.push(line);
            Ok(())
        })?;
        found.retain(|line| line != "ok");
        Ok(found)
    }
}
