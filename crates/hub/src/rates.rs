//! What things cost.

use std::sync::Arc;

use leaseline_core::Timestamp;
use leaseline_core::ids::RateDeckId;
use leaseline_core::phone::E164;
use leaseline_core::rating::{FoundRate, RateDeck, RatedService};
use leaseline_store::load;
use leaseline_store::load::rates::WantedRate;

use crate::failure::Failure;
use crate::hub::Hub;

impl Hub {
    /// The rate deck of this name.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn rate_deck(&self, name: &str) -> Result<Option<RateDeck>, Failure> {
        let name: Arc<str> = name.into();
        self.read(move |tx| load::rates::deck(tx, &name)).await
    }

    /// What a deck has for a number at an instant: of the rates in force the one with the longest
    /// prefix; nothing, if there is none.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn rate(
        &self,
        deck: RateDeckId,
        service: RatedService,
        number: E164,
        at: Timestamp,
    ) -> Result<Option<FoundRate>, Failure> {
        let wanted = WantedRate { deck, service, number, at };
        let found = self.read(move |tx| load::rates::rates(tx, &[wanted])).await?;
        Ok(found.into_iter().next().flatten())
    }
}
