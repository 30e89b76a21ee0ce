//! How ledgers stand, and their lines.

use std::collections::HashMap;

use diesel::sql_types::{BigInt, Binary, Nullable, SmallInt, Text};
use leaseline_core::Timestamp;
use leaseline_core::call::{CallLedger, Day, DaySpending};
use leaseline_core::ids::{CustomerId, LedgerId, SourceId};
use leaseline_core::ledger::{EntryKind, LedgerEntry, LedgerHead};
use leaseline_core::money::Credits;
use uuid::Uuid;

use crate::dialect::Lock;
use crate::error::StoreError;
use crate::row::{Code, known};
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

/// Holds these ledgers until the transaction ends.
pub fn hold(tx: &mut Tx<'_>, ledgers: &[LedgerId]) -> Result<(), StoreError> {
    let ids: Vec<_> = ledgers.iter().map(|id| id.get()).collect();
    Ok(tx.connection.dialect().lock(Lock::LedgersById, &ids)?)
}

/// These ledgers as calls find them, held until the transaction ends. What is set aside on them
/// includes holds whose time has run out since somebody [looked](crate::record::calls::lapsed).
pub fn ledgers_for_calls(
    tx: &mut Tx<'_>,
    ledgers: &[LedgerId],
) -> Result<HashMap<LedgerId, CallLedger>, StoreError> {
    hold(tx, ledgers)?;
    ledgers_as_they_stand(tx, ledgers)
}

/// The same, not held: for who decides nothing.
pub fn ledgers_as_they_stand(
    tx: &mut Tx<'_>,
    ledgers: &[LedgerId],
) -> Result<HashMap<LedgerId, CallLedger>, StoreError> {
    let ids = ledgers.iter().map(|id| id.get());
    let rows: Vec<CallLedgerRow> = Statement::<CallLedgerSql>::new(CALL_LEDGERS)
        .over(Rows::new("id").integers(ids))
        .load(tx.connection)?;
    rows.into_iter().map(call_ledger).collect()
}

type CallLedgerSql = (BigInt, BigInt, BigInt, BigInt, BigInt, BigInt, BigInt);
/// id, last entry, balance, held, open calls, day, spent.
type CallLedgerRow = (i64, i64, i64, i64, i64, i64, i64);

fn call_ledger(
    (id, seq, balance, held, calls, day, spent): CallLedgerRow,
) -> Result<(LedgerId, CallLedger), StoreError> {
    let ledger = known(LedgerId::new(id), "ledgers")?;
    let call_ledger = CallLedger {
        head: LedgerHead { ledger, seq, balance: Credits::new(balance) },
        held: Credits::new(held),
        calls,
        last_day: DaySpending { day: Day::new(day), spent: Credits::new(spent) },
    };
    Ok((ledger, call_ledger))
}

/// The ledgers of these customers.
pub fn ledgers_of(tx: &mut Tx<'_>, customers: &[CustomerId]) -> Result<Vec<LedgerId>, StoreError> {
    let rows = Rows::new("id").integers(customers.iter().map(|id| id.get()));
    let rows: Vec<i64> = Statement::<BigInt>::new(LEDGER_IDS).over(rows).load(tx.connection)?;
    rows.into_iter().map(|id| known(LedgerId::new(id), "customers")).collect()
}

/// Which lines of a ledger, and in which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// From the last one backwards, or from before this place.
    NewestFirst(Option<i64>),
    /// From the first one on, or from after this place.
    OldestFirst(Option<i64>),
}

/// At most so many lines of a customer's ledger.
pub fn entries(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    lines: Lines,
    limit: u32,
) -> Result<Vec<LedgerEntry>, StoreError> {
    let (text, from) = match lines {
        Lines::NewestFirst(before) => (NEWEST_FIRST, before.unwrap_or(i64::MAX)),
        Lines::OldestFirst(after) => (OLDEST_FIRST, after.unwrap_or(0)),
    };
    let rows: Vec<EntryRow> = Statement::<EntrySql>::new(text)
        .integer(customer.get())
        .integer(from)
        .integer(i64::from(limit))
        .load(tx.connection)?;
    rows.into_iter().map(entry).collect()
}

pub(super) type EntrySql =
    (BigInt, BigInt, BigInt, BigInt, SmallInt, Binary, Nullable<Text>, BigInt);
pub(super) type EntryRow = (i64, i64, i64, i64, i16, Vec<u8>, Option<String>, i64);

pub(super) fn entry(
    (ledger, seq, amount, balance_after, kind, source, reference, at): EntryRow,
) -> Result<LedgerEntry, StoreError> {
    Ok(LedgerEntry {
        ledger: known(LedgerId::new(ledger), ENTRIES)?,
        seq,
        amount: Credits::new(amount),
        balance_after: Credits::new(balance_after),
        kind: EntryKind::from_code(kind)?,
        source: known(Uuid::from_slice(&source).ok().map(SourceId::new), ENTRIES)?,
        reference: reference.map(Into::into),
        at: Timestamp::from_micros(at),
    })
}

const ENTRIES: &str = "ledger_entries";

const NEWEST_FIRST: &str = "
    SELECT e.ledger_id, e.seq, e.amount, e.balance_after, e.kind, e.source, e.reference, e.at
    FROM customers c JOIN ledger_entries e ON e.ledger_id = c.ledger_id
    WHERE c.id = {} AND e.seq < {} ORDER BY e.seq DESC LIMIT {}";

const OLDEST_FIRST: &str = "
    SELECT e.ledger_id, e.seq, e.amount, e.balance_after, e.kind, e.source, e.reference, e.at
    FROM customers c JOIN ledger_entries e ON e.ledger_id = c.ledger_id
    WHERE c.id = {} AND e.seq > {} ORDER BY e.seq LIMIT {}";

const CALL_LEDGERS: &str = "
    SELECT l.id, l.last_seq, l.balance, l.held, l.open_calls, l.spent_day, l.spent
    FROM v JOIN ledgers l ON l.id = v.id";

const LEDGER_IDS: &str = "SELECT c.ledger_id FROM v JOIN customers c ON c.id = v.id";

const LEDGERS: &str = "
    SELECT c.id, l.id, l.last_seq, l.balance
    FROM v JOIN customers c ON c.id = v.id JOIN ledgers l ON l.id = c.ledger_id";
