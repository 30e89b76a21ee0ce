//! To whom a record belongs, and what it costs.

use uuid::Uuid;

use super::new::{NewRecord, Report};
use super::owner::{AccountOwner, LeaseOwner, RecordOwner};
use crate::call::{CallDecided, CallPayer};
use crate::ivr::Direction;
use crate::ledger::EntryKind;
use crate::money::Credits;
use crate::phone::E164;
use crate::rating::{FoundRate, Rated, RatedService, Trace, Usage};
use crate::timestamp::Timestamp;

/// What is known of whose record it is.
#[derive(Clone, Debug, Default)]
pub struct OwnerView<'a> {
    /// The decisions on the call, each with its name, the latest last.
    pub decisions: Vec<&'a CallDecided>,
    /// The account that the record names, with the part that it names or the main account.
    pub named: Option<AccountOwner>,
    /// Who had the number that was called as a subscriber, as of then.
    pub subscriber: Option<AccountOwner>,
    /// The lease that the number belonged to, as of then, and what a block cost then.
    pub lease: Option<LeaseOwner>,
}

/// Whose a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// Somebody's.
    Owned(Owned),
    /// Nobody's, as was decided: a call to the emergency services.
    Emergency,
    /// Nobody's, as was decided: a call that was refused.
    Refused,
    /// Nobody's that we know.
    Unknown,
}

/// A record that is somebody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owned {
    /// Whose.
    pub owner: RecordOwner,
    /// Which way the call, fax or message went.
    pub direction: Direction,
    /// The terms are those of this instant.
    pub priced_at: Timestamp,
    /// It was allowed to last so many seconds, if anything was said of that.
    pub max_seconds: Option<i64>,
    /// The number that its price goes by, where a deck has prices: the one that was decided on.
    pub number: Option<E164>,
}

/// What was decided on a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// To whom it belongs; nobody, for an orphan, a call to the emergency services and one that was
    /// refused.
    pub owner: Option<RecordOwner>,
    /// Which way it went.
    pub direction: Direction,
    /// What it costs; nothing, for what is nobody's and for what could not be priced.
    pub charge: Option<Charge>,
    /// What is odd about it.
    pub flags: Vec<RecordFlag>,
    /// When the call connected, if it is somebody's call that did; not before the instant whose
    /// terms it has.
    pub connected_at: Option<Timestamp>,
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
    /// It was a call to the emergency services: nobody's, and free.
    Emergency,
    /// It was a call that we refused: nobody's, and free.
    Refused,
}

impl RecordFlag {
    /// Every flag.
    pub const ALL: [Self; 6] = [
        Self::NegativeDuration,
        Self::Overrun,
        Self::Unpriced,
        Self::UnknownFaxError,
        Self::Emergency,
        Self::Refused,
    ];

    /// Says of a record that is nobody's that we know why.
    const EXPLAINS: [Self; 2] = [Self::Emergency, Self::Refused];

    /// Its name, for people and programs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NegativeDuration => "negative_duration",
            Self::Overrun => "overrun",
            Self::Unpriced => "unpriced",
            Self::UnknownFaxError => "unknown_fax_error",
            Self::Emergency => "emergency",
            Self::Refused => "refused",
        }
    }
}

impl Settled {
    /// Whether it belongs to no call and no number that we know.
    pub fn is_orphan(&self) -> bool {
        let is_explained = RecordFlag::EXPLAINS.iter().any(|flag| self.flags.contains(flag));
        self.owner.is_none() && !is_explained
    }
}

impl From<Rated> for Charge {
    fn from(rated: Rated) -> Self {
        Self { cost: rated.cost, billed_seconds: rated.billed_seconds, trace: rated.trace }
    }
}

impl Charge {
    const fn free() -> Self {
        Self { cost: Credits::ZERO, billed_seconds: 0, trace: Trace::empty() }
    }
}

impl Ownership {
    /// As was decided; `None` where the call was refused.
    fn by_decision(decided: &CallDecided) -> Option<Self> {
        let plan = decided.outcome.as_ref().ok()?;
        Some(match &plan.payer {
            Some(payer) => Self::Owned(Owned::by_decision(payer, decided, plan.max_seconds)),
            None => Self::Emergency,
        })
    }
}

impl Owned {
    /// As what a record of it is priced by a deck, and how much of it there was; `None` when such
    /// records cost nothing.
    pub fn priced_as(&self, record: &NewRecord) -> Option<(RatedService, Usage)> {
        record.priced_as(self.direction, self.max_seconds)
    }

    fn by_decision(payer: &CallPayer, decided: &CallDecided, max_seconds: Option<i64>) -> Self {
        let (owner, direction) = (payer.owner, payer.direction);
        let number = decided.dialled.to.number;
        Self { owner, direction, priced_at: decided.decided_at, max_seconds, number }
    }
}

impl NewRecord {
    /// Whose it is. The decision that a call names counts first, with the terms of then. Else what
    /// comes in belongs to whoever had the number, unless it names an account, and what goes out to
    /// the account that it names; and what is nobody's then, as the last decision has it that let
    /// the call through.
    pub fn ownership(&self, view: &OwnerView<'_>) -> Ownership {
        if let Some(decided) = self.decision(view) {
            // One that was answered though it was refused is for people to look at.
            let is_over = self.priced_as(self.direction, None).is_none();
            let refused = if is_over { Ownership::Refused } else { Ownership::Unknown };
            return Ownership::by_decision(decided).unwrap_or(refused);
        }
        if let Some(owner) = self.holder(view) {
            return Ownership::Owned(Owned {
                owner,
                direction: self.direction,
                priced_at: self.at,
                max_seconds: None,
                number: self.to.number,
            });
        }
        let let_through = view.decisions.iter().rev().find_map(|it| Ownership::by_decision(it));
        let_through.unwrap_or(Ownership::Unknown)
    }

    fn decision<'a>(&self, view: &OwnerView<'a>) -> Option<&'a CallDecided> {
        let Report::Call(call) = &self.report else { return None };
        let reference = Uuid::try_parse(call.reference.as_deref()?).ok()?;
        view.decisions.iter().copied().find(|decided| decided.id.uuid() == reference)
    }

    fn holder(&self, view: &OwnerView<'_>) -> Option<RecordOwner> {
        let inbound = self.direction == Direction::Inbound;
        let subscriber = view.subscriber.filter(|_| inbound);
        match (&self.account, view.named) {
            (None, _) => {
                let lease = view.lease.filter(|_| inbound).map(RecordOwner::Lease);
                lease.or(subscriber.map(RecordOwner::Account))
            }
            (Some(_), None) => None,
            (Some(_), Some(named)) => {
                let subscriber = subscriber.filter(|holder| holder.account == named.account);
                let ivml = subscriber.and_then(|holder| holder.ivml);
                let part = subscriber.filter(|_| self.part.is_none()).map(|holder| holder.part);
                let part = part.unwrap_or(named.part);
                Some(RecordOwner::Account(AccountOwner { part, ivml, ..named }))
            }
        }
    }

    /// What it costs, given the rate that its owner's deck has for it, if it is priced by a deck.
    /// What has an owner and no rate is flagged; only a call that comes in is free then.
    pub fn settled(&self, ownership: Ownership, rate: Option<&FoundRate>) -> Settled {
        let owned = match ownership {
            Ownership::Owned(owned) => owned,
            Ownership::Emergency => return self.nobodys(vec![RecordFlag::Emergency]),
            Ownership::Refused => return self.nobodys(vec![RecordFlag::Refused]),
            Ownership::Unknown => return self.nobodys(Vec::new()),
        };
        let mut flags = self.oddities(owned.max_seconds);
        let charge = self.charged(&owned, rate);
        if charge.is_none() {
            flags.push(RecordFlag::Unpriced);
        }
        let connected_at = self.connected_at().map(|at| at.max(owned.priced_at));
        Settled {
            owner: Some(owned.owner),
            direction: owned.direction,
            charge,
            flags,
            connected_at,
        }
    }

    fn nobodys(&self, mut flags: Vec<RecordFlag>) -> Settled {
        flags.extend(self.oddities(None));
        let direction = self.direction;
        Settled { owner: None, direction, charge: None, flags, connected_at: None }
    }

    /// What its entry in the ledger is booked for.
    pub const fn entry_kind(&self) -> EntryKind {
        match self.report {
            Report::Call(_) => EntryKind::Call,
            Report::Fax(_) => EntryKind::Fax,
            Report::Sms(_) => EntryKind::Sms,
        }
    }

    fn charged(&self, owned: &Owned, rate: Option<&FoundRate>) -> Option<Charge> {
        let Some((_, usage)) = owned.priced_as(self) else { return Some(Charge::free()) };
        if let RecordOwner::Lease(lease) = &owned.owner {
            return lease.tariff.cost(usage.seconds).ok().map(Charge::from);
        }
        match rate {
            Some(found) => found.rate.cost(usage).ok().map(Charge::from),
            None if owned.direction == Direction::Inbound => Some(Charge::free()),
            None => None,
        }
    }

    fn oddities(&self, max_seconds: Option<i64>) -> Vec<RecordFlag> {
        let odd = match &self.report {
            Report::Call(call) => call.oddity(max_seconds),
            Report::Fax(fax) if fax.outcome.raw().is_some() => Some(RecordFlag::UnknownFaxError),
            Report::Fax(_) | Report::Sms(_) => None,
        };
        odd.into_iter().collect()
    }
}
