//! Months of subscriptions, debited as they begin: in chunks, each an ordinary request between
//! others, however long nobody looked.

use std::collections::HashMap;

use leaseline_core::Timestamp;
use leaseline_core::ids::{CustomerId, SubscriptionId};
use leaseline_core::ledger::LedgerHead;
use leaseline_core::subscription::{DueMonth, MonthCharged};
use leaseline_store::{StoreError, Tx, load, record};

use crate::failure::Failure;
use crate::hub::Hub;
use crate::ids::Ids;
use crate::inbox::Command;
use crate::request::{Request, Way};

/// So many months are debited in one transaction.
const AT_A_TIME: u32 = 500;

/// The next months that are due, at most one of each subscription and a bounded number in all. The
/// outcome is how many were debited; zero is the last one.
#[derive(Clone, Copy, Debug)]
pub struct ChargeMonth;

impl Request for ChargeMonth {
    type Outcome = usize;

    fn into_command(self, way: Way<usize>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, _: &Self, now: Timestamp| charge(tx, now).map(Ok))
    }
}

/// Ledgers are held in their order, then the subscriptions; which of the months another process
/// debited meanwhile is seen then.
fn charge(tx: &mut Tx<'_>, now: Timestamp) -> Result<usize, StoreError> {
    let due = load::fees::due(tx, AT_A_TIME, now)?;
    let mut customers: Vec<_> = due.iter().map(|month| month.customer).collect();
    customers.sort_unstable();
    customers.dedup();
    let mut ledgers = load::ledgers::ledgers_for_posting(tx, &customers)?;
    let due = load::fees::still_due(tx, &due, now)?;
    let charged = due.iter().filter_map(|month| debit(month, &mut ledgers, now));
    let charged: Vec<_> = charged.collect();
    record::subscriptions::months(tx, &charged)?;
    Ok(charged.len())
}

/// Debits the months of a subscription that have begun, before it ends or is somebody else's: they were
/// its customer's, whether anybody has looked since or not. The ledger is held, then the
/// subscription.
pub(crate) fn charge_begun(
    tx: &mut Tx<'_>,
    subscription: SubscriptionId,
    now: Timestamp,
) -> Result<(), StoreError> {
    while let Some(month) = load::fees::due_of(tx, subscription, now)? {
        let mut ledgers = load::ledgers::ledgers_for_posting(tx, &[month.customer])?;
        let due = load::fees::still_due(tx, &[month], now)?;
        let Some(charged) = due.first().and_then(|month| debit(month, &mut ledgers, now)) else {
            break;
        };
        record::subscriptions::months(tx, &[charged])?;
    }
    Ok(())
}

/// None when the ledger cannot take it, or when the account has got another customer meanwhile,
/// whose ledger the next chunk holds.
fn debit(
    month: &DueMonth,
    ledgers: &mut HashMap<CustomerId, LedgerHead>,
    now: Timestamp,
) -> Option<MonthCharged> {
    let charged = month.charge(ledgers.get_mut(&month.customer)?, now);
    if let Err(refusal) = &charged {
        let subscription = month.subscription.get();
        tracing::error!(subscription, month = month.month, %refusal, "a month is not debited");
    }
    charged.ok()
}

/// Debits all months that are due now.
pub(crate) async fn charge_due_months(hub: &Hub) -> Result<(), Failure> {
    let now = hub.now();
    let due = hub.read(move |tx| load::fees::due(tx, 1, now)).await?;
    if !due.is_empty() {
        while hub.ask(ChargeMonth).await? > 0 {}
    }
    Ok(())
}
