//! Importing rates: a new version of a deck, whose rates come in piece by piece and are seen all
//! at once. Nothing of the versions before it is touched.

use leaseline_core::Timestamp;
use leaseline_core::ids::RateDeckId;
use leaseline_core::rating::{RateDeck, RateEntry, version_begins};
use leaseline_store::record::rates::{MOST_AT_ONCE, StagedVersion};
use leaseline_store::{Tx, load, record};
use sha2::{Digest, Sha256};

use crate::failure::Failure;
use crate::hub::Hub;
use crate::ids::Ids;
use crate::inbox::Command;
use crate::request::{Request, Way};

/// What came of an import of rates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RatesImported {
    /// The deck.
    pub deck: RateDeckId,
    /// So many rates it has from then on.
    pub rates: usize,
    /// From when on; the epoch for the first version, which has no beginning.
    pub begins_at: Timestamp,
}

impl Hub {
    /// Gives a deck, which is made if there is none of this name, a new version that holds these
    /// rates and no others, from an instant on or from now on. The rates come in pieces, so that a
    /// live service is not disturbed; if that is cut off, nobody sees anything of it.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn import_rates(
        &self,
        deck: &str,
        mut rates: Vec<RateEntry>,
        at: Option<Timestamp>,
    ) -> Result<RatesImported, Failure> {
        rates.sort_by_key(|entry| entry.key);
        let (deck_name, digest, count) = (deck.to_owned(), digest(&rates), rates.len());
        let (deck, version) = self.ask_patiently(BeginVersion { deck_name, digest }).await?;
        while !rates.is_empty() {
            let rates = rates.split_off(rates.len().saturating_sub(MOST_AT_ONCE));
            self.ask_patiently(StageRates { version, rates }).await?;
        }
        let begins_at = self.ask_patiently(SetVersionLive { deck, version, at }).await?;
        Ok(RatesImported { deck, rates: count, begins_at })
    }

    /// Whether a deck says exactly this at present.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn has_rates(&self, deck: RateDeckId, rates: &[RateEntry]) -> Result<bool, Failure> {
        let mut sorted: Vec<_> = rates.iter().collect();
        sorted.sort_by_key(|entry| entry.key);
        let (wanted, now) = (digest(sorted), self.now());
        let present = self.read(move |tx| load::rates::digest_at(tx, deck, now)).await?;
        Ok(present.is_some_and(|present| present == wanted))
    }

    /// Every rate deck, in the order of their names.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn rate_decks(&self) -> Result<Vec<RateDeck>, Failure> {
        self.read(load::rates::decks).await
    }
}

struct BeginVersion {
    deck_name: String,
    digest: Vec<u8>,
}

struct StageRates {
    version: StagedVersion,
    rates: Vec<RateEntry>,
}

struct SetVersionLive {
    deck: RateDeckId,
    version: StagedVersion,
    at: Option<Timestamp>,
}

impl Request for BeginVersion {
    type Outcome = (RateDeckId, StagedVersion);

    fn into_command(self, way: Way<Self::Outcome>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, ask: &Self, now: Timestamp| {
            record::provision_alone(tx)?;
            let deck = match load::rates::deck(tx, &ask.deck_name)? {
                Some(deck) => deck.id,
                None => record::rates::new_deck(tx, &ask.deck_name)?,
            };
            Ok(Ok((deck, record::rates::begin_version(tx, deck, &ask.digest, now)?)))
        })
    }
}

impl Request for StageRates {
    type Outcome = ();

    fn into_command(self, way: Way<()>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, ask: &Self, _: Timestamp| {
            record::rates::stage(tx, ask.version, &ask.rates).map(Ok)
        })
    }
}

impl Request for SetVersionLive {
    type Outcome = Timestamp;

    fn into_command(self, way: Way<Timestamp>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, ask: &Self, now: Timestamp| {
            record::provision_alone(tx)?;
            let is_first = !load::rates::has_version(tx, ask.deck)?;
            let begins_at = version_begins(ask.at, is_first, now);
            record::rates::set_live(tx, ask.version, begins_at)?;
            Ok(Ok(begins_at))
        })
    }
}

/// Of rates in the order of their keys.
fn digest<'a>(rates: impl IntoIterator<Item = &'a RateEntry>) -> Vec<u8> {
    let mut digest = Sha256::new();
    for entry in rates {
        digest.update(entry.in_words());
        digest.update("\n");
    }
    digest.finalize().to_vec()
}
