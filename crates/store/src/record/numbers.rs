//! Pools and their numbers.

use std::time::Duration;

use diesel::prelude::*;
use leaseline_core::ids::{CustomerId, NumberId, PoolId};
use leaseline_core::phone::PhoneNumber;
use leaseline_core::pool::Shelf;

use crate::error::StoreError;
use crate::load::numbers::shelf_code;
use crate::row::known;
use crate::schema::pools;
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// So many rows go into one statement: SQLite takes no more than 32,766 values.
const ROWS_PER_STATEMENT: usize = 4_096;

/// Makes a pool; its region is given by its code.
pub fn new_pool(
    tx: &mut Tx<'_>,
    name: &str,
    region: &str,
    quarantine: Duration,
) -> Result<PoolId, StoreError> {
    let micros = i64::try_from(quarantine.as_micros()).unwrap_or(i64::MAX);
    let id: i64 = diesel::insert_into(pools::table)
        .values((
            pools::name.eq(name),
            pools::region.eq(region),
            pools::quarantine_micros.eq(micros),
        ))
        .returning(pools::id)
        .get_result(tx.connection)?;
    known(PoolId::new(id), "pools")
}

/// Puts numbers into a pool, in their order, on the general shelf; those that are in a pool
/// already stay where they are. Says how many are new.
pub fn new_numbers(
    tx: &mut Tx<'_>,
    pool: PoolId,
    numbers: &[PhoneNumber],
) -> Result<usize, StoreError> {
    let mut added = 0;
    for chunk in numbers.chunks(ROWS_PER_STATEMENT) {
        let rows = Rows::new("place, e164, shown")
            .integers((0..).take(chunk.len()))
            .integers(chunk.iter().map(|number| number.e164().integer()))
            .texts(chunk.iter().map(|number| number.sent()));
        let insert = Statement::<()>::new(INSERT_NUMBERS).over(rows).integer(pool.get());
        added += insert.integer(shelf_code(Shelf::General)).execute(tx.connection)?;
    }
    Ok(added)
}

/// Sets numbers aside for a customer.
pub fn reserve(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    numbers: &[NumberId],
) -> Result<(), StoreError> {
    for chunk in numbers.chunks(ROWS_PER_STATEMENT) {
        let rows = Rows::new("id").integers(chunk.iter().map(|id| id.get()));
        let shelve = Statement::<()>::new(SHELVE).over(rows);
        shelve.integer(shelf_code(Shelf::ReservedFor(customer))).execute(tx.connection)?;
    }
    Ok(())
}

const INSERT_NUMBERS: &str = "
    INSERT INTO numbers (pool_id, e164, shown, shelf, free_from, turn)
    SELECT {}, e164, shown, {}, 0, 0 FROM v WHERE e164 IS NOT NULL ORDER BY place
    ON CONFLICT (e164) DO NOTHING";

const SHELVE: &str = "
    UPDATE numbers SET shelf = {} WHERE id IN (SELECT id FROM v WHERE id IS NOT NULL)";
