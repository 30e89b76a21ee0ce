//! One connection, to either database.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::thread::park_timeout;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};

use crate::dialect::Dialect;
use crate::error::StoreError;
use crate::store::{Commits, Kind, Store};
use crate::transfer::Carry;

/// Between two tries to change a new file's journal.
const PAUSE: Duration = Duration::from_millis(5);

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub(crate) enum AnyConnection {
    /// The embedded default.
    Sqlite(SqliteConnection),
    /// The server.
    Postgres(PgConnection),
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    Write,
    Read,
    /// Copying a file, which SQLite does not count as reading.
    Copy,
}

/// So many pages does the log have before they are copied back into the file, which a commit waits
/// for. Batches write many of the same pages: the longer the log, the fewer are copied.
const CHECKPOINT_PAGES: u32 = 4_000;

pub(crate) fn open(store: &Store, purpose: Use) -> Result<AnyConnection, StoreError> {
    match &store.kind {
        Kind::Sqlite(path) => {
            if purpose == Use::Write {
                make_private(path);
            }
            let file = path.to_string_lossy();
            let mut connection =
                SqliteConnection::establish(&file).map_err(StoreError::Unreachable)?;
            connection.batch_execute(&sqlite_settings(store, purpose))?;
            if purpose == Use::Write {
                use_write_ahead_log(&mut connection, store.lock_timeout)?;
            }
            Ok(AnyConnection::Sqlite(connection))
        }
        Kind::Postgres(url) => PgConnection::establish(&with_defaults(url))
            .map(AnyConnection::Postgres)
            .map_err(StoreError::Unreachable),
    }
}

/// A new file is its owner's alone, and with it what SQLite puts beside it: it holds phone numbers. Where it
/// cannot be made, or is there already, SQLite says what there is to say.
fn make_private(path: &Path) {
    let _ = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
}

/// WAL with FULL: a commit is on the disk before it is answered. Foreign keys are set as the
/// bundled library has them on and a system's has not. Without automatic indexes, as for a large
/// batch the planner would rather build one over the batch and walk the whole table. What is deleted
/// is written over with zeros.
fn sqlite_settings(store: &Store, purpose: Use) -> String {
    let wait = store.lock_timeout.as_millis();
    let shared = format!(
        "PRAGMA busy_timeout = {wait}; PRAGMA foreign_keys = ON; PRAGMA automatic_index = OFF;"
    );
    let synchronous = match store.commits {
        Commits::OnDisk => "FULL",
        Commits::AtOnce => "OFF",
    };
    match purpose {
        Use::Write => format!(
            "{shared} PRAGMA synchronous = {synchronous}; PRAGMA cache_size = -4096; \
             PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON; \
             PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES};"
        ),
        Use::Read => format!("{shared} PRAGMA query_only = ON; PRAGMA cache_size = -1024;"),
        Use::Copy => shared,
    }
}

/// Several processes may meet at a new file; SQLite's own waiting for locks does not cover the
/// change of its journal.
fn use_write_ahead_log(
    connection: &mut SqliteConnection,
    patience: Duration,
) -> Result<(), StoreError> {
    let began = Instant::now();
    loop {
        let done = connection.batch_execute("PRAGMA journal_mode = WAL").map_err(StoreError::from);
        match done {
            Err(StoreError::Busy(_)) if began.elapsed() < patience => park_timeout(PAUSE),
            done => return done,
        }
    }
}

/// What we want of libpq, unless the operator chose otherwise in the URL: a server that does not
/// answer is given up within about a second, and one that vanished while it worked on an answer
/// within three, as nobody else would tell us; of several servers the one that takes writes is ours.
const DEFAULTS: [(&str, &str); 6] = [
    ("connect_timeout", "1"),
    ("tcp_user_timeout", "1500"),
    ("keepalives_idle", "1"),
    ("keepalives_interval", "1"),
    ("target_session_attrs", "read-write"),
    ("application_name", "leaseline"),
];

fn with_defaults(url: &str) -> String {
    let missing = DEFAULTS.iter().filter(|(name, _)| !url.contains(name));
    missing.fold(url.to_owned(), |url, (name, value)| {
        let separator = if url.contains('?') { '&' } else { '?' };
        format!("{url}{separator}{name}={value}")
    })
}

impl AnyConnection {
    /// What this database says differently.
    pub(crate) fn dialect(&mut self) -> &mut dyn Dialect {
        match self {
            Self::Sqlite(connection) => connection,
            Self::Postgres(connection) => connection,
        }
    }

    /// What it says differently about whole tables.
    pub(crate) fn carry(&mut self) -> &mut dyn Carry {
        match self {
            Self::Sqlite(connection) => connection,
            Self::Postgres(connection) => connection,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_operator_chose_wins() {
        let check = |url, expected| assert_eq!(with_defaults(url), expected);
        check(
            "postgres://a@b,c/d",
            "postgres://a@b,c/d?connect_timeout=1&tcp_user_timeout=1500&keepalives_idle=1\
             &keepalives_interval=1&target_session_attrs=read-write&application_name=leaseline",
        );
        check(
            "postgres://a@b/c?connect_timeout=9&keepalives_idle=60&target_session_attrs=any",
            "postgres://a@b/c?connect_timeout=9&keepalives_idle=60&target_session_attrs=any\
             &tcp_user_timeout=1500&keepalives_interval=1&application_name=leaseline",
        );
    }
}
