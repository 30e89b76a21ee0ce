//! A fresh database for each test, of both kinds.

use std::env::VarError;
use std::fmt;
use std::io;
use std::path::Path;
use std::process::{self, Command};
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

use leaseline_hub::{Hub, Settings};
use tempfile::TempDir;

use crate::clock::ManualClock;
use crate::lock::{self, Lock};
use crate::server::{output_of, program, psql};

/// Where tests find a PostgreSQL server: a URL without a database name, or `none`.
const POSTGRES: &str = "LEASELINE_TEST_POSTGRES";

/// The one table that is not empty in a fresh database.
const MIGRATIONS: &str = "__diesel_schema_migrations";

/// The kind of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The embedded one.
    Sqlite,
    /// The server.
    Postgres,
}

/// A database of its own for one test, with this version's schema; gone when dropped.
#[derive(Debug)]
pub struct Database {
    url: String,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Folder {
        _kept: TempDir,
    },
    Server {
        url: String,
        name: String,
    },
    /// It goes with its servers.
    Pair,
}

/// A fresh database of each kind that can be had: SQLite always, PostgreSQL where
/// `LEASELINE_TEST_POSTGRES` says. Each is made when its turn comes.
///
/// # Panics
/// When `CI=true` and no server was named: there the PostgreSQL half must not be left out
/// silently.
pub fn databases() -> impl Iterator<Item = Database> {
    let server = server();
    std::iter::once_with(Database::sqlite).chain(server.map(|url| Database::on_server(&url)))
}

impl Database {
    /// A fresh SQLite database.
    pub fn sqlite() -> Self {
        let database = Self::sqlite_without_tables();
        Hub::migrate(&database.url).expect("an empty file can be migrated");
        database
    }

    /// A fresh SQLite database below this folder.
    pub fn sqlite_in(folder: &Path) -> Self {
        let database = Self::sqlite_at(tempfile::tempdir_in(folder));
        Hub::migrate(&database.url).expect("an empty file can be migrated");
        database
    }

    /// The URL of a SQLite database that is not there yet.
    pub fn sqlite_without_tables() -> Self {
        Self::sqlite_at(tempfile::tempdir())
    }

    fn sqlite_at(folder: io::Result<TempDir>) -> Self {
        let folder = folder.expect("there is room for a folder");
        let url = format!("sqlite://{}", folder.path().join("leaseline.db").display());
        Self { url, place: Place::Folder { _kept: folder } }
    }

    /// A fresh PostgreSQL database, if there is a server for tests.
    pub fn postgres() -> Option<Self> {
        server().map(|url| Self::on_server(&url))
    }

    /// A fresh database on a server, given by a URL without a database name.
    pub fn on_server(server: &str) -> Self {
        let database = Self::on_server_without_tables(server);
        // However long a busy machine takes to let us in: that is not what the tests are about.
        let patient = format!("{}?connect_timeout=30", database.url);
        Hub::migrate(&patient).expect("an empty database can be migrated");
        database
    }

    /// An empty database on a server, given by a URL without a database name.
    pub fn on_server_without_tables(server: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let nth = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("leaseline_test_{}_{nth}", process::id());
        // An earlier process with our number may have been killed before it could clear up.
        let clear = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        psql(&maintenance(server), &[&clear, &format!("CREATE DATABASE {name}")]);
        Self { url: format!("{server}/{name}"), place: Place::Server { url: server.into(), name } }
    }

    /// Has commits be answered before they are on the disk, which is several times as fast. Not
    /// for tests that crash a server.
    pub fn without_waiting_for_the_disk(self) -> Self {
        if let Place::Server { url, name } = &self.place {
            let faster = format!("ALTER DATABASE {name} SET synchronous_commit = off");
            psql(&maintenance(url), &[&faster]);
        }
        self
    }

    /// Databases of each kind without any tables.
    pub fn without_tables() -> impl Iterator<Item = Self> {
        let on_server = server().map(|url| Self::on_server_without_tables(&url));
        std::iter::once_with(Self::sqlite_without_tables).chain(on_server)
    }

    /// The empty database of two servers.
    pub(crate) fn on_pair(url: String) -> Self {
        Hub::migrate(&url).expect("an empty database can be migrated");
        Self { url, place: Place::Pair }
    }

    /// Whether this run has a PostgreSQL half.
    pub(crate) fn postgres_is_wanted() -> bool {
        server().is_some()
    }

    /// One that is like a fresh one: on a server the same without what was written to it, which is
    /// sooner done than to make another.
    pub fn emptied(self) -> Self {
        if self.kind() == Kind::Sqlite {
            return Self::sqlite();
        }
        let mut tables = self.tables();
        tables.retain(|table| table != MIGRATIONS);
        // Its triggers keep the ledger from being emptied; a replica's session has none.
        self.psql(&format!(
            "SET session_replication_role = replica; TRUNCATE {} RESTART IDENTITY",
            tables.join(", ")
        ));
        self
    }

    /// What a hub is given.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// SQLite or PostgreSQL.
    pub const fn kind(&self) -> Kind {
        match self.place {
            Place::Folder { .. } => Kind::Sqlite,
            Place::Server { .. } | Place::Pair => Kind::Postgres,
        }
    }

    /// The default settings for a hub on it, with this clock.
    pub fn settings(&self, clock: &ManualClock) -> Settings {
        Settings { clock: Box::new(clock.clone()), ..Settings::new(&self.url) }
    }

    /// A hub on it with this clock. Several hubs are like several processes. On PostgreSQL such a
    /// hub is never [ready](Hub::ready): its clock is off the server's.
    pub fn hub(&self, clock: &ManualClock) -> Hub {
        Hub::open(self.settings(clock)).expect("the database was just made")
    }

    /// Runs SQL behind the product's back and returns the rows: a line a row, columns separated
    /// by `|`.
    ///
    /// # Panics
    /// On SQLite, which may have no shell on this machine, and when the SQL fails.
    pub fn psql(&self, sql: &str) -> String {
        assert_eq!(self.kind(), Kind::Postgres, "psql speaks to PostgreSQL only");
        psql(&self.url, &[sql])
    }

    /// Runs SQL that both databases understand behind the product's back and returns the rows: a
    /// line a row, columns separated by `|`.
    ///
    /// # Panics
    /// When the SQL fails, or this machine has no shell for SQLite.
    pub fn rows(&self, sql: &str) -> String {
        match self.url.strip_prefix("sqlite://") {
            Some(file) => sqlite(file, "-list", sql),
            None => psql(&self.url, &[sql]),
        }
    }

    /// The names of its tables.
    ///
    /// # Panics
    /// As [`Database::rows`].
    pub fn tables(&self) -> Vec<String> {
        let tables = match self.kind() {
            Kind::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
            Kind::Postgres => "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
        };
        self.rows(tables).lines().map(str::to_owned).collect()
    }

    /// All that is in these tables, a line a row, sorted.
    ///
    /// # Panics
    /// As [`Database::rows`].
    pub fn contents(&self, tables: &[String]) -> Vec<String> {
        let selects = tables.iter().map(|table| format!("SELECT '{table}', * FROM {table}"));
        let selects: Vec<_> = selects.collect();
        let rows = match self.url.strip_prefix("sqlite://") {
            // Bytes are shown in hexadecimal, as psql does anyway.
            Some(file) => sqlite(file, "-quote", &selects.join(";")),
            None => psql(&self.url, &selects.iter().map(String::as_str).collect::<Vec<_>>()),
        };
        let mut rows: Vec<_> = rows.lines().map(str::to_owned).collect();
        rows.sort_unstable();
        rows
    }

    /// Keeps all who write to it away.
    ///
    /// # Panics
    /// As [`Database::rows`].
    pub fn lock(&self) -> Lock {
        match self.url.strip_prefix("sqlite://") {
            Some(file) => Lock::taken(
                Command::new("sqlite3").args(["-batch", "-bail", file]),
                lock::ON_SQLITE,
            ),
            None => {
                let mut shell = Command::new(program("psql"));
                let shell = shell.args([
                    "--no-psqlrc",
                    "--quiet",
                    "--no-password",
                    "--set=ON_ERROR_STOP=1",
                ]);
                let shell = shell.arg(&self.url);
                Lock::taken(shell, lock::ON_POSTGRES)
            }
        }
    }

    /// Asserts that what the database holds fits together.
    pub fn assert_sound(&self) {
        let broken = Hub::check(&self.url).expect("the database can be checked");
        assert!(broken.is_empty(), "{self}: {broken:#?}");
    }
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("this was on {:?}", self.kind());
        }
        if let Place::Server { url, name } = &self.place {
            let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            // A server that a test stopped for good took the database with it.
            let _ = std::panic::catch_unwind(|| psql(&maintenance(url), &[&drop]));
        }
    }
}

/// The server for tests, if there is one.
fn server() -> Option<String> {
    match std::env::var(POSTGRES) {
        Ok(none) if none == "none" => None,
        Ok(url) => Some(url.trim_end_matches('/').to_owned()),
        Err(VarError::NotUnicode(_)) => panic!("{POSTGRES} is no text"),
        Err(VarError::NotPresent) => {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "CI=true, but no {POSTGRES}");
            static SAID: Once = Once::new();
            SAID.call_once(|| {
                eprintln!("{POSTGRES} is not set: the PostgreSQL half of the tests DID NOT RUN");
            });
            None
        }
    }
}

/// Runs SQL on a file and returns the rows, shown in this way.
fn sqlite(file: &str, shown: &str, sql: &str) -> String {
    let mut shell = Command::new("sqlite3");
    output_of(shell.args(["-batch", shown, "-cmd", ".timeout 5000", file, sql]))
}

/// The database that every server has.
fn maintenance(server: &str) -> String {
    format!("{server}/postgres")
}
