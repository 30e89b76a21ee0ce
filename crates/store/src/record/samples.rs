//! Samples of how pools stand.

use leaseline_core::Timestamp;
use leaseline_core::ids::PoolId;
use leaseline_core::stock::Stock;

use crate::error::StoreError;
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// Pools as they stood at some time; the slot is the beginning of the span of time that this stands
/// for.
pub type SlotSample = (Timestamp, PoolId, Stock);

/// Writes down samples, unless another process was first.
pub fn samples(tx: &mut Tx<'_>, samples: &[SlotSample]) -> Result<(), StoreError> {
    let stock = |part: fn(&Stock) -> u64| {
        samples.iter().map(move |(_, _, stock)| i64::try_from(part(stock)).unwrap_or(i64::MAX))
    };
    let rows = Rows::new("slot, pool_id, free, reserved, leased, subscribed, resting, blocked")
        .integers(samples.iter().map(|(slot, _, _)| slot.micros()))
        .integers(samples.iter().map(|(_, pool, _)| pool.get()))
        .integers(stock(|stock| stock.free))
        .integers(stock(|stock| stock.reserved))
        .integers(stock(|stock| stock.leased))
        .integers(stock(|stock| stock.subscribed))
        .integers(stock(|stock| stock.resting))
        .integers(stock(|stock| stock.blocked));
    Statement::<()>::new(INSERT).over(rows).execute(tx.connection)?;
    Ok(())
}

/// Removes at most so many samples: those of these slots, and those taken before `gone_before`; says
/// how many.
pub fn thin(
    tx: &mut Tx<'_>,
    slots: &[Timestamp],
    gone_before: Timestamp,
    most: i64,
) -> Result<usize, StoreError> {
    let slots = Rows::new("slot").integers(slots.iter().map(|slot| slot.micros()));
    let thinned = Statement::<()>::new(THIN).over(slots).integer(most).execute(tx.connection)?;
    let gone = Statement::<()>::new(DROP).integer(gone_before.micros()).integer(most);
    Ok(thinned + gone.execute(tx.connection)?)
}

const INSERT: &str = "
    INSERT INTO pool_samples
      (slot, pool_id, free, reserved, leased, subscribed, resting, blocked)
    SELECT slot, pool_id, free, reserved, leased, subscribed, resting, blocked
    FROM v WHERE slot IS NOT NULL
    ON CONFLICT (slot, pool_id) DO NOTHING";

const THIN: &str = "
    DELETE FROM pool_samples WHERE (slot, pool_id) IN
      (SELECT s.slot, s.pool_id FROM v JOIN pool_samples s ON s.slot = v.slot LIMIT {})";

const DROP: &str = "
    DELETE FROM pool_samples WHERE (slot, pool_id) IN
      (SELECT s.slot, s.pool_id FROM pool_samples s WHERE s.slot < {} LIMIT {})";
