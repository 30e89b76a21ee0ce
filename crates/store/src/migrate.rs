//! Bringing a database to the schema of this version.

use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::statement::Statement;
use crate::store::Store;
use crate::transaction::{Session, Tx};

// Paired folders of equal names: what one tree's versions are, the other's are too.
const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// How a database's schema compares with this version's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaState {
    /// They are the same.
    Current,
    /// The database has none of our tables.
    Empty,
    /// Migrations are missing.
    Old,
    /// The database was migrated by a later version.
    Newer,
}

/// What a migration did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migrated {
    /// How many steps it took; 0 when the schema was current.
    pub steps: usize,
    /// Where the database was copied to before; only a SQLite database that was not empty is.
    pub backup: Option<PathBuf>,
}

impl Tx<'_> {
    /// Compares the schema.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not answer.
    pub fn schema_state(&mut self) -> Result<SchemaState, StoreError> {
        let known = known_versions()?;
        let applied = applied_versions(self.connection)?;
        Ok(match applied.as_slice() {
            [] => SchemaState::Empty,
            applied if applied.iter().any(|version| !known.contains(version)) => SchemaState::Newer,
            applied if applied.len() < known.len() => SchemaState::Old,
            _ => SchemaState::Current,
        })
    }
}

impl Session {
    /// Runs the migrations that are missing, alone among all processes. A SQLite database that
    /// is not empty is copied to a file beside it first.
    ///
    /// # Errors
    /// [`StoreError::Schema`] when the database is of a later version or a migration fails.
    pub fn migrate(&mut self, store: &Store) -> Result<Migrated, StoreError> {
        let backup = match (self.read().schema_state()?, store.file()) {
            (SchemaState::Current, _) => return Ok(Migrated { steps: 0, backup: None }),
            (SchemaState::Newer, _) => return Err(StoreError::Schema(NEWER.into())),
            (SchemaState::Old, Some(file)) => Some(copy_beside(self.connection_mut(), file)?),
            (SchemaState::Old | SchemaState::Empty, _) => None,
        };
        let steps = run_pending(self.connection_mut())?;
        Ok(Migrated { steps, backup })
    }
}

const NEWER: &str = "the database was migrated by a later version of leaseline: use that version";

fn run_pending(connection: &mut AnyConnection) -> Result<usize, StoreError> {
    connection.dialect().begin_alone()?;
    let steps = steps_up(connection)?;
    connection.dialect().commit_alone()?;
    Ok(steps)
}

/// Runs the migrations that are missing, inside of a transaction; says how many there were.
pub(crate) fn steps_up(connection: &mut AnyConnection) -> Result<usize, StoreError> {
    let source = migrations(connection);
    let steps = connection.run_pending_migrations(source).map(|steps| steps.len());
    steps.map_err(|error| StoreError::Schema(format!("a migration failed: {error}")))
}

/// Undoes all migrations, inside of a transaction: what there was is gone.
pub(crate) fn steps_down(connection: &mut AnyConnection) -> Result<(), StoreError> {
    let source = migrations(connection);
    let undone = connection.revert_all_migrations(source);
    undone
        .map(drop)
        .map_err(|error| StoreError::Schema(format!("a migration could not be undone: {error}")))
}

const fn migrations(connection: &AnyConnection) -> EmbeddedMigrations {
    match connection {
        AnyConnection::Sqlite(_) => SQLITE,
        AnyConnection::Postgres(_) => POSTGRES,
    }
}

fn known_versions() -> Result<Vec<String>, StoreError> {
    let migrations = MigrationSource::<Sqlite>::migrations(&SQLITE);
    let migrations = migrations.map_err(|error| StoreError::Schema(error.to_string()))?;
    Ok(migrations.iter().map(|migration| migration.name().version().to_string()).collect())
}

fn applied_versions(connection: &mut AnyConnection) -> Result<Vec<String>, StoreError> {
    let catalogue = connection.dialect().migrations_in_catalogue();
    let tables: Vec<i64> = Statement::<BigInt>::new(catalogue).load(connection)?;
    if tables.first() != Some(&1) {
        return Ok(Vec::new());
    }
    let versions = Statement::<Text>::new("SELECT version FROM __diesel_schema_migrations");
    Ok(versions.load(connection)?)
}

fn copy_beside(connection: &mut AnyConnection, file: &Path) -> Result<PathBuf, StoreError> {
    let versions = applied_versions(connection)?.len();
    let copy = PathBuf::from(format!("{}.before-migration-{versions}", file.display()));
    copy_into(connection, &copy)?;
    Ok(copy)
}

/// Copies a SQLite database, as of one instant, into a file that is not there yet.
pub(crate) fn copy_into(connection: &mut AnyConnection, file: &Path) -> Result<(), StoreError> {
    let quoted = file.to_string_lossy().replace('\'', "''");
    Ok(connection.batch_execute(&format!("VACUUM INTO '{quoted}'"))?)
}
