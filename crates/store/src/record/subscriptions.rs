//! Subscriptions that began, were assigned, paid and ended.

use diesel::prelude::*;
use leaseline_core::Timestamp;
use leaseline_core::account::AccountPart;
use leaseline_core::did::Assignment;
use leaseline_core::ids::{NumberId, SubscriptionId};
use leaseline_core::ledger::LedgerEntry;
use leaseline_core::subscription::{MonthCharged, Subscribed, month_begins};
use uuid::Uuid;

use crate::error::StoreError;
use crate::load::subscriptions::{FAX, IVML, IVR, MAIN_ACCOUNT, NOTHING, SIP};
use crate::record::ledgers;
use crate::row::{Code, known};
use crate::schema::did_subscriptions;
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// Writes down that a subscription began, with its first month and the entry it was booked by.
/// The number's row is held by the caller.
pub fn begin(tx: &mut Tx<'_>, subscribed: &Subscribed) -> Result<SubscriptionId, StoreError> {
    let (account, number) = (subscribed.account.get(), subscribed.number.get());
    let give = Statement::<()>::new(GIVE).integer(account).integer(number).integer(account);
    if give.execute(tx.connection)? == 0 {
        // Somebody else's: the caller decided on another state than the one that it held.
        return Err(StoreError::corrupt("numbers"));
    }
    let id: i64 = diesel::insert_into(did_subscriptions::table)
        .values((
            did_subscriptions::number_id.eq(number),
            did_subscriptions::account_id.eq(account),
            did_subscriptions::service.eq(subscribed.service.code()),
            did_subscriptions::setup_fee.eq(subscribed.fees.setup.get()),
            did_subscriptions::monthly_fee.eq(subscribed.fees.monthly.get()),
            did_subscriptions::subscribed_at.eq(subscribed.at.micros()),
            did_subscriptions::months.eq(1),
            did_subscriptions::next_due_at.eq(month_begins(subscribed.at, 1).micros()),
        ))
        .returning(did_subscriptions::id)
        .get_result(tx.connection)?;
    let id = known(SubscriptionId::new(id), "did_subscriptions")?;
    let first = MonthCharged {
        subscription: id,
        month: 0,
        amount: subscribed.amount,
        entry: subscribed.entry.clone(),
        next_due: month_begins(subscribed.at, 1),
        at: subscribed.at,
    };
    paid(tx, &[first])?;
    Ok(id)
}

/// Writes down months that were paid, with the entries they were booked by.
pub fn months(tx: &mut Tx<'_>, months: &[MonthCharged]) -> Result<(), StoreError> {
    paid(tx, months)?;
    let rows = Rows::new("id, months, next_due_at")
        .integers(months.iter().map(|month| month.subscription.get()))
        .integers(months.iter().map(|month| month.month.saturating_add(1)))
        .integers(months.iter().map(|month| month.next_due.micros()));
    Statement::<()>::new(NEXT_MONTH).over(rows).execute(tx.connection)?;
    Ok(())
}

fn paid(tx: &mut Tx<'_>, months: &[MonthCharged]) -> Result<(), StoreError> {
    let entries: Vec<LedgerEntry> = months.iter().filter_map(|month| month.entry.clone()).collect();
    ledgers::entries(tx, &entries)?;
    let sources: Vec<Option<Uuid>> =
        months.iter().map(|month| month.entry.as_ref().map(|entry| entry.source.uuid())).collect();
    let rows = Rows::new("subscription_id, month, amount, source, at")
        .integers(months.iter().map(|month| month.subscription.get()))
        .integers(months.iter().map(|month| month.month))
        .integers(months.iter().map(|month| month.amount.get()))
        .optional_bytes(sources.iter().map(|source| Some(source.as_ref()?.as_bytes().as_slice())))
        .integers(months.iter().map(|month| month.at.micros()));
    Statement::<()>::new(INSERT_FEES).over(rows).execute(tx.connection)?;
    Ok(())
}

/// Writes down what a subscription goes to.
pub fn assign(
    tx: &mut Tx<'_>,
    subscription: SubscriptionId,
    to: Assignment,
) -> Result<(), StoreError> {
    let (assigned, id) = columns(to);
    diesel::update(did_subscriptions::table.find(subscription.get()))
        .filter(did_subscriptions::ended_at.is_null())
        .set((did_subscriptions::assigned.eq(assigned), did_subscriptions::assigned_id.eq(id)))
        .execute(tx.connection)?;
    Ok(())
}

/// Ends a subscription. With the last one of a number, the number is nobody's and rests. Both rows
/// are held by the caller.
pub fn end(
    tx: &mut Tx<'_>,
    (subscription, number): (SubscriptionId, NumberId),
    now: Timestamp,
) -> Result<(), StoreError> {
    let end = Statement::<()>::new(END).integer(now.micros()).integer(now.micros());
    end.integer(subscription.get()).execute(tx.connection)?;
    let rest = Statement::<()>::new(REST).integer(now.micros());
    rest.integer(number.get()).execute(tx.connection)?;
    Ok(())
}

fn columns(to: Assignment) -> (i16, Option<i64>) {
    match to {
        Assignment::Nothing => (NOTHING, None),
        Assignment::Ivr(id) => (IVR, Some(id.get())),
        Assignment::Ivml(id) => (IVML, Some(id.get())),
        Assignment::Sip(part) => (SIP, Some(part_code(part))),
        Assignment::Fax(part) => (FAX, Some(part_code(part))),
    }
}

const fn part_code(part: AccountPart) -> i64 {
    match part {
        AccountPart::Main => MAIN_ACCOUNT,
        AccountPart::Sub(id) => id.get(),
    }
}

const GIVE: &str = "
    UPDATE numbers SET account_id = {}
    WHERE id = {} AND (account_id IS NULL OR account_id = {})";

const INSERT_FEES: &str = "
    INSERT INTO did_fees (subscription_id, month, amount, source, at)
    SELECT subscription_id, month, amount, source, at FROM v WHERE subscription_id IS NOT NULL";

const NEXT_MONTH: &str = "
    UPDATE did_subscriptions SET months = v.months, next_due_at = v.next_due_at
    FROM v WHERE did_subscriptions.id = v.id";

// Another process's clock may be a little ahead of ours.
const END: &str = "
    UPDATE did_subscriptions
    SET ended_at = CASE WHEN subscribed_at > {} THEN subscribed_at ELSE {} END,
        assigned = 0, assigned_id = NULL
    WHERE id = {} AND ended_at IS NULL";

const REST: &str = "
    UPDATE numbers
    SET account_id = NULL,
        free_from = {} + (SELECT p.quarantine_micros FROM pools p WHERE p.id = numbers.pool_id)
    WHERE id = {} AND NOT EXISTS (SELECT 1 FROM did_subscriptions s
                                  WHERE s.number_id = numbers.id AND s.ended_at IS NULL)";
