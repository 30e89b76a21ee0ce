//! Calling cards: groups of them, their making and their sale.

mod create;
mod days;
mod groups;
mod sell;

use leaseline_core::card::Card;
use leaseline_core::ids::{CardGroupId, CardId};
use leaseline_core::mor_user::MorCaller;
use leaseline_store::load;

pub use create::CreateCards;
pub use days::ChargeCardDays;
pub use groups::{CardReferences, NewCardGroup, References};
pub use leaseline_store::load::cards::{CardFilter, CardGroupLine};
pub use sell::SellCards;

use crate::failure::Failure;
use crate::hub::Hub;

/// So many cards, or groups, are shown at once.
pub const MOST_SHOWN: u32 = 10_000;

impl Hub {
    /// The cards that the caller sees and the filter asks for, in the order in which they were
    /// made, at most [`MOST_SHOWN`].
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn cards(
        &self,
        caller: &MorCaller,
        filter: CardFilter,
    ) -> Result<Vec<Card>, Failure> {
        let caller = *caller;
        self.read(move |tx| load::cards::cards(tx, &caller, &filter, MOST_SHOWN)).await
    }

    /// At most so many cards of a group after one (or from the first on), in the order in which they were
    /// made.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn cards_of_group(
        &self,
        group: CardGroupId,
        after: Option<CardId>,
        limit: u32,
    ) -> Result<Vec<Card>, Failure> {
        self.read(move |tx| load::cards::cards_of(tx, group, after, limit)).await
    }
}
