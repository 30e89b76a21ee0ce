//! A fresh database for each measurement, gone after it.

use std::env;
use std::path::Path;
use std::process::{self, Command};
use std::sync::atomic::{AtomicU32, Ordering};

use clap::ValueEnum;
use tempfile::TempDir;

use crate::Failure;

/// Where a PostgreSQL server is found: a URL without a database name.
const POSTGRES: &str = "LEASELINE_TEST_POSTGRES";

/// So many databases were made on a server.
static MADE: AtomicU32 = AtomicU32::new(0);

/// The kind of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// The embedded one.
    Sqlite,
    /// The server.
    Postgres,
}

impl Kind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// A database of its own for one measurement; gone when dropped.
pub(crate) enum Database {
    Folder(TempDir),
    Server { server: String, name: String },
}

impl Database {
    /// An empty one; SQLite's files go into a folder of their own in `folder`.
    pub(crate) fn fresh(kind: Kind, folder: &Path) -> Result<Self, Failure> {
        match kind {
            Kind::Sqlite => Ok(Self::Folder(tempfile::tempdir_in(folder)?)),
            Kind::Postgres => Self::on_server(),
        }
    }

    fn on_server() -> Result<Self, Failure> {
        let server = env::var(POSTGRES);
        let server = server.map_err(|_| format!("find PostgreSQL: {POSTGRES} is not set"))?;
        let server = server.trim_end_matches('/').to_owned();
        let nth = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("leaseline_load_{}_{nth}", process::id());
        let maintenance = format!("{server}/postgres");
        // An earlier process with our number may have been killed before it could clear up.
        psql(&maintenance, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))?;
        psql(&maintenance, &format!("CREATE DATABASE {name}"))?;
        Ok(Self::Server { server, name })
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Self::Folder(folder) => {
                format!("sqlite://{}", folder.path().join("load.db").display())
            }
            Self::Server { server, name } => format!("{server}/{name}"),
        }
    }

    /// Brings a database that was just filled to where it would be by itself after some minutes:
    /// PostgreSQL collects statistics and writes out what the import left.
    pub(crate) fn settle(&self) -> Result<(), Failure> {
        match self {
            Self::Folder(_) => Ok(()),
            Self::Server { .. } => {
                psql(&self.url(), "VACUUM ANALYZE")?;
                psql(&self.url(), "CHECKPOINT")
            }
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Self::Server { server, name } = self {
            let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            if let Err(error) = psql(&format!("{server}/postgres"), &drop) {
                eprintln!("{name} is left behind: {error}");
            }
        }
    }
}

fn psql(url: &str, sql: &str) -> Result<(), Failure> {
    let output = Command::new("psql")
        .env("PGOPTIONS", "--client-min-messages=warning")
        .args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--command", sql, url])
        .output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("run psql: {}", String::from_utf8_lossy(&output.stderr).trim_end()).into())
}
