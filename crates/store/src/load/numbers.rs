//! Numbers: which are free, and which phones are numbers of ours.

use std::collections::{HashMap, HashSet, VecDeque};

use diesel::sql_types::{BigInt, Text};
use leaseline_core::Timestamp;
use leaseline_core::ids::{CustomerId, NumberId};
use leaseline_core::phone::{E164, PhoneNumber};
use leaseline_core::pool::{FreeNumber, Shelf};

use crate::error::StoreError;
use crate::row::{GENERAL_SHELF, known, quarantine};
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// So many numbers of one shelf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub(crate) shelf: i64,
    pub(crate) count: i64,
}

/// What to do about numbers that another transaction holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// Pass them over.
    SkipLocked,
    /// Wait for them, up to the lock time-out.
    Wait,
}

impl Wanted {
    /// So many numbers of one shelf.
    pub const fn new(shelf: Shelf, count: i64) -> Self {
        Self { shelf: shelf_code(shelf), count }
    }
}

pub(crate) const fn shelf_code(shelf: Shelf) -> i64 {
    match shelf {
        Shelf::General => GENERAL_SHELF,
        Shelf::ReservedFor(customer) => customer.get(),
    }
}

fn shelf(code: i64) -> Result<Shelf, StoreError> {
    if code == GENERAL_SHELF {
        return Ok(Shelf::General);
    }
    Ok(Shelf::ReservedFor(known(CustomerId::new(code), "numbers")?))
}

/// The numbers of these shelves that are free now, the one that rested longest first, held until
/// the transaction ends. The numbers of an import that is not live are not there.
pub fn free(
    tx: &mut Tx<'_>,
    wanted: &[Wanted],
    now: Timestamp,
    patience: Patience,
) -> Result<HashMap<Shelf, VecDeque<FreeNumber>>, StoreError> {
    let mut shelves: HashMap<Shelf, VecDeque<FreeNumber>> = HashMap::new();
    if wanted.is_empty() {
        return Ok(shelves);
    }
    for row in tx.connection.dialect().pick(wanted, now.micros(), patience)? {
        shelves.entry(shelf(row.0)?).or_default().push_back(free_number(row)?);
    }
    for Wanted { shelf: code, count } in wanted {
        let count = usize::try_from(*count).unwrap_or(usize::MAX);
        shelves.entry(shelf(*code)?).and_modify(|free| free.truncate(count));
    }
    Ok(shelves)
}

/// Those of the shelves on which a number is free now, held by another transaction or not.
pub fn shelves_with_free(
    tx: &mut Tx<'_>,
    shelves: &[Shelf],
    now: Timestamp,
) -> Result<HashSet<Shelf>, StoreError> {
    let rows = Rows::new("shelf").integers(shelves.iter().map(|shelf| shelf_code(*shelf)));
    let rows: Vec<i64> = Statement::<BigInt>::new(SHELVES_WITH_FREE)
        .over(rows)
        .integer(now.micros())
        .load(tx.connection)?;
    rows.into_iter().map(shelf).collect()
}

/// How many numbers a customer holds in reserve, blocked ones included.
pub fn reserved(tx: &mut Tx<'_>, customer: CustomerId) -> Result<i64, StoreError> {
    let rows: Vec<i64> =
        Statement::<BigInt>::new(RESERVED).integer(customer.get()).load(tx.connection)?;
    known(rows.first().copied(), "reservations")
}

/// Those of the phones that are numbers of the inventory.
pub fn in_inventory(tx: &mut Tx<'_>, phones: &[E164]) -> Result<HashSet<E164>, StoreError> {
    let rows = Rows::new("e164").integers(phones.iter().map(|phone| phone.integer()));
    let rows: Vec<i64> =
        Statement::<BigInt>::new("SELECT n.e164 FROM v JOIN numbers n ON n.e164 = v.e164")
            .over(rows)
            .load(tx.connection)?;
    rows.into_iter().map(|e164| known(E164::from_integer(e164).ok(), "numbers")).collect()
}

/// What follows `WITH v (…) AS (…)` where numbers are picked: `gap (above, below)` are the ranges of
/// `free_from`, both ends left out, that hold what may be picked at the instant `{}`. Between them
/// lie the imports that are not live; see `docs/decisions/0007-an-import-is-an-instant.md`.
macro_rules! with_gaps {
    ($text:literal) => {
        concat!(
            ", gap (above, below) AS (
               SELECT lag(edge.id, 1, CAST(-1 AS BIGINT)) OVER (ORDER BY edge.id), edge.id
               FROM (SELECT id FROM number_imports WHERE live_at IS NULL
                     UNION ALL SELECT {} + 1) edge)",
            $text
        )
    };
}
pub(crate) use with_gaps;

const RESERVED: &str =
    "SELECT count(*) FROM reservations WHERE customer_id = {} AND unreserved_at IS NULL";

// Not EXISTS, for which PostgreSQL reads the whole table where most numbers are on one shelf: an
// order that is the index's keeps it to the index.
const SHELVES_WITH_FREE: &str = with_gaps!(
    "
    SELECT DISTINCT v.shelf FROM v CROSS JOIN gap
    WHERE (SELECT n.id FROM numbers n
           WHERE n.shelf = v.shelf AND n.free_from > gap.above AND n.free_from < gap.below
           ORDER BY n.free_from, n.id LIMIT 1) IS NOT NULL"
);

pub(crate) type FreeSql = (BigInt, BigInt, BigInt, Text, BigInt, BigInt);
/// shelf, id, e164, shown, turn, `quarantine_micros`.
pub(crate) type FreeRow = (i64, i64, i64, String, i64, i64);

fn free_number((_, id, e164, shown, turn, micros): FreeRow) -> Result<FreeNumber, StoreError> {
    Ok(FreeNumber {
        id: known(NumberId::new(id), "numbers")?,
        number: PhoneNumber::from_parts(&shown, known(E164::from_integer(e164).ok(), "numbers")?),
        turn,
        quarantine: quarantine(micros)?,
    })
}
