//! Numbers put into pools.

use leaseline_core::Timestamp;
use leaseline_core::ids::PoolId;
use leaseline_core::pool::NewNumber;

use crate::error::StoreError;
use crate::record::imports::{self, MOST_AT_ONCE};
use crate::transaction::Tx;

/// Puts numbers into a pool, in their order, to be seen at once; those that are in a pool already
/// stay where they are. Says how many are new.
pub fn new_numbers(
    tx: &mut Tx<'_>,
    pool: PoolId,
    numbers: &[NewNumber],
    now: Timestamp,
) -> Result<usize, StoreError> {
    let import = imports::begin_live(tx, pool, now)?;
    let numbers: Vec<_> = numbers.iter().collect();
    let mut added = 0;
    for chunk in numbers.chunks(MOST_AT_ONCE) {
        added += imports::insert(tx, pool, import, chunk)?;
    }
    Ok(added)
}
