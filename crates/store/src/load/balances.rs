//! A customer's balance as it was, and who has least.

use diesel::sql_types::BigInt;
use leaseline_core::Timestamp;
use leaseline_core::customer::CustomerView;
use leaseline_core::ids::CustomerId;
use leaseline_core::money::Credits;

use super::customers::customers;
use crate::error::StoreError;
use crate::row::known;
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// A customer's balance at these instants, in their order: what all entries up to then come to, zero
/// before the first. Nothing, if there is no such customer. The entries are found by halving, so that
/// the time this takes hardly grows with the past.
pub fn balances(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    instants: &[Timestamp],
) -> Result<Vec<Credits>, StoreError> {
    let rows = Rows::new("place, at")
        .integers((0..).take(instants.len()))
        .integers(instants.iter().map(|at| at.micros()));
    let rows: Vec<(i64, i64)> = Statement::<(BigInt, BigInt)>::new(BALANCES)
        .over(rows)
        .integer(customer.get())
        .load(tx.connection)?;
    Ok(rows.into_iter().map(|(_, balance)| Credits::new(balance)).collect())
}

/// At most so many active customers, those with the least credit first.
pub fn lowest(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<CustomerView>, StoreError> {
    let ids: Vec<i64> =
        Statement::<BigInt>::new(LOWEST).integer(i64::from(limit)).load(tx.connection)?;
    let ids: Vec<CustomerId> = ids
        .into_iter()
        .map(|id| known(CustomerId::new(id), "customers"))
        .collect::<Result<_, _>>()?;
    let mut views: Vec<_> = customers(tx, &ids)?.into_values().collect();
    views.sort_by_key(|view| (view.balance, view.customer.id));
    Ok(views)
}

// Entries have no gaps and are written in the order of time, so for each instant the last one up to
// then is found by steps that are halved: each is one look at the key. A subselect, as PostgreSQL
// would rather join all entries there are with what it expects of the recursion.
const BALANCES: &str = "
    SELECT f.place,
           CAST(COALESCE((SELECT e.balance_after FROM ledger_entries e
                          WHERE e.ledger_id = f.ledger_id AND e.seq = f.seq), 0) AS BIGINT)
    FROM (WITH RECURSIVE reach (ledger_id, step, last_seq) AS (
            SELECT l.id, CAST(1 AS BIGINT), l.last_seq
            FROM customers c JOIN ledgers l ON l.id = c.ledger_id WHERE c.id = {}
            UNION ALL
            SELECT ledger_id, step * 2, last_seq FROM reach WHERE step * 2 <= last_seq
          ), found (place, at, ledger_id, seq, step) AS (
            SELECT v.place, v.at, r.ledger_id, CAST(0 AS BIGINT), r.step
            FROM v CROSS JOIN (SELECT ledger_id, max(step) AS step FROM reach GROUP BY ledger_id) r
            WHERE v.place IS NOT NULL
            UNION ALL
            SELECT s.place, s.at, s.ledger_id,
                   s.seq + s.step * COALESCE((
                     SELECT 1 FROM ledger_entries e
                     WHERE e.ledger_id = s.ledger_id AND e.seq = s.seq + s.step AND e.at <= s.at), 0),
                   s.step / 2
            FROM found s WHERE s.step > 0
          )
          SELECT place, ledger_id, seq FROM found WHERE step = 0) f
    ORDER BY f.place";

const LOWEST: &str = "
    SELECT c.id FROM customers c JOIN ledgers l ON l.id = c.ledger_id
    WHERE c.status = 1 ORDER BY l.balance, c.id LIMIT {}";
