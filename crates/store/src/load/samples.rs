//! How pools stood, sample by sample.

use diesel::sql_types::BigInt;
use leaseline_core::Timestamp;
use leaseline_core::ids::PoolId;
use leaseline_core::stock::{Stock, StockSample};

use crate::error::StoreError;
use crate::row::known;
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// Of these spans of time the first sample of each, one pool's or the sum over all; in their order,
/// and none where there is no sample in a span.
pub fn firsts(
    tx: &mut Tx<'_>,
    spans: &[(Timestamp, Timestamp)],
    pool: Option<PoolId>,
) -> Result<Vec<StockSample>, StoreError> {
    let pool = pool.map_or(ALL_POOLS, PoolId::get);
    let rows = Rows::new("low, high")
        .integers(spans.iter().map(|span| span.0.micros()))
        .integers(spans.iter().map(|span| span.1.micros()));
    let rows: Vec<(i64, StockRow)> = Statement::<(BigInt, StockSql)>::new(FIRSTS)
        .over(rows)
        .integer(pool)
        .integer(pool)
        .load(tx.connection)?;
    rows.into_iter().map(|(at, row)| sample(at, row)).collect()
}

/// Of each pool its sample among the first that were taken at an instant or later, and among the
/// last; the last one twice, where it had none then. Pools in the order of their ids.
pub fn ends(
    tx: &mut Tx<'_>,
    from: Timestamp,
) -> Result<Vec<(PoolId, StockSample, StockSample)>, StoreError> {
    let rows: Vec<EndsRow> =
        Statement::<EndsSql>::new(ENDS).integer(from.micros()).load(tx.connection)?;
    let ends = |(pool, (first, first_row), (last, last_row)): EndsRow| {
        let pool = known(PoolId::new(pool), TABLE)?;
        Ok((pool, sample(first, first_row)?, sample(last, last_row)?))
    };
    rows.into_iter().map(ends).collect()
}

/// Whether there is a sample of this slot.
pub fn is_taken(tx: &mut Tx<'_>, slot: Timestamp) -> Result<bool, StoreError> {
    let found: Vec<i64> =
        Statement::<BigInt>::new(IS_TAKEN).integer(slot.micros()).load(tx.connection)?;
    Ok(!found.is_empty())
}

const ALL_POOLS: i64 = 0;
const TABLE: &str = "pool_samples";

type StockSql = (BigInt, BigInt, BigInt, BigInt, BigInt, BigInt);
/// free, reserved, leased, subscribed, resting, blocked.
type StockRow = (i64, i64, i64, i64, i64, i64);

type EndsSql = (BigInt, (BigInt, StockSql), (BigInt, StockSql));
type EndsRow = (i64, (i64, StockRow), (i64, StockRow));

fn sample(at: i64, row: StockRow) -> Result<StockSample, StoreError> {
    let numbers = |column: i64| known(u64::try_from(column).ok(), TABLE);
    let stock = Stock {
        free: numbers(row.0)?,
        reserved: numbers(row.1)?,
        leased: numbers(row.2)?,
        subscribed: numbers(row.3)?,
        resting: numbers(row.4)?,
        blocked: numbers(row.5)?,
    };
    Ok(StockSample { at: Timestamp::from_micros(at), stock })
}

// One look at the key for each span, however many samples there are in it.
const FIRSTS: &str = "
    SELECT s.slot, CAST(sum(s.free) AS BIGINT), CAST(sum(s.reserved) AS BIGINT),
           CAST(sum(s.leased) AS BIGINT), CAST(sum(s.subscribed) AS BIGINT),
           CAST(sum(s.resting) AS BIGINT), CAST(sum(s.blocked) AS BIGINT)
    FROM v JOIN pool_samples s
      ON s.slot = (SELECT min(p.slot) FROM pool_samples p
                   WHERE p.slot >= v.low AND p.slot < v.high)
    WHERE ({} = 0 OR s.pool_id = {})
    GROUP BY s.slot ORDER BY s.slot";

const ENDS: &str = "
    SELECT l.pool_id, COALESCE(f.slot, l.slot), COALESCE(f.free, l.free),
           COALESCE(f.reserved, l.reserved), COALESCE(f.leased, l.leased),
           COALESCE(f.subscribed, l.subscribed), COALESCE(f.resting, l.resting),
           COALESCE(f.blocked, l.blocked),
           l.slot, l.free, l.reserved, l.leased, l.subscribed, l.resting, l.blocked
    FROM pool_samples l
    LEFT JOIN pool_samples f ON f.pool_id = l.pool_id
      AND f.slot = (SELECT min(s.slot) FROM pool_samples s WHERE s.slot >= {})
    WHERE l.slot = (SELECT max(s.slot) FROM pool_samples s)
    ORDER BY l.pool_id";

const IS_TAKEN: &str = "SELECT s.slot FROM pool_samples s WHERE s.slot = {} LIMIT 1";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Planner;

    #[test]
    fn samples_are_found_along_their_key() {
        let mut planner = Planner::new();
        let rows = Rows::new("low, high").integers([1, 2]).integers([3, 4]);
        let firsts = Statement::<(BigInt, StockSql)>::new(FIRSTS).over(rows);
        let plans = [
            planner.plan(&firsts.integer(0).integer(0)),
            planner.plan(&Statement::<EndsSql>::new(ENDS).integer(0)),
        ];
        for plan in plans {
            assert!(plan.walks_no_table(), "{plan:#?}");
        }
    }
}
