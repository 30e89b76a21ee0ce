//! Calling cards: groups of them, their making, their sale and what they cost (MOR, calling cards).

mod group;
mod life;
mod range;
mod sale;

use crate::currency::CurrencyCode;
use crate::ids::{CardGroupId, CardId, MorUserId};
use crate::money::Credits;
use crate::timestamp::Timestamp;

pub use group::{CardFlags, CardGroup, CardGroupTerms, CardLength, CardName, CardValidity};
pub use life::{CardLife, CardNotUsable, DaysCharged};
pub use range::{CardNumber, CardRange, Pin, permit_cards};
pub use sale::{FreeCard, sell_cards};

/// So many cards may be made by one request.
pub const MOST_CARDS_AT_ONCE: u32 = 100_000;

/// So many cards may be sold by one request.
pub const MOST_SOLD_AT_ONCE: u32 = 1_000;

/// Why cards were not made or not sold. Nothing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CardRefusal {
    /// The caller sees no such group.
    #[error("the group of cards is unknown")]
    GroupUnknown,
    /// The numbers are not of the group's length, none, too many, or too many for its PINs.
    #[error("the range of card numbers is not one for this group")]
    RangeInvalid,
    /// One of the numbers is a card's already.
    #[error("a card with one of the numbers exists")]
    NumberExists,
    /// Fewer cards of the group are unsold than were asked for.
    #[error("not enough cards of the group are free")]
    NoFreeCard,
    /// There is no such active currency.
    #[error("the currency is unknown or not active")]
    CurrencyUnknown,
}

/// A card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Its id.
    pub id: CardId,
    /// Its group.
    pub group: CardGroupId,
    /// What is printed on it.
    pub number: CardNumber,
    /// What is under the film.
    pub pin: Pin,
    /// What its maker said of it.
    pub label: CardLabel,
    /// Whose name it goes by, if it has one.
    pub name: Option<String>,
    /// The telephone that is recognised as its holder's, if there is one.
    pub caller_id: Option<String>,
    /// What is on it, in its group's currency.
    pub balance: Credits,
    /// Its group's currency.
    pub currency: CurrencyCode,
    /// Its use so far.
    pub life: CardLife,
    /// When it was sold, if it was.
    pub sold_at: Option<Timestamp>,
}

/// What the maker of cards says of all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardLabel {
    /// The batch they were printed in.
    pub batch_number: Option<String>,
    /// A card with less on it than this makes no calls.
    pub min_balance: Credits,
    /// Who hands them out.
    pub distributor: Option<MorUserId>,
    /// The language that announcements are made in.
    pub language: Option<String>,
}

/// A card as it is handed to its buyer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoldCard {
    /// Which card.
    pub card: CardId,
    /// What is printed on it.
    pub number: CardNumber,
    /// Its PIN.
    pub pin: Pin,
    /// What is on it, in the currency below.
    pub balance: Credits,
    /// A currency.
    pub currency: CurrencyCode,
}
