//! The ledger: append-only, and its entries' sum is the balance at every commit.

use std::collections::HashMap;
use std::sync::Arc;

use crate::Refusal;
use crate::api_user::Caller;
use crate::ids::{CustomerId, LedgerId, SourceId};
use crate::money::Credits;
use crate::timestamp::Timestamp;

/// What an entry was booked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// The balance a ledger begins with.
    Opening,
    /// Credit bought, or taken back when negative.
    TopUp,
    /// A call.
    Call,
    /// A subscription's set-up fee and first month.
    Subscription,
    /// A subscription's month.
    MonthlyFee,
    /// A text message.
    Sms,
    /// A fax.
    Fax,
    /// What a calling card costs by itself: its set-up fee and its days.
    Card,
    /// Something booked before, taken back.
    Correction,
}

impl EntryKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Opening,
        Self::TopUp,
        Self::Call,
        Self::Subscription,
        Self::MonthlyFee,
        Self::Sms,
        Self::Fax,
        Self::Card,
        Self::Correction,
    ];
}

/// A line of a ledger. It is never changed and never deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Whose ledger.
    pub ledger: LedgerId,
    /// Its place there: 1, 2, 3, …
    pub seq: i64,
    /// What was added; negative for what was taken.
    pub amount: Credits,
    /// The sum of all entries up to and including this one.
    pub balance_after: Credits,
    /// What it was booked for.
    pub kind: EntryKind,
    /// The one thing it was booked for: no second entry has the same.
    pub source: SourceId,
    /// What people know that thing by, such as a call's id.
    pub reference: Option<Arc<str>>,
    /// When.
    pub at: Timestamp,
}

/// How a ledger stands: all that is needed to write its next line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LedgerHead {
    /// Whose ledger.
    pub ledger: LedgerId,
    /// The last entry's place; 0 before the first.
    pub seq: i64,
    /// The sum of all entries.
    pub balance: Credits,
}

/// What to book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    /// What to add; negative to take.
    pub amount: Credits,
    /// What for.
    pub kind: EntryKind,
    /// The one thing it is booked for.
    pub source: SourceId,
    /// What people know that thing by.
    pub reference: Option<Arc<str>>,
    /// When.
    pub at: Timestamp,
}

/// A request to add credit (Apigate 2.0, section 8.2.2).
#[derive(Clone, Debug)]
pub struct TopUpRequest {
    /// Who asks.
    pub caller: Caller,
    /// For which customer.
    pub customer: CustomerId,
    /// What to add; negative to take.
    pub amount: Credits,
}

/// Credit that was added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToppedUp {
    /// Whose balance it is.
    pub customer: CustomerId,
    /// The new entry of its ledger.
    pub entry: LedgerEntry,
}

/// What the decisions on a batch of top-ups may see. Each one changes it for those after it.
#[derive(Debug, Default)]
pub struct TopUpView {
    /// The ledgers of the customers that were named, as far as those exist.
    pub ledgers: HashMap<CustomerId, LedgerHead>,
}

impl LedgerHead {
    /// A ledger without entries.
    pub const fn empty(ledger: LedgerId) -> Self {
        Self { ledger, seq: 0, balance: Credits::ZERO }
    }

    /// Writes the next line.
    ///
    /// # Errors
    /// [`Refusal::AmountOverflow`] when the balance would no longer fit.
    pub fn post(&mut self, posting: Posting) -> Result<LedgerEntry, Refusal> {
        let balance = self.balance.checked_add(posting.amount).ok_or(Refusal::AmountOverflow)?;
        let seq = self.seq.checked_add(1).ok_or(Refusal::AmountOverflow)?;
        *self = Self { ledger: self.ledger, seq, balance };
        Ok(LedgerEntry {
            ledger: self.ledger,
            seq,
            amount: posting.amount,
            balance_after: balance,
            kind: posting.kind,
            source: posting.source,
            reference: posting.reference,
            at: posting.at,
        })
    }
}

impl TopUpView {
    /// Decides one top-up, booked under the given source.
    ///
    /// # Errors
    /// [`Refusal::NotYourCustomer`], [`Refusal::CustomerUnknown`], then
    /// [`Refusal::AmountOverflow`].
    pub fn top_up(
        &mut self,
        request: &TopUpRequest,
        source: SourceId,
        now: Timestamp,
    ) -> Result<ToppedUp, Refusal> {
        let found = self.ledgers.get_mut(&request.customer);
        let ledger = request.caller.customer(request.customer, found)?;
        let amount = request.amount;
        let kind = EntryKind::TopUp;
        let entry = ledger.post(Posting { amount, kind, source, reference: None, at: now })?;
        Ok(ToppedUp { customer: request.customer, entry })
    }
}
