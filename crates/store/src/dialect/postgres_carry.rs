//! Whole tables on PostgreSQL.

use diesel::pg::PgRowByRowLoadingMode;
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Text};
use diesel::{PgConnection, RunQueryDsl, sql_query};

use crate::error::StoreError;
use crate::statement::Statement;
use crate::transfer::{Carry, Column, ColumnKind, Fetched, Journal, Table};

impl Carry for PgConnection {
    fn columns(&self) -> &'static str {
        "SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod)
         FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
         WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
           AND a.attnum > 0 AND NOT a.attisdropped
           AND c.relname <> '__diesel_schema_migrations'"
    }

    fn references(&self) -> &'static str {
        "SELECT c.relname::text, f.relname::text FROM pg_constraint k
         JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class f ON f.oid = k.confrelid
         WHERE k.contype = 'f' AND c.relnamespace = current_schema()::regnamespace"
    }

    fn select(&self, table: &Table) -> String {
        let columns = table.listed(|_, Column { name, kind }| match kind {
            ColumnKind::Integer | ColumnKind::Text => format!("\"{name}\""),
            ColumnKind::Bytes => format!("encode(\"{name}\", 'hex')"),
        });
        format!("SELECT json_build_array({columns})::text AS text FROM \"{}\"", table.name)
    }

    fn insert(&self, table: &Table) -> String {
        let names = table.listed(|_, column| format!("\"{}\"", column.name));
        let values = table.listed(|place, column| match column.kind {
            ColumnKind::Integer => format!("(r ->> {place})::bigint"),
            ColumnKind::Text => format!("r ->> {place}"),
            ColumnKind::Bytes => format!("decode(r ->> {place}, 'hex')"),
        });
        format!(
            "INSERT INTO \"{}\" ({names}) SELECT {values} FROM json_array_elements($1::json) e (r)",
            table.name
        )
    }

    fn fetch(
        &mut self,
        question: &str,
        each: &mut dyn FnMut(String) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut rows = sql_query(question).load_iter::<Fetched, PgRowByRowLoadingMode>(self)?;
        rows.try_for_each(|row: QueryResult<Fetched>| each(row?.text))
    }

    fn run(&mut self, statement: &str, parameter: &str) -> Result<(), StoreError> {
        sql_query(statement).bind::<Text, _>(parameter).execute(self)?;
        Ok(())
    }

    fn restart_sequences(&mut self) -> Result<(), StoreError> {
        let mut statements = Vec::new();
        self.fetch(RESTARTS, &mut |statement| {
            statements.push(statement);
            Ok(())
        })?;
        for statement in statements {
            self.fetch(&statement, &mut |_| Ok(()))?;
        }
        Ok(())
    }

    fn is_in_use(&mut self) -> Result<bool, StoreError> {
        let others = Statement::<BigInt>::new(
            "SELECT count(*) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()
               AND backend_type = 'client backend'",
        );
        let others: Vec<i64> = RunQueryDsl::load(others, self)?;
        Ok(others != [0])
    }

    fn empty_journal(&mut self) -> Result<Journal, StoreError> {
        Ok(Journal::Emptied)
    }
}

/// A statement for each column that gives out ids.
const RESTARTS: &str = "
    SELECT format('SELECT setval(%L, (SELECT COALESCE(max(%I), 0) + 1 FROM %I), false)::text AS text',
                  pg_get_serial_sequence(quote_ident(c.relname), a.attname), a.attname, c.relname)
           AS text
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = current_schema()::regnamespace AND a.attidentity <> ''";
