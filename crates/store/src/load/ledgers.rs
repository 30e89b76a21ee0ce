//! How ledgers stand, and their lines.

use std::collections::HashMap;

use diesel::sql_types::BigInt;
use leaseline_core::ids::{CustomerId, LedgerId};
use leaseline_core::ledger::LedgerHead;
use leaseline_core::money::Credits;

use crate::dialect::Lock;
use crate::error::StoreError;
use crate::row::known;
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// The ledgers of these customers, as far as they exist, held until the transaction ends.
pub fn ledgers_for_posting(
    tx: &mut Tx<'_>,
    customers: &[CustomerId],
) -> Result<HashMap<CustomerId, LedgerHead>, StoreError> {
    let ids: Vec<_> = customers.iter().map(|id| id.get()).collect();
    tx.connection.dialect().lock(Lock::Ledgers, &ids)?;
    let rows: Vec<HeadRow> = Statement::<(BigInt, BigInt, BigInt, BigInt)>::new(LEDGERS)
        .over(Rows::new("id").integers(ids))
        .load(tx.connection)?;
    rows.into_iter().map(head).collect()
}

type HeadRow = (i64, i64, i64, i64);

fn head((customer, ledger, seq, balance): HeadRow) -> Result<(CustomerId, LedgerHead), StoreError> {
    let customer = known(CustomerId::new(customer), "customers")?;
    let ledger = known(LedgerId::new(ledger), "ledgers")?;
    Ok((customer, LedgerHead { ledger, seq, balance: Credits::new(balance) }))
}

const LEDGERS: &str = "
    SELECT c.id, l.id, l.last_seq, l.balance
    FROM v JOIN customers c ON c.id = v.id JOIN ledgers l ON l.id = c.ledger_id";
