//! What the processes that write have seen and done.

use diesel::dsl::{exists, max};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use leaseline_core::Timestamp;
use uuid::Uuid;

use crate::error::StoreError;
use crate::row::{instant, known};
use crate::schema::writers;
use crate::statement::Statement;
use crate::transaction::Tx;

/// The latest instant that any process has seen.
pub fn latest_seen(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, StoreError> {
    let latest: Option<i64> = writers::table.select(max(writers::seen_at)).first(tx.connection)?;
    Ok(instant(latest))
}

/// The number of a writer's last committed batch.
pub fn last_batch(tx: &mut Tx<'_>, writer: Uuid) -> Result<Option<i64>, StoreError> {
    let id = writer.as_bytes().as_slice();
    Ok(writers::table.find(id).select(writers::batch).first(tx.connection).optional()?)
}

/// How many batches all writers together have committed, and how often one registered: a count that
/// grows with each of these by one.
pub fn batches(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    let sum = Statement::<BigInt>::new(
        "SELECT CAST(COALESCE(sum(batch), 0) + count(*) AS BIGINT) FROM writers",
    );
    known(sum.load(tx.connection)?.first().copied(), "writers")
}

/// Whether a writer's last batch was decided within this time.
pub fn any_seen_between(
    tx: &mut Tx<'_>,
    from: Timestamp,
    to: Timestamp,
) -> Result<bool, StoreError> {
    let seen = writers::seen_at.between(from.micros(), to.micros());
    let some = diesel::select(exists(writers::table.filter(seen)));
    Ok(some.get_result(tx.connection)?)
}

/// What the database's own clock shows, if it has one.
pub fn database_clock(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, StoreError> {
    Ok(instant(tx.connection.dialect().clock_micros()?))
}
