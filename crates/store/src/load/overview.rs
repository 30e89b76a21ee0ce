//! What is worth a look at any time, in a few figures.

use diesel::sql_types::{BigInt, Text};
use leaseline_core::Timestamp;
use leaseline_core::call::{CallRefusal, Day};
use leaseline_core::money::Credits;

use crate::error::StoreError;
use crate::row::{Code, instant, known};
use crate::statement::Statement;
use crate::transaction::Tx;

/// What calls, faxes and messages cost all customers and cards together on a day.
pub fn charged_on(tx: &mut Tx<'_>, day: Day) -> Result<Credits, StoreError> {
    let sums: Vec<i64> =
        Statement::<BigInt>::new(CHARGED).integer(day.number()).load(tx.connection)?;
    Ok(Credits::new(sums.first().copied().unwrap_or(0)))
}

/// How many decisions since an instant refused a call, by why.
pub fn refused_calls(
    tx: &mut Tx<'_>,
    since: Timestamp,
) -> Result<Vec<(CallRefusal, u64)>, StoreError> {
    let rows: Vec<(i64, i64)> = Statement::<(BigInt, BigInt)>::new(REFUSED_CALLS)
        .integer(since.micros())
        .load(tx.connection)?;
    let refused = |(code, calls): (i64, i64)| {
        let code = known(i16::try_from(code).ok(), "calls")?;
        let calls = known(u64::try_from(calls).ok(), "calls")?;
        Ok((CallRefusal::from_code(code)?, calls))
    };
    rows.into_iter().map(refused).collect()
}

/// When the oldest call was decided on for which something is still set aside.
pub fn oldest_hold(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, StoreError> {
    let found: Vec<i64> = Statement::<BigInt>::new(OLDEST_HOLD).load(tx.connection)?;
    Ok(instant(found.first().copied()))
}

/// How many bytes the database takes up on its disk.
pub fn database_bytes(tx: &mut Tx<'_>) -> Result<u64, StoreError> {
    let text = tx.connection.dialect().bytes();
    let found: Vec<i64> = Statement::<BigInt>::new(text).load(tx.connection)?;
    Ok(found.first().and_then(|bytes| u64::try_from(*bytes).ok()).unwrap_or(0))
}

/// Which version the database is of, as it says itself.
pub fn database_version(tx: &mut Tx<'_>) -> Result<String, StoreError> {
    let text = tx.connection.dialect().version();
    let found: Vec<String> = Statement::<Text>::new(text).load(tx.connection)?;
    Ok(found.into_iter().next().unwrap_or_default())
}

/// The last migration that the database has seen, by its number.
pub fn schema_version(tx: &mut Tx<'_>) -> Result<Option<String>, StoreError> {
    let found: Vec<String> = Statement::<Text>::new(
        "SELECT version FROM __diesel_schema_migrations ORDER BY version DESC LIMIT 1",
    )
    .load(tx.connection)?;
    Ok(found.into_iter().next())
}

const CHARGED: &str = "
    SELECT CAST(COALESCE(sum(l.spent), 0) AS BIGINT) FROM ledgers l
    WHERE l.spent_day = {} AND l.spent_day > 0";

const REFUSED_CALLS: &str = "
    SELECT CAST(c.refusal AS BIGINT), count(*) FROM calls c
    WHERE c.refusal > 0 AND c.decided_at >= {} GROUP BY 1 ORDER BY 2 DESC, 1";

const OLDEST_HOLD: &str = "
    SELECT c.decided_at FROM calls c WHERE c.state = 1 ORDER BY c.decided_at LIMIT 1";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Planner;

    #[test]
    fn figures_are_found_along_indexes() {
        let mut planner = Planner::new();
        for (text, integers, step) in [
            (CHARGED, 1, "INDEX ledgers_by_day (spent_day=?"),
            (REFUSED_CALLS, 1, "INDEX calls_refused (decided_at>?"),
            (OLDEST_HOLD, 0, "INDEX calls_open"),
        ] {
            let asked = Statement::<BigInt>::new(text);
            let plan = planner.plan(&(0..integers).fold(asked, Statement::integer));
            assert!(plan.goes_along(step), "{text}: {plan:#?}");
        }
    }
}
