//! Subscriptions and their months. The n-th month begins n months after the first day, in UTC and
//! clamped to the month's last day, so that the 31st of January is followed by the 28th of
//! February and the 31st of March.

use std::sync::Arc;

use uuid::Builder;

use crate::Refusal;
use crate::customer::{ChargeMethod, Customer, CustomerStatus};
use crate::expiry::add_months;
use crate::ids::{AccountId, CustomerId, NumberId, SourceId, SubscriptionId};
use crate::ledger::{EntryKind, LedgerEntry, LedgerHead, Posting};
use crate::money::Credits;
use crate::phone::PhoneNumber;
use crate::pool::{Fee, Service};
use crate::timestamp::{Timestamp, Utc, Zone};

/// What a subscription costs, as agreed when it began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SubscriptionFees {
    /// Once.
    pub setup: Fee,
    /// Each month, in advance.
    pub monthly: Fee,
}

/// The money that a subscription is paid with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Funds {
    /// Whose it is.
    pub customer: Customer,
    /// Its ledger's balance.
    pub balance: Credits,
    /// What of it is held for calls that go on.
    pub held: Credits,
}

/// A number that was subscribed to, for one service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscribed {
    /// By which account.
    pub account: AccountId,
    /// Which number.
    pub number: NumberId,
    /// For which service.
    pub service: Service,
    /// What it costs.
    pub fees: SubscriptionFees,
    /// When it began.
    pub at: Timestamp,
    /// What was debited: set-up and first month.
    pub amount: Credits,
    /// The entry of the ledger; none when nothing was due.
    pub entry: Option<LedgerEntry>,
}

/// A month of a subscription that has begun and is not paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueMonth {
    /// Of which subscription.
    pub subscription: SubscriptionId,
    /// Which month: 1 is the second, as the first is paid with the set-up.
    pub month: i64,
    /// Who pays.
    pub customer: CustomerId,
    /// Of which number.
    pub number: PhoneNumber,
    /// For which service.
    pub service: Service,
    /// What the month costs.
    pub fee: Fee,
    /// When the subscription began.
    pub subscribed_at: Timestamp,
}

/// A month that was paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthCharged {
    /// Of which subscription.
    pub subscription: SubscriptionId,
    /// Which month.
    pub month: i64,
    /// What was debited.
    pub amount: Credits,
    /// The entry of the ledger; none when a month costs nothing.
    pub entry: Option<LedgerEntry>,
    /// When the month after it begins.
    pub next_due: Timestamp,
    /// When it was debited.
    pub at: Timestamp,
}

impl Funds {
    /// Whether a subscription can begin: the customer is active, and a prepaid balance less what
    /// is held covers set-up and first month; who pays afterwards may go as far as its limit.
    pub fn cover(&self, fees: &SubscriptionFees) -> bool {
        let Some(due) = fees.at_first() else { return false };
        let available = i128::from(self.balance.get()) - i128::from(self.held.get());
        let profile = &self.customer.profile;
        let below_zero = match (profile.charge_method, profile.credit_limit) {
            (ChargeMethod::Prepaid, _) => Some(0),
            (ChargeMethod::Postpaid, limit) => limit.map(|limit| i128::from(limit.get())),
        };
        let covered = |limit| available + limit >= i128::from(due.get());
        profile.status == CustomerStatus::Active && below_zero.is_none_or(covered)
    }
}

impl SubscriptionFees {
    /// What is due at the beginning; `None` when it does not fit.
    pub fn at_first(&self) -> Option<Credits> {
        Credits::new(self.setup.get()).checked_add(Credits::new(self.monthly.get()))
    }
}

impl Subscribed {
    /// Debits set-up and first month. Whether the money covers them was decided before.
    ///
    /// # Errors
    /// [`Refusal::AmountOverflow`].
    pub fn begin(
        (account, number, service): (AccountId, &PhoneNumber, Service),
        (id, fees): (NumberId, SubscriptionFees),
        ledger: &mut LedgerHead,
        source: SourceId,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let amount = fees.at_first().ok_or(Refusal::AmountOverflow)?;
        let posting = Posting {
            amount: amount.checked_neg().ok_or(Refusal::AmountOverflow)?,
            kind: EntryKind::Subscription,
            source,
            reference: Some(reference(number, service, now)),
            at: now,
        };
        let entry = post(ledger, posting)?;
        Ok(Self { account, number: id, service, fees, at: now, amount, entry })
    }
}

impl DueMonth {
    /// Debits the month, whatever the balance.
    ///
    /// # Errors
    /// [`Refusal::AmountOverflow`].
    pub fn charge(&self, ledger: &mut LedgerHead, now: Timestamp) -> Result<MonthCharged, Refusal> {
        let amount = Credits::new(self.fee.get());
        let posting = Posting {
            amount: amount.checked_neg().ok_or(Refusal::AmountOverflow)?,
            kind: EntryKind::MonthlyFee,
            source: monthly_source(self.subscription, self.month),
            reference: Some(reference(&self.number, self.service, self.begins())),
            at: now,
        };
        let entry = post(ledger, posting)?;
        let next_due = month_begins(self.subscribed_at, self.month.saturating_add(1));
        let (subscription, month) = (self.subscription, self.month);
        Ok(MonthCharged { subscription, month, amount, entry, next_due, at: now })
    }

    /// When it begins.
    pub fn begins(&self) -> Timestamp {
        month_begins(self.subscribed_at, self.month)
    }
}

/// When the n-th month of what began then begins; the last instant there is, when that is beyond
/// the calendar.
pub fn month_begins(first_day: Timestamp, month: i64) -> Timestamp {
    add_months(first_day, month, &Utc).unwrap_or(Timestamp::from_micros(i64::MAX))
}

/// Nothing is booked for nothing.
fn post(ledger: &mut LedgerHead, posting: Posting) -> Result<Option<LedgerEntry>, Refusal> {
    if posting.amount == Credits::ZERO { Ok(None) } else { ledger.post(posting).map(Some) }
}

/// Such as `61280000001 voice from 2027-02-28`: what the entry is known by.
fn reference(number: &PhoneNumber, service: Service, begins: Timestamp) -> Arc<str> {
    let day = Utc.local(begins).map(|local| local.date().to_string());
    let (number, service) = (number.e164(), service.word());
    format!("{number} {service} from {}", day.unwrap_or_default()).into()
}

/// The source of a month's entry follows from the month, so that two processes that debit it name
/// the same: 32 bits of the month, a mark, and the subscription's id round the bits that say which
/// kind of id this is (version 8, never a random one's).
fn monthly_source(subscription: SubscriptionId, month: i64) -> SourceId {
    let [_, _, _, _, month @ ..] = month.to_be_bytes();
    let id = subscription.get().to_be_bytes();
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&month);
    bytes[4..6].copy_from_slice(b"mf");
    bytes[7] = id[0];
    bytes[8..].copy_from_slice(&id);
    SourceId::new(Builder::from_custom_bytes(bytes).into_uuid())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::{Date, Month};

    use super::*;
    use crate::ids::LedgerId;

    fn noon(year: i32, month: u8, day: u8) -> Timestamp {
        let month = Month::try_from(month).expect("a month");
        let date = Date::from_calendar_date(year, month, day).expect("a day");
        Utc.instant(date.with_hms(12, 0, 0).expect("noon")).expect("within the calendar")
    }

    #[test]
    fn a_month_begins_on_the_first_days_day_or_the_last_there_is() {
        let check = |from, month, expected| assert_eq!(month_begins(from, month), expected);
        check(noon(2027, 1, 31), 0, noon(2027, 1, 31));
        check(noon(2027, 1, 31), 1, noon(2027, 2, 28));
        check(noon(2027, 1, 31), 2, noon(2027, 3, 31));
        check(noon(2027, 1, 31), 13, noon(2028, 2, 29));
        check(noon(2028, 2, 29), 12, noon(2029, 2, 28));
        check(noon(2028, 2, 29), 48, noon(2032, 2, 29));
        check(noon(2027, 12, 15), 1, noon(2028, 1, 15));
        check(noon(2027, 1, 1), 12 * 10_000, Timestamp::from_micros(i64::MAX));
    }

    fn due(subscription: i64, month: i64) -> DueMonth {
        DueMonth {
            subscription: SubscriptionId::new(subscription).expect("from 1 on"),
            month,
            customer: CustomerId::new(1).expect("from 1 on"),
            number: PhoneNumber::parse("0388880000", &malaysia()).expect("a number"),
            service: Service::Voice,
            fee: Fee::new(30).expect("not negative"),
            subscribed_at: noon(2027, 1, 31),
        }
    }

    fn malaysia() -> crate::region::Region {
        crate::region::Region::by_code("MY").expect("in the table")
    }

    fn ledger(balance: i64) -> LedgerHead {
        let ledger = LedgerId::new(1).expect("from 1 on");
        LedgerHead { balance: Credits::new(balance), ..LedgerHead::empty(ledger) }
    }

    #[test]
    fn a_month_is_debited_whatever_the_balance() {
        let mut head = ledger(10);
        let charged = due(7, 1).charge(&mut head, noon(2027, 4, 1)).expect("it fits");
        assert_eq!(head.balance, Credits::new(-20));
        assert_eq!(charged.next_due, noon(2027, 3, 31));
        let entry = charged.entry.expect("it costs something");
        assert_eq!(entry.reference.as_deref(), Some("60388880000 voice from 2027-02-28"));
        let free = DueMonth { fee: Fee::default(), ..due(7, 2) };
        let charged = free.charge(&mut head, noon(2027, 4, 1)).expect("it fits");
        assert_eq!((charged.entry, head.balance), (None, Credits::new(-20)));
        let full = due(7, 3).charge(&mut ledger(i64::MIN), noon(2027, 4, 1));
        assert_eq!(full, Err(Refusal::AmountOverflow));
    }

    proptest! {
        #[test]
        fn no_two_months_have_the_same_source(
            one in (1..i64::MAX, 1..i64::from(u32::MAX)),
            other in (1..i64::MAX, 1..i64::from(u32::MAX)),
        ) {
            let source = |(subscription, month): (i64, i64)| {
                let subscription = SubscriptionId::new(subscription).expect("from 1 on");
                monthly_source(subscription, month)
            };
            prop_assert_eq!(source(one) == source(other), one == other);
            prop_assert_eq!(source(one).uuid().get_version_num(), 8);
        }

        #[test]
        fn months_ascend(days in 0..40_000i64, month in 0..1_200i64) {
            let first = Timestamp::from_seconds(days * 86_400).expect("within what can be counted");
            prop_assert!(month_begins(first, month) < month_begins(first, month + 1));
        }
    }
}
