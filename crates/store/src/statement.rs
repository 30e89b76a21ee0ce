//! One statement over many rows.
//!
//! `WITH v (a, b) AS (rows) SELECT … FROM v JOIN …`: the rows are the relation `v`, the text
//! after it is the same for both databases. PostgreSQL gets them as arrays through `unnest`, so
//! its text never changes. SQLite gets a VALUES list whose length is rounded up with rows of NULLs
//! to a power of two or half as much again, so that few prepared statements serve every batch size.
//! Diesel caches both by their text. Statements that insert leave the padding out by
//! `WHERE … IS NOT NULL`; in a join NULL meets nothing.
//!
//! One that fails has its whole transaction undone. So SQLite need not be able to undo the one
//! statement, for which it would copy each page before it changes it: see [`in_place`].

use std::marker::PhantomData;

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::query_dsl::methods::LoadQuery;
use diesel::result::QueryResult;
use diesel::sql_types::{Array, BigInt, Binary, Nullable, Text};
use diesel::sqlite::Sqlite;
use diesel::{PgConnection, RunQueryDsl, SqliteConnection};

use crate::connection::AnyConnection;

/// A statement, with the rows of its relation `v` and the integers for its `{}`.
pub(crate) struct Statement<'a, ST = ()> {
    text: &'static str,
    rows: Option<Rows<'a>>,
    integers: Vec<i64>,
    row_type: PhantomData<ST>,
}

/// The rows of `v`, column by column.
pub(crate) struct Rows<'a> {
    names: &'static str,
    columns: Vec<Column<'a>>,
}

enum Column<'a> {
    Integers(Vec<Option<i64>>),
    Texts(Vec<Option<&'a str>>),
    Bytes(Vec<Option<&'a [u8]>>),
}

impl<'a> Rows<'a> {
    /// Rows with these columns, comma-separated, to be filled in that order.
    pub(crate) const fn new(names: &'static str) -> Self {
        Self { names, columns: Vec::new() }
    }

    pub(crate) fn integers(self, values: impl IntoIterator<Item = i64>) -> Self {
        self.optional_integers(values.into_iter().map(Some))
    }

    pub(crate) fn optional_integers(
        mut self,
        values: impl IntoIterator<Item = Option<i64>>,
    ) -> Self {
        self.columns.push(Column::Integers(values.into_iter().collect()));
        self
    }

    pub(crate) fn texts(self, values: impl IntoIterator<Item = &'a str>) -> Self {
        self.optional_texts(values.into_iter().map(Some))
    }

    pub(crate) fn optional_texts(
        mut self,
        values: impl IntoIterator<Item = Option<&'a str>>,
    ) -> Self {
        self.columns.push(Column::Texts(values.into_iter().collect()));
        self
    }

    pub(crate) fn bytes(self, values: impl IntoIterator<Item = &'a [u8]>) -> Self {
        self.optional_bytes(values.into_iter().map(Some))
    }

    pub(crate) fn optional_bytes(
        mut self,
        values: impl IntoIterator<Item = Option<&'a [u8]>>,
    ) -> Self {
        self.columns.push(Column::Bytes(values.into_iter().collect()));
        self
    }

    fn len(&self) -> usize {
        self.columns.first().map_or(0, Column::len)
    }
}

impl Column<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Integers(values) => values.len(),
            Self::Texts(values) => values.len(),
            Self::Bytes(values) => values.len(),
        }
    }
}

impl<'a, ST> Statement<'a, ST> {
    /// A statement; each `{}` in it stands for an integer.
    pub(crate) const fn new(text: &'static str) -> Self {
        Self { text, rows: None, integers: Vec::new(), row_type: PhantomData }
    }

    /// The rows of `v`.
    pub(crate) fn over(mut self, rows: Rows<'a>) -> Self {
        self.rows = Some(rows);
        self
    }

    /// The integer for the next `{}`.
    pub(crate) fn integer(mut self, value: i64) -> Self {
        self.integers.push(value);
        self
    }

    /// Runs it; over no rows there is nothing to run.
    pub(crate) fn load<'q, U>(self, connection: &mut AnyConnection) -> QueryResult<Vec<U>>
    where
        Self: LoadQuery<'q, SqliteConnection, U> + LoadQuery<'q, PgConnection, U>,
    {
        if self.is_over_nothing() {
            return Ok(Vec::new());
        }
        match connection {
            AnyConnection::Sqlite(connection) => RunQueryDsl::load(self, connection),
            AnyConnection::Postgres(connection) => RunQueryDsl::load(self, connection),
        }
    }

    /// Runs it and counts the rows it changed; over no rows there is nothing to run.
    pub(crate) fn execute(self, connection: &mut AnyConnection) -> QueryResult<usize> {
        if self.is_over_nothing() {
            return Ok(0);
        }
        match connection {
            AnyConnection::Sqlite(connection) => RunQueryDsl::execute(self, connection),
            AnyConnection::Postgres(connection) => RunQueryDsl::execute(self, connection),
        }
    }

    fn is_over_nothing(&self) -> bool {
        self.rows.as_ref().is_some_and(|rows| rows.len() == 0)
    }
}

impl<ST> Query for Statement<'_, ST> {
    type SqlType = ST;
}

impl<ST, Conn> RunQueryDsl<Conn> for Statement<'_, ST> {}

// No static id: diesel then caches the prepared statement under its text.
impl<ST> QueryId for Statement<'_, ST> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<ST> QueryFragment<Sqlite> for Statement<'_, ST> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        if let Some(rows) = &self.rows {
            rows.open(&mut out);
            out.push_sql("VALUES ");
            for row in 0..rounded_up(rows.len()) {
                out.push_sql(if row == 0 { "(" } else { ",(" });
                for (place, column) in rows.columns.iter().enumerate() {
                    out.push_sql(if place == 0 { "" } else { "," });
                    column.push_value(row, &mut out)?;
                }
                out.push_sql(")");
            }
            out.push_sql(") ");
        }
        let (verb, rest) = in_place(self.text);
        out.push_sql(verb);
        push_text(rest, &self.integers, out)
    }
}

/// The next of 1, 2, 3, 4, 6, 8, 12, 16, 24 and so on: each row that is added costs as much text as one that is
/// meant, and each length a prepared statement.
const fn rounded_up(rows: usize) -> usize {
    let power = rows.next_power_of_two();
    let between = power / 4 * 3;
    if rows <= between { between } else { power }
}

/// The beginning of a statement that changes rows as SQLite carries it out without copies of the pages,
/// and what follows it. `OR FAIL` leaves what was changed before a row that is refused.
fn in_place(text: &str) -> (&'static str, &str) {
    let text = text.trim_start();
    let verbs = [("INSERT INTO", "INSERT OR FAIL INTO"), ("UPDATE", "UPDATE OR FAIL")];
    let found = verbs.iter().find_map(|(verb, kept)| Some((*kept, text.strip_prefix(verb)?)));
    found.unwrap_or(("", text))
}

impl<ST> QueryFragment<Pg> for Statement<'_, ST> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        if let Some(rows) = &self.rows {
            rows.open(&mut out);
            out.push_sql("SELECT * FROM unnest(");
            for (place, column) in rows.columns.iter().enumerate() {
                out.push_sql(if place == 0 { "" } else { "," });
                column.push_array(&mut out)?;
            }
            out.push_sql(")) ");
        }
        push_text(self.text, &self.integers, out)
    }
}

impl Rows<'_> {
    fn open<DB: diesel::backend::Backend>(&self, out: &mut AstPass<'_, '_, DB>) {
        out.push_sql("WITH v (");
        out.push_sql(self.names);
        out.push_sql(") AS (");
    }
}

impl Column<'_> {
    fn push_value<'b>(&'b self, row: usize, out: &mut AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        match self {
            Self::Integers(values) => {
                out.push_bind_param::<Nullable<BigInt>, _>(values.get(row).unwrap_or(&None::<i64>))
            }
            Self::Texts(values) => {
                out.push_bind_param::<Nullable<Text>, _>(values.get(row).unwrap_or(&None::<&str>))
            }
            Self::Bytes(values) => out
                .push_bind_param::<Nullable<Binary>, _>(values.get(row).unwrap_or(&None::<&[u8]>)),
        }
    }

    fn push_array<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        match self {
            Self::Integers(values) => out.push_bind_param::<Array<Nullable<BigInt>>, _>(values),
            Self::Texts(values) => out.push_bind_param::<Array<Nullable<Text>>, _>(values),
            Self::Bytes(values) => out.push_bind_param::<Array<Nullable<Binary>>, _>(values),
        }
    }
}

fn push_text<'b, DB>(
    text: &'static str,
    integers: &'b [i64],
    mut out: AstPass<'_, 'b, DB>,
) -> QueryResult<()>
where
    DB: diesel::backend::Backend + diesel::sql_types::HasSqlType<BigInt>,
    i64: diesel::serialize::ToSql<BigInt, DB>,
{
    let mut integers = integers.iter();
    // Looked for by one byte: a search for two costs as much as a small statement's own work.
    for (place, piece) in text.split('{').enumerate() {
        if place == 0 {
            out.push_sql(piece);
            continue;
        }
        let integer = integers.next().expect("as many integers as there are {} in the text");
        out.push_bind_param::<BigInt, _>(integer)?;
        out.push_sql(piece.strip_prefix('}').expect("braces come in pairs in our texts"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::WriteError;
    use crate::plan::Planner;

    const INSERT: &str = "
        INSERT INTO writers (id, batch, seen_at) SELECT id, batch, 1 FROM v WHERE id IS NOT NULL";

    fn rows(ids: [&[u8]; 2]) -> Statement<'_> {
        Statement::new(INSERT).over(Rows::new("id, batch").bytes(ids).integers([1, 2]))
    }

    #[test]
    fn few_lengths_serve_all() {
        let lengths: Vec<_> = (1..=17).map(rounded_up).collect();
        assert_eq!(lengths, [1, 2, 3, 4, 6, 6, 8, 8, 12, 12, 12, 12, 16, 16, 16, 16, 24]);
    }

    #[test]
    fn sqlite_changes_pages_in_place() {
        let text = |text| {
            diesel::debug_query::<Sqlite, _>(
                &Statement::<()>::new(text).over(Rows::new("a").integers([7])),
            )
            .to_string()
        };
        let over = "WITH v (a) AS (VALUES (?)) ";
        let binds = " -- binds: [Some(7)]";
        assert_eq!(
            text(" UPDATE t SET a = 1 FROM v"),
            format!("{over}UPDATE OR FAIL t SET a = 1 FROM v{binds}")
        );
        assert_eq!(
            text("INSERT INTO t SELECT a FROM v"),
            format!("{over}INSERT OR FAIL INTO t SELECT a FROM v{binds}")
        );
        assert_eq!(text("SELECT a FROM v"), format!("{over}SELECT a FROM v{binds}"));
    }

    #[test]
    fn a_row_that_is_refused_undoes_its_transaction() {
        let mut planner = Planner::new();
        let session = planner.session();
        let (one, other) = ([1; 16], [2; 16]);
        let refused = session.write(|tx| Ok(rows([&one, &one]).execute(tx.connection)?));
        assert!(matches!(refused, Err(WriteError::NotDone(_))), "{refused:?}");
        let written = session.write(|tx| Ok(rows([&one, &other]).execute(tx.connection)?));
        assert_eq!(written.ok(), Some(2));
    }
}
