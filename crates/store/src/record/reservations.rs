//! Numbers set aside for a customer, given back to the general pool, taken out and put back.

use diesel::sql_types::{BigInt, Text};
use leaseline_core::Timestamp;
use leaseline_core::ids::{CustomerId, NumberId};
use leaseline_core::phone::{E164, PhoneNumber};
use leaseline_core::pool::Shelf;

use crate::error::StoreError;
use crate::load::numbers::shelf_code;
use crate::record::imports::MOST_AT_ONCE;
use crate::row::known;
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// Whether a number was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It was.
    Now,
    /// It had been before.
    Before,
}

/// Sets numbers aside for a customer.
pub fn reserve(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    numbers: &[NumberId],
    now: Timestamp,
) -> Result<(), StoreError> {
    for chunk in numbers.chunks(MOST_AT_ONCE) {
        let rows = || Rows::new("id").integers(chunk.iter().map(|id| id.get()));
        let shelf = shelf_code(Shelf::ReservedFor(customer));
        Statement::<()>::new(SHELVE).over(rows()).integer(shelf).execute(tx.connection)?;
        let insert = Statement::<()>::new(OPEN).over(rows());
        insert.integer(customer.get()).integer(now.micros()).execute(tx.connection)?;
    }
    Ok(())
}

/// Gives at most `limit` numbers of a customer's reserve back to the general pool and says which:
/// those that are free first, of them the last that were set aside. A lease that holds one goes
/// on. The customer's row is held by the caller.
pub fn unreserve(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    limit: u32,
    now: Timestamp,
) -> Result<Vec<PhoneNumber>, StoreError> {
    let rows: Vec<(i64, i64, String)> = Statement::<(BigInt, BigInt, Text)>::new(RESERVED)
        .integer(customer.get())
        .integer(now.micros())
        .integer(i64::from(limit))
        .load(tx.connection)?;
    let ids = || Rows::new("id").integers(rows.iter().map(|(id, _, _)| *id));
    let general = shelf_code(Shelf::General);
    Statement::<()>::new(UNSHELVE).over(ids()).integer(general).execute(tx.connection)?;
    let close = Statement::<()>::new(CLOSE).over(ids());
    close.integer(now.micros()).integer(now.micros()).execute(tx.connection)?;
    rows.into_iter().map(number).collect()
}

/// Takes a number out: nobody can lease it from now on.
pub fn block(tx: &mut Tx<'_>, number: E164) -> Result<Changed, StoreError> {
    let number = number.integer();
    let blocked = Statement::<()>::new(BLOCK).integer(number).execute(tx.connection)?;
    Ok(changed(blocked))
}

/// Puts a blocked number back where it belongs: into the reserve of a customer, into the general
/// pool, or, where its pool is not for leases, on no shelf.
pub fn unblock(tx: &mut Tx<'_>, number: E164) -> Result<Changed, StoreError> {
    let number = number.integer();
    // First the row, then a look at the reserve: somebody who gives that back meanwhile holds the
    // row too.
    let unblocked = Statement::<()>::new(UNBLOCK).integer(number).execute(tx.connection)?;
    if unblocked > 0 {
        let general = shelf_code(Shelf::General);
        Statement::<()>::new(RESHELVE).integer(general).integer(number).execute(tx.connection)?;
    }
    Ok(changed(unblocked))
}

const fn changed(rows: usize) -> Changed {
    if rows > 0 { Changed::Now } else { Changed::Before }
}

fn number((_, e164, shown): (i64, i64, String)) -> Result<PhoneNumber, StoreError> {
    let e164 = known(E164::from_integer(e164).ok(), "numbers")?;
    Ok(PhoneNumber::from_parts(&shown, e164))
}

const SHELVE: &str = "
    UPDATE numbers SET shelf = {} WHERE id IN (SELECT id FROM v WHERE id IS NOT NULL)";

const OPEN: &str = "
    INSERT INTO reservations (number_id, customer_id, reserved_at)
    SELECT id, {}, {} FROM v WHERE id IS NOT NULL";

const RESERVED: &str = "
    SELECT n.id, n.e164, n.shown
    FROM reservations r JOIN numbers n ON n.id = r.number_id
    WHERE r.customer_id = {} AND r.unreserved_at IS NULL
    ORDER BY CASE WHEN n.free_from <= {} THEN 0 ELSE 1 END, r.id DESC LIMIT {}";

// A blocked one stays on no shelf. It is written to all the same, which holds its row against
// being unblocked meanwhile.
const UNSHELVE: &str = "
    UPDATE numbers SET shelf = CASE WHEN blocked = 1 THEN NULL ELSE {} END
    WHERE id IN (SELECT id FROM v WHERE id IS NOT NULL)";

// Another process's clock may be a little ahead of ours: a reserve does not end before it began.
const CLOSE: &str = "
    UPDATE reservations
    SET unreserved_at = CASE WHEN reserved_at > {} THEN reserved_at ELSE {} END
    WHERE unreserved_at IS NULL AND number_id IN (SELECT id FROM v WHERE id IS NOT NULL)";

const BLOCK: &str = "UPDATE numbers SET blocked = 1, shelf = NULL WHERE e164 = {} AND blocked = 0";

const UNBLOCK: &str = "UPDATE numbers SET blocked = 0 WHERE e164 = {} AND blocked = 1";

const RESHELVE: &str = "
    UPDATE numbers SET shelf = COALESCE(
      (SELECT r.customer_id FROM reservations r
       WHERE r.number_id = numbers.id AND r.unreserved_at IS NULL), {})
    WHERE e164 = {} AND pool_id IN (SELECT p.id FROM pools p WHERE p.purpose = 1)";
