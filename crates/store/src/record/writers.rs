//! What the processes that write have seen and done.

use std::time::Duration;

use diesel::prelude::*;
use leaseline_core::Timestamp;
use uuid::Uuid;

use crate::error::StoreError;
use crate::schema::writers;
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// Whoever counts all batches reads the rows of all writers, and each command that writes has one.
const REMEMBERED: Duration = Duration::from_secs(3_600);

/// Whether a batch may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchStart {
    /// It is the next one after the last that was committed.
    Next,
    /// It is the last one that was committed.
    Committed,
    /// The row says something else: this writer is not registered, or the database lacks commits
    /// that were answered.
    OutOfOrder,
}

/// Begins a writer's batch of this number, and notes the instant it is decided at. As the row
/// says which batch was committed last, a batch whose COMMIT was not answered can be tried
/// again without doing anything twice: the second try waits for the first one and finds it done.
///
/// It is found by writing the instant once more, so that the finder's own COMMIT is answered by
/// whoever must have the first one too: a synchronous standby.
pub fn begin_batch(
    tx: &mut Tx<'_>,
    writer: Uuid,
    batch: i64,
    now: Timestamp,
) -> Result<BatchStart, StoreError> {
    let mut note = |text| {
        let row = Rows::new("id, batch, seen_at")
            .bytes([writer.as_bytes().as_slice()])
            .integers([batch])
            .integers([now.micros()]);
        Statement::<()>::new(text).over(row).execute(tx.connection)
    };
    if note(BEGIN_BATCH)? == 1 {
        return Ok(BatchStart::Next);
    }
    Ok(if note(FIND_BATCH)? == 1 { BatchStart::Committed } else { BatchStart::OutOfOrder })
}

/// Registers a writer, and forgets those that have been silent for an hour. It begins with as many
/// batches as those had, so that all batches together never get fewer; says with how many.
pub fn register(tx: &mut Tx<'_>, writer: Uuid, now: Timestamp) -> Result<i64, StoreError> {
    let silent =
        writers::table.filter(writers::seen_at.lt(now.saturating_sub(REMEMBERED).micros()));
    let forgotten: Vec<i64> =
        diesel::delete(silent).returning(writers::batch).get_results(tx.connection)?;
    let batch: i64 = forgotten.iter().map(|batch| batch + 1).sum();
    diesel::insert_into(writers::table)
        .values((
            writers::id.eq(writer.as_bytes().as_slice()),
            writers::batch.eq(batch),
            writers::seen_at.eq(now.micros()),
        ))
        .execute(tx.connection)?;
    Ok(batch)
}

/// Has no writer have seen a later instant than this one; says how many had.
pub fn set_back(tx: &mut Tx<'_>, now: Timestamp) -> Result<usize, StoreError> {
    let ahead = writers::table.filter(writers::seen_at.gt(now.micros()));
    let set = diesel::update(ahead).set(writers::seen_at.eq(now.micros()));
    Ok(set.execute(tx.connection)?)
}

const BEGIN_BATCH: &str = "
    UPDATE writers SET batch = v.batch, seen_at = v.seen_at
    FROM v WHERE writers.id = v.id AND writers.batch = v.batch - 1";

const FIND_BATCH: &str = "
    UPDATE writers SET seen_at = v.seen_at FROM v WHERE writers.id = v.id AND writers.batch = v.batch";
