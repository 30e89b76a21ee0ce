//! To whom a record belongs.

use crate::account::AccountPart;
use crate::call::BlockTariff;
use crate::ids::{AccountId, CardId, CustomerId, IvmlId, LeaseId, LedgerId, RateDeckId};
use crate::lease::LeaseKind;

/// To whom a record belongs, and so who pays for it and by which terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordOwner {
    /// To an account, by its rate deck.
    Account(AccountOwner),
    /// To the lease of the number that was called, by blocks.
    Lease(LeaseOwner),
    /// To a calling card, by the rate deck of its group's tariff.
    Card(CardOwner),
}

/// The account that a record belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountOwner {
    /// Which.
    pub account: AccountId,
    /// Which part of it.
    pub part: AccountPart,
    /// Whose balance it spends.
    pub customer: CustomerId,
    /// Where that is.
    pub ledger: LedgerId,
    /// By what it is priced, if it has a deck.
    pub deck: Option<RateDeckId>,
    /// The IVML configuration that took part.
    pub ivml: Option<IvmlId>,
}

/// The lease that a call belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseOwner {
    /// Which.
    pub lease: LeaseId,
    /// Its kind.
    pub kind: LeaseKind,
    /// Whose balance it spends.
    pub customer: CustomerId,
    /// Where that is.
    pub ledger: LedgerId,
    /// What a block costs.
    pub tariff: BlockTariff,
}

/// The card that a call was made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardOwner {
    /// Which.
    pub card: CardId,
    /// Its ledger.
    pub ledger: LedgerId,
    /// By what it is priced.
    pub deck: RateDeckId,
}

impl RecordOwner {
    /// Where it is booked.
    pub const fn ledger(&self) -> LedgerId {
        match self {
            Self::Account(owner) => owner.ledger,
            Self::Lease(owner) => owner.ledger,
            Self::Card(owner) => owner.ledger,
        }
    }

    /// Whose balance it spends; none for a card's.
    pub const fn customer(&self) -> Option<CustomerId> {
        match self {
            Self::Account(owner) => Some(owner.customer),
            Self::Lease(owner) => Some(owner.customer),
            Self::Card(_) => None,
        }
    }

    /// The deck by which it is priced, if it is priced by one.
    pub const fn deck(&self) -> Option<RateDeckId> {
        match self {
            Self::Account(owner) => owner.deck,
            Self::Lease(_) => None,
            Self::Card(owner) => Some(owner.deck),
        }
    }

    /// The account, if it is one's.
    pub const fn account(&self) -> Option<&AccountOwner> {
        match self {
            Self::Account(owner) => Some(owner),
            Self::Lease(_) | Self::Card(_) => None,
        }
    }

    /// The lease, if it is one's.
    pub const fn lease(&self) -> Option<LeaseId> {
        match self {
            Self::Lease(owner) => Some(owner.lease),
            Self::Account(_) | Self::Card(_) => None,
        }
    }

    /// The card, if it is one's.
    pub const fn card(&self) -> Option<CardId> {
        match self {
            Self::Card(owner) => Some(owner.card),
            Self::Account(_) | Self::Lease(_) => None,
        }
    }
}
