//! SQL behind the store's back. These tests may name diesel, as the store does.

use diesel::connection::SimpleConnection;
use diesel::result::QueryResult;
use diesel::{Connection, PgConnection, SqliteConnection};
use leaseline_testkit::{Database, Kind};

/// Runs statements as any client could.
pub(crate) fn run(database: &Database, sql: &str) -> QueryResult<()> {
    match database.kind() {
        Kind::Sqlite => {
            let file = database.url().strip_prefix("sqlite://").expect("a SQLite URL");
            SqliteConnection::establish(file).expect("the file is there").batch_execute(sql)
        }
        Kind::Postgres => {
            let connection = PgConnection::establish(database.url());
            connection.expect("the server is there").batch_execute(sql)
        }
    }
}

/// Runs statements without asking foreign keys: how damage gets in.
pub(crate) fn damage(database: &Database, sql: &str) {
    let unasked = match database.kind() {
        Kind::Sqlite => "PRAGMA foreign_keys = OFF",
        Kind::Postgres => "SET session_replication_role = replica",
    };
    let done = run(database, &format!("{unasked}; {sql}"));
    done.unwrap_or_else(|error| panic!("{sql}: {error}"));
}
