//! Whole tables on SQLite.

use diesel::connection::SimpleConnection;
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, RunQueryDsl, SqliteConnection, sql_query};

use crate::error::StoreError;
use crate::transfer::{Carry, Column, ColumnKind, Fetched, Journal, Table};

#[derive(QueryableByName)]
struct JournalMode {
    #[diesel(sql_type = Text)]
    journal_mode: String,
}

#[derive(QueryableByName)]
struct Checkpoint {
    #[diesel(sql_type = BigInt)]
    busy: i64,
}

/// Whoever wants to write waits this long, at the most, for a journal to be emptied that somebody
/// reads.
const SHORT_WAIT: &str = "PRAGMA busy_timeout = 100";

impl Carry for SqliteConnection {
    fn columns(&self) -> &'static str {
        "SELECT t.name, c.name, c.type FROM sqlite_schema t JOIN pragma_table_info(t.name) c
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
           AND t.name <> '__diesel_schema_migrations'"
    }

    fn references(&self) -> &'static str {
        "SELECT t.name, f.\"table\" FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) f
         WHERE t.type = 'table'"
    }

    fn select(&self, table: &Table) -> String {
        let columns = table.listed(|_, Column { name, kind }| match kind {
            ColumnKind::Integer | ColumnKind::Text => format!("\"{name}\""),
            // hex(NULL) is an empty text.
            ColumnKind::Bytes => format!("iif(\"{name}\" IS NULL, NULL, hex(\"{name}\"))"),
        });
        format!("SELECT json_array({columns}) AS text FROM \"{}\"", table.name)
    }

    fn insert(&self, table: &Table) -> String {
        let names = table.listed(|_, column| format!("\"{}\"", column.name));
        let values = table.listed(|place, column| match column.kind {
            ColumnKind::Integer | ColumnKind::Text => format!("json_extract(value, '$[{place}]')"),
            ColumnKind::Bytes => format!("unhex(json_extract(value, '$[{place}]'))"),
        });
        format!("INSERT INTO \"{}\" ({names}) SELECT {values} FROM json_each(?)", table.name)
    }

    fn fetch(
        &mut self,
        question: &str,
        each: &mut dyn FnMut(String) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut rows = sql_query(question).load_iter::<Fetched, _>(self)?;
        rows.try_for_each(|row: QueryResult<Fetched>| each(row?.text))
    }

    fn run(&mut self, statement: &str, parameter: &str) -> Result<(), StoreError> {
        sql_query(statement).bind::<Text, _>(parameter).execute(self)?;
        Ok(())
    }

    /// Ids follow the greatest one by themselves.
    fn restart_sequences(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    /// A connection in WAL mode holds a lock for as long as it is open, and leaving WAL mode takes
    /// all of them.
    fn is_in_use(&mut self) -> Result<bool, StoreError> {
        let left = sql_query("PRAGMA journal_mode = DELETE").load::<JournalMode>(self);
        match left.map_err(StoreError::from) {
            Ok(modes) => Ok(modes.iter().any(|mode| mode.journal_mode != "delete")),
            Err(StoreError::Busy(_)) => Ok(true),
            Err(error) => Err(error),
        }
    }

    fn empty_journal(&mut self) -> Result<Journal, StoreError> {
        self.batch_execute(SHORT_WAIT)?;
        let done = sql_query("PRAGMA wal_checkpoint(TRUNCATE)").load::<Checkpoint>(self);
        match done.map_err(StoreError::from) {
            Ok(done) if done.iter().all(|done| done.busy == 0) => Ok(Journal::Emptied),
            Ok(_) | Err(StoreError::Busy(_)) => Ok(Journal::Needed),
            Err(error) => Err(error),
        }
    }
}
