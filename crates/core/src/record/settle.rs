//! To whom a record belongs, and what it costs.

use super::new::{NewRecord, Report};
use crate::account::AccountPart;
use crate::ids::{AccountId, CustomerId, IvmlId, RateDeckId};
use crate::ivr::Direction;
use crate::ledger::EntryKind;
use crate::money::Credits;
use crate::rating::{FoundRate, Trace};

/// The account that a record belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountOwner {
    /// Which.
    pub account: AccountId,
    /// Which part of it.
    pub part: AccountPart,
    /// Whose balance it spends.
    pub customer: CustomerId,
    /// By what it is priced, if it has a deck.
    pub deck: Option<RateDeckId>,
    /// The IVML configuration that took part.
    pub ivml: Option<IvmlId>,
}

/// What was decided on a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// To whom it belongs; nobody, for an orphan.
    pub owner: Option<AccountOwner>,
    /// What it costs; nothing, for an orphan and for what could not be priced.
    pub charge: Option<Charge>,
    /// What is odd about it.
    pub flags: Vec<RecordFlag>,
}

/// What a record costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// How much; zero for what is free.
    pub cost: Credits,
    /// So many seconds were billed.
    pub billed_seconds: u64,
    /// How it was reckoned.
    pub trace: Trace,
}

/// Something odd about a record, for people to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecordFlag {
    /// Its duration was negative, and taken for none.
    NegativeDuration,
    /// It lasted longer than it was allowed to, and was billed to there.
    Overrun,
    /// Something that costs was not charged: there was no rate for it, or no ledger could hold it.
    Unpriced,
    /// A fax's error code is in no table.
    UnknownFaxError,
}

impl RecordFlag {
    /// Every flag.
    pub const ALL: [Self; 4] =
        [Self::NegativeDuration, Self::Overrun, Self::Unpriced, Self::UnknownFaxError];

    /// Its name, for people and programs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NegativeDuration => "negative_duration",
            Self::Overrun => "overrun",
            Self::Unpriced => "unpriced",
            Self::UnknownFaxError => "unknown_fax_error",
        }
    }
}

impl Charge {
    const fn free() -> Self {
        Self { cost: Credits::ZERO, billed_seconds: 0, trace: Trace::empty() }
    }
}

impl NewRecord {
    /// To whom it belongs. `named` is the account that it names, with the part that it names or the
    /// main account; `holder` who has the number that was called, as of then. What comes in belongs
    /// to the holder unless it names an account, what goes out to the account that it names.
    pub fn owner(
        &self,
        named: Option<AccountOwner>,
        holder: Option<AccountOwner>,
    ) -> Option<AccountOwner> {
        let holder = holder.filter(|_| self.direction == Direction::Inbound);
        match (&self.account, named) {
            (None, _) => holder,
            (Some(_), None) => None,
            (Some(_), Some(named)) => {
                let holder = holder.filter(|holder| holder.account == named.account);
                let ivml = holder.and_then(|holder| holder.ivml);
                let part = holder.filter(|_| self.part.is_none()).map(|holder| holder.part);
                Some(AccountOwner { part: part.unwrap_or(named.part), ivml, ..named })
            }
        }
    }

    /// To whom it belongs and what it costs, given the rate that its owner's deck has for it. What
    /// has an owner and no rate is flagged; only a call that comes in is free then.
    pub fn settled(&self, owner: Option<AccountOwner>, rate: Option<&FoundRate>) -> Settled {
        let mut flags = self.oddities();
        let charge = owner.and_then(|_| self.charged(rate));
        if owner.is_some() && charge.is_none() {
            flags.push(RecordFlag::Unpriced);
        }
        Settled { owner, charge, flags }
    }

    /// What its entry in the ledger is booked for.
    pub const fn entry_kind(&self) -> EntryKind {
        match self.report {
            Report::Call(_) => EntryKind::Call,
            Report::Fax(_) => EntryKind::Fax,
            Report::Sms(_) => EntryKind::Sms,
        }
    }

    fn charged(&self, rate: Option<&FoundRate>) -> Option<Charge> {
        match (self.priced_as(), rate) {
            (None, _) => Some(Charge::free()),
            (Some((_, usage)), Some(found)) => {
                let rated = found.rate.cost(usage).ok()?;
                let (cost, billed_seconds) = (rated.cost, rated.billed_seconds);
                Some(Charge { cost, billed_seconds, trace: rated.trace })
            }
            (Some(_), None) if self.direction == Direction::Inbound => Some(Charge::free()),
            (Some(_), None) => None,
        }
    }

    fn oddities(&self) -> Vec<RecordFlag> {
        let odd = match &self.report {
            Report::Call(call) if call.bill_ms < 0 => Some(RecordFlag::NegativeDuration),
            Report::Fax(fax) if fax.outcome.raw().is_some() => Some(RecordFlag::UnknownFaxError),
            Report::Call(_) | Report::Fax(_) | Report::Sms(_) => None,
        };
        odd.into_iter().collect()
    }
}
