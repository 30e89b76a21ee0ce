//! Months of subscriptions that are due.

use diesel::sql_types::{BigInt, SmallInt, Text};
use leaseline_core::Timestamp;
use leaseline_core::ids::{CustomerId, SubscriptionId};
use leaseline_core::pool::{Fee, Service};
use leaseline_core::subscription::DueMonth;

use crate::dialect::Lock;
use crate::error::StoreError;
use crate::row::{Code, known, number};
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// At most so many subscriptions of which a month is due, the one that waits longest first: the
/// first month due of each.
pub fn due(tx: &mut Tx<'_>, limit: u32, now: Timestamp) -> Result<Vec<DueMonth>, StoreError> {
    let rows: Vec<DueRow> = Statement::<DueSql>::new(DUE)
        .integer(now.micros())
        .integer(i64::from(limit))
        .load(tx.connection)?;
    rows.into_iter().map(due_month).collect()
}

/// The first month due of a subscription that goes on, if there is one.
pub fn due_of(
    tx: &mut Tx<'_>,
    subscription: SubscriptionId,
    now: Timestamp,
) -> Result<Option<DueMonth>, StoreError> {
    of_ids(tx, [subscription.get()], now).map(|mut due| due.pop())
}

/// Those of these months that are still due, held until the transaction ends. Their ledgers are
/// held by the caller.
pub fn still_due(
    tx: &mut Tx<'_>,
    months: &[DueMonth],
    now: Timestamp,
) -> Result<Vec<DueMonth>, StoreError> {
    let ids: Vec<_> = months.iter().map(|due| due.subscription.get()).collect();
    tx.connection.dialect().lock(Lock::Subscriptions, &ids)?;
    of_ids(tx, ids, now)
}

fn of_ids(
    tx: &mut Tx<'_>,
    ids: impl IntoIterator<Item = i64>,
    now: Timestamp,
) -> Result<Vec<DueMonth>, StoreError> {
    let rows: Vec<DueRow> = Statement::<DueSql>::new(OF_IDS)
        .over(Rows::new("id").integers(ids))
        .integer(now.micros())
        .load(tx.connection)?;
    rows.into_iter().map(due_month).collect()
}

const DUE: &str = "
    SELECT s.id, s.months, a.customer_id, n.e164, n.shown, s.service, s.monthly_fee,
           s.subscribed_at
    FROM did_subscriptions s JOIN accounts a ON a.id = s.account_id
    JOIN numbers n ON n.id = s.number_id
    WHERE s.ended_at IS NULL AND s.next_due_at <= {}
    ORDER BY s.next_due_at, s.id LIMIT {}";

const OF_IDS: &str = "
    SELECT s.id, s.months, a.customer_id, n.e164, n.shown, s.service, s.monthly_fee,
           s.subscribed_at
    FROM v JOIN did_subscriptions s ON s.id = v.id JOIN accounts a ON a.id = s.account_id
    JOIN numbers n ON n.id = s.number_id
    WHERE s.ended_at IS NULL AND s.next_due_at <= {}
    ORDER BY s.next_due_at, s.id";

type DueSql = (BigInt, BigInt, BigInt, BigInt, Text, SmallInt, BigInt, BigInt);
/// id, months, customer, e164, shown, service, fee, when it began.
type DueRow = (i64, i64, i64, i64, String, i16, i64, i64);

fn due_month(
    (id, month, customer, e164, shown, service, fee, at): DueRow,
) -> Result<DueMonth, StoreError> {
    Ok(DueMonth {
        subscription: known(SubscriptionId::new(id), TABLE)?,
        month,
        customer: known(CustomerId::new(customer), "accounts")?,
        number: number(e164, &shown)?,
        service: Service::from_code(service)?,
        fee: known(Fee::new(fee), TABLE)?,
        subscribed_at: Timestamp::from_micros(at),
    })
}

const TABLE: &str = "did_subscriptions";
