//! The database: which one it is, and opening a hub on it.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use leaseline_hub::{Hub, OpenError, Schema, Settings};

use crate::config::Config;
use crate::problem::Problem;

/// `sqlite://PATH`, `postgres://…` or `postgresql://…`. It may hold a password, so neither
/// `Debug` nor `Display` shows more of a server than that it is one.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

/// The text names no database that we can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it does not begin with sqlite://, postgres:// or postgresql://")]
pub struct UnknownUrl;

impl DatabaseUrl {
    /// The whole URL, a password included.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The file, if that is what it is.
    pub fn sqlite_file(&self) -> Option<&Path> {
        self.0.strip_prefix("sqlite://").map(Path::new)
    }
}

impl FromStr for DatabaseUrl {
    type Err = UnknownUrl;

    fn from_str(text: &str) -> Result<Self, UnknownUrl> {
        match text.split_once("://") {
            Some(("sqlite" | "postgres" | "postgresql", rest)) if !rest.is_empty() => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(UnknownUrl),
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.sqlite_file() {
            Some(file) => file.display().fmt(f),
            None => f.write_str("postgres://…"),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

/// What a migration did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migrated {
    /// How many steps it took; 0 when there was nothing to do.
    pub steps: usize,
    /// Where a SQLite database that was not empty was copied to before.
    pub backup: Option<String>,
}

/// Brings the database to this version's schema; a SQLite database is made if there is none.
///
/// # Errors
/// It cannot be reached or changed, or is of a later version.
pub fn migrate(config: &Config) -> Result<Migrated, Problem> {
    let url = &config.database_url;
    let migrated = Hub::schema(url.as_str()).and_then(|schema| match schema {
        Schema::Newer => Err(OpenError::Schema(schema)),
        Schema::Current | Schema::Empty | Schema::Old => Hub::migrate(url.as_str()),
    });
    let migrated =
        migrated.map_err(|error| problem(format!("migrate the database {url}"), url, error))?;
    let backup = migrated.backup.map(|path| path.display().to_string());
    let migrated = Migrated { steps: migrated.steps, backup };
    if let Some(backup) = &migrated.backup {
        tracing::info!(%backup, "copied the database before changing it");
    }
    if migrated.steps > 0 {
        tracing::info!(steps = migrated.steps, "migrated the database");
    }
    Ok(migrated)
}

/// Brings a SQLite database that is empty to this version's schema; it is made if there is none.
/// Any other is left as it is.
///
/// # Errors
/// It cannot be made or written to.
pub fn migrate_if_empty(config: &Config) -> Result<(), Problem> {
    let url = &config.database_url;
    let is_empty = |url| matches!(Hub::schema(url), Ok(Schema::Empty));
    if url.sqlite_file().is_some() && is_empty(url.as_str()) {
        migrate(config)?;
    }
    Ok(())
}

/// Opens a hub on a database that exists and has this version's schema. Call it inside of a tokio
/// runtime.
///
/// # Errors
/// It does not exist, cannot be reached, or has another schema.
pub fn open(config: &Config) -> Result<Hub, Problem> {
    open_as(config, |settings| settings)
}

/// The same, with something otherwise than it is configured: another clock, say.
///
/// # Errors
/// As [`open`].
pub fn open_as(
    config: &Config,
    otherwise: impl FnOnce(Settings) -> Settings,
) -> Result<Hub, Problem> {
    let url = &config.database_url;
    let what = || format!("open the database {url}");
    // SQLite would make an empty one, which is nothing that anybody who mistyped a name wants.
    if url.sqlite_file().is_some_and(|file| !file.exists()) {
        let hint = "name another one with --database-url, or make it: leaseline migrate";
        return Err(Problem::new(what(), "there is no such file", hint));
    }
    Hub::open(otherwise(settings(config))).map_err(|error| problem(what(), url, error))
}

/// Opens a hub, works with it and closes it, whatever came of the work.
///
/// # Errors
/// As [`open`], and those of the work.
pub async fn with_hub<T>(
    config: &Config,
    work: impl AsyncFnOnce(&Hub) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let hub = open(config)?;
    let done = work(&hub).await;
    hub.close().await;
    done
}

fn settings(config: &Config) -> Settings {
    Settings {
        batch_limit: config.limits.batch,
        inbox: config.limits.inbox,
        readers: config.limits.readers,
        max_leases_per_phone: config.apigate.max_leases_per_phone,
        throttle: config.logins,
        quotas: config.limits.quotas,
        answers_kept: config.retention.idempotency,
        requests: config.requests,
        ..Settings::new(config.database_url.as_str())
    }
}

fn problem(what: String, url: &DatabaseUrl, error: OpenError) -> Problem {
    let hint = match &error {
        OpenError::Schema(Schema::Newer) => "use the version that migrated it, or a later one",
        OpenError::Schema(_) => "leaseline migrate",
        OpenError::Url(_) => "write sqlite://leaseline.db or postgres://USER@HOST/DATABASE",
        OpenError::Randomness(_) => "is /dev/urandom there?",
        OpenError::Thread(_) => "raise the limit on the number of threads",
        OpenError::Store(_) if url.sqlite_file().is_some() => {
            "is it a database, and are file and folder writable?"
        }
        OpenError::Store(_) => "does the server run, and may this user connect to it?",
    };
    match error {
        OpenError::Schema(schema) => Problem::new(what, describe(schema), hint),
        OpenError::Store(error) => Problem::new(what, error, hint),
        error @ (OpenError::Url(_) | OpenError::Randomness(_) | OpenError::Thread(_)) => {
            Problem::new(what, error, hint)
        }
    }
}

const fn describe(schema: Schema) -> &'static str {
    match schema {
        Schema::Empty => "it is empty",
        Schema::Old => "its schema is older than this version's",
        Schema::Newer => "its schema is newer than this version's",
        Schema::Current => "its schema changed just now",
    }
}
