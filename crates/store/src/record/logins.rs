//! Failed logins, and from where somebody has logged in.

use diesel::prelude::*;
use leaseline_core::Timestamp;

use crate::error::StoreError;
use crate::load::logins::LoginKey;
use crate::schema::login_failures;
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// So many failures are kept, the latest, however fast they come.
const MOST_FAILURES: i64 = 100_000;

/// So many sources of one user are kept, the latest.
const MOST_SOURCES: i64 = 1_000;

/// Counts a failure.
pub fn failed(tx: &mut Tx<'_>, key: &LoginKey, now: Timestamp) -> Result<(), StoreError> {
    let id = write_down(tx, key, now)?;
    let too_many = login_failures::table.filter(login_failures::id.le(id - MOST_FAILURES));
    diesel::delete(too_many).execute(tx.connection)?;
    Ok(())
}

/// Does what counting a failure does, and leaves nothing behind: it takes as long.
pub fn held_off(tx: &mut Tx<'_>, key: &LoginKey, now: Timestamp) -> Result<(), StoreError> {
    let id = write_down(tx, key, now)?;
    let this_one = login_failures::table.filter(login_failures::id.eq(id));
    diesel::delete(this_one).execute(tx.connection)?;
    Ok(())
}

fn write_down(tx: &mut Tx<'_>, key: &LoginKey, now: Timestamp) -> Result<i64, StoreError> {
    let id = diesel::insert_into(login_failures::table)
        .values((
            login_failures::who.eq(&key.who[..]),
            login_failures::source.eq(&key.source[..]),
            login_failures::at.eq(now.micros()),
        ))
        .returning(login_failures::id)
        .get_result(tx.connection)?;
    Ok(id)
}

/// Remembers from where somebody logged in.
pub fn succeeded(tx: &mut Tx<'_>, key: &LoginKey, now: Timestamp) -> Result<(), StoreError> {
    let row = || Rows::new("who, source").bytes([&key.who[..]]).bytes([&key.source[..]]);
    Statement::<()>::new(REMEMBER).over(row()).integer(now.micros()).execute(tx.connection)?;
    Statement::<()>::new(FORGET_SOURCES)
        .over(row())
        .integer(MOST_SOURCES - 1)
        .execute(tx.connection)?;
    Ok(())
}

/// Forgets failures before an instant, the oldest first, at most so many, and says how many.
pub fn forget_failures(tx: &mut Tx<'_>, before: Timestamp, most: i64) -> Result<usize, StoreError> {
    let forget = Statement::<()>::new(FORGET_FAILURES).integer(before.micros()).integer(most);
    Ok(forget.execute(tx.connection)?)
}

const REMEMBER: &str = "
    INSERT INTO logins (who, source, at) SELECT who, source, {} FROM v WHERE who IS NOT NULL
    ON CONFLICT (who, source) DO UPDATE SET at = excluded.at";

const FORGET_SOURCES: &str = "
    DELETE FROM logins WHERE who = (SELECT who FROM v)
    AND at < (SELECT l.at FROM v JOIN logins l ON l.who = v.who
              ORDER BY l.at DESC LIMIT 1 OFFSET {})";

const FORGET_FAILURES: &str = "
    DELETE FROM login_failures
    WHERE id IN (SELECT id FROM login_failures WHERE at < {} ORDER BY at LIMIT {})";
