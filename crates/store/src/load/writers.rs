//! What the processes that write have seen and done.

use diesel::dsl::max;
use diesel::prelude::*;
use leaseline_core::Timestamp;
use uuid::Uuid;

use crate::error::StoreError;
use crate::row::instant;
use crate::schema::writers;
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

/// What the database's own clock shows, if it has one.
pub fn database_clock(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, StoreError> {
    Ok(instant(tx.connection.dialect().clock_micros()?))
}
