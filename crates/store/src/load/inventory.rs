//! How the inventory stands: how many numbers of each pool are free, leased and so on. Counted
//! piece by piece, so that no statement takes long however many numbers there are.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use leaseline_core::Timestamp;
use leaseline_core::ids::PoolId;
use leaseline_core::lease::LeaseKind;

use crate::error::StoreError;
use crate::row::{Code, known};
use crate::schema::pools;
use crate::statement::Statement;
use crate::transaction::Tx;

/// What a number is at an instant; it is one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NumberState {
    /// In a live lease of this kind, which holds one number or two.
    Leased(LeaseKind),
    /// Somebody subscribes to it.
    Subscribed,
    /// Taken out, or of an import that is not live yet.
    Blocked,
    /// Its lease or its subscription is over and its quarantine is not.
    Resting,
    /// Free for the one customer that it is reserved for.
    Reserved,
    /// Free for everybody: to be leased, or in a pool for it to be subscribed to.
    Free,
}

/// So many numbers of a pool are in this state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stock {
    /// The pool.
    pub pool: PoolId,
    /// The state.
    pub state: NumberState,
    /// How many.
    pub numbers: u64,
}

/// Where a piece of the inventory begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place(i64);

/// Counts the next so many numbers from a place on (the default one is the beginning), as of an
/// instant. With the place where the next piece begins; none after the last one.
pub fn stock(
    tx: &mut Tx<'_>,
    from: Place,
    most: u32,
    now: Timestamp,
) -> Result<(Vec<Stock>, Option<Place>), StoreError> {
    let now = now.micros();
    let rows: Vec<StockRow> = Statement::<StockSql>::new(STOCK)
        .integer(now)
        .integer(now)
        .integer(now)
        .integer(from.0)
        .integer(most.into())
        .load(tx.connection)?;
    let next = rows.iter().map(|row| row.4).max().map(Place);
    let stock = rows.into_iter().map(understood).collect::<Result<_, _>>()?;
    Ok((stock, next))
}

/// All pools with their names, in the order of their ids.
pub fn pool_names(tx: &mut Tx<'_>) -> Result<Vec<(PoolId, String)>, StoreError> {
    let rows: Vec<(i64, String)> =
        pools::table.select((pools::id, pools::name)).order(pools::id).load(tx.connection)?;
    rows.into_iter().map(|(id, name)| Ok((known(PoolId::new(id), "pools")?, name))).collect()
}

// A number's lease is looked up only where it can be live: `free_from` is never before its end. What is
// subscribed to is on no shelf.
const STOCK: &str = "
    SELECT pool_id,
           CAST(CASE WHEN kind IS NOT NULL THEN 1 WHEN account_id IS NOT NULL THEN 6
                     WHEN blocked = 1 OR (shelf IS NULL AND purpose <> 2) OR free_from IN (SELECT i.id FROM number_imports i
                                                         WHERE i.live_at IS NULL) THEN 2
                     WHEN free_from > {} THEN 3 WHEN shelf > 0 THEN 4 ELSE 5 END AS BIGINT),
           CAST(COALESCE(kind, 0) AS BIGINT), count(*), max(id)
    FROM (SELECT n.id, n.pool_id, n.shelf, n.free_from, n.account_id, n.blocked,
                 (SELECT p.purpose FROM pools p WHERE n.shelf IS NULL AND p.id = n.pool_id) AS purpose,
                 (SELECT l.kind FROM leases l WHERE n.free_from > {} AND l.id = n.lease_id
                  AND l.released_at IS NULL AND l.expires_at > {}) AS kind
          FROM numbers n WHERE n.id > {} ORDER BY n.id LIMIT {}) AS piece
    GROUP BY 1, 2, 3";

type StockSql = (BigInt, BigInt, BigInt, BigInt, BigInt);
/// pool, code of the state, code of the lease's kind or 0, count, greatest id.
type StockRow = (i64, i64, i64, i64, i64);

fn understood((pool, state, kind, numbers, _): StockRow) -> Result<Stock, StoreError> {
    let state = match state {
        1 => NumberState::Leased(lease_kind(kind)?),
        2 => NumberState::Blocked,
        3 => NumberState::Resting,
        4 => NumberState::Reserved,
        6 => NumberState::Subscribed,
        _ => NumberState::Free,
    };
    let numbers = known(u64::try_from(numbers).ok(), "numbers")?;
    Ok(Stock { pool: known(PoolId::new(pool), "numbers")?, state, numbers })
}

fn lease_kind(code: i64) -> Result<LeaseKind, StoreError> {
    LeaseKind::from_code(known(i16::try_from(code).ok(), "leases")?)
}
