//! Ledger entries, and the balances that are their sums.

use std::collections::HashMap;

use leaseline_core::call::CallLedger;
use leaseline_core::ids::LedgerId;
use leaseline_core::ledger::{LedgerEntry, LedgerHead};
use uuid::Uuid;

use crate::error::StoreError;
use crate::row::Code;
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// Writes down entries, in their order, and what the ledgers' balances are after them.
pub fn entries(tx: &mut Tx<'_>, entries: &[LedgerEntry]) -> Result<(), StoreError> {
    let sources: Vec<Uuid> = entries.iter().map(|entry| entry.source.uuid()).collect();
    let each = || entries.iter();
    let rows = Rows::new("ledger_id, seq, amount, balance_after, kind, source, reference, at")
        .integers(each().map(|entry| entry.ledger.get()))
        .integers(each().map(|entry| entry.seq))
        .integers(each().map(|entry| entry.amount.get()))
        .integers(each().map(|entry| entry.balance_after.get()))
        .integers(each().map(|entry| i64::from(entry.kind.code())))
        .bytes(sources.iter().map(|source| source.as_bytes().as_slice()))
        .optional_texts(each().map(|entry| entry.reference.as_deref()))
        .integers(each().map(|entry| entry.at.micros()));
    Statement::<()>::new(INSERT_ENTRIES).over(rows).execute(tx.connection)?;
    each().for_each(|entry| tx.tally.posted(entry.kind));
    heads(tx, entries)
}

/// Writes down what calls find of ledgers besides their money.
pub fn for_calls(tx: &mut Tx<'_>, ledgers: &[CallLedger]) -> Result<(), StoreError> {
    let each = || ledgers.iter();
    let rows = Rows::new("id, held, open_calls, spent_day, spent")
        .integers(each().map(|ledger| ledger.head.ledger.get()))
        .integers(each().map(|ledger| ledger.held.get()))
        .integers(each().map(|ledger| ledger.calls))
        .integers(each().map(|ledger| ledger.last_day.day.number()))
        .integers(each().map(|ledger| ledger.last_day.spent.get()));
    Statement::<()>::new(UPDATE_FOR_CALLS).over(rows).execute(tx.connection)?;
    Ok(())
}

/// The last entry of each ledger says how the ledger stands.
fn heads(tx: &mut Tx<'_>, entries: &[LedgerEntry]) -> Result<(), StoreError> {
    let last: HashMap<LedgerId, LedgerHead> = entries.iter().map(head_after).collect();
    let rows = Rows::new("id, last_seq, balance")
        .integers(last.values().map(|head| head.ledger.get()))
        .integers(last.values().map(|head| head.seq))
        .integers(last.values().map(|head| head.balance.get()));
    Statement::<()>::new(UPDATE_HEADS).over(rows).execute(tx.connection)?;
    Ok(())
}

const fn head_after(entry: &LedgerEntry) -> (LedgerId, LedgerHead) {
    let head = LedgerHead { ledger: entry.ledger, seq: entry.seq, balance: entry.balance_after };
    (entry.ledger, head)
}

const INSERT_ENTRIES: &str = "
    INSERT INTO ledger_entries
      (ledger_id, seq, amount, balance_after, kind, source, reference, at)
    SELECT ledger_id, seq, amount, balance_after, kind, source, reference, at
    FROM v WHERE ledger_id IS NOT NULL";

const UPDATE_FOR_CALLS: &str = "
    UPDATE ledgers SET held = v.held, open_calls = v.open_calls, spent_day = v.spent_day,
      spent = v.spent
    FROM v WHERE ledgers.id = v.id";

const UPDATE_HEADS: &str = "
    UPDATE ledgers SET last_seq = v.last_seq, balance = v.balance FROM v WHERE ledgers.id = v.id";
