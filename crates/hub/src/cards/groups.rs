//! Groups of cards.

use std::sync::Arc;

use leaseline_core::Timestamp;
use leaseline_core::card::CardGroupTerms;
use leaseline_core::currency::CurrencyCode;
use leaseline_core::ids::{CardGroupId, LcrId, LocationId, TariffId, TaxId};
use leaseline_core::mor_user::MorCaller;
use leaseline_store::load::cards::CardGroupLine;
use leaseline_store::load::mor_items::{self, MorKind};
use leaseline_store::{StoreError, Tx, load, record};

use crate::failure::Failure;
use crate::hub::Hub;
use crate::ids::Ids;
use crate::inbox::Command;
use crate::request::{Request, Way};

/// A group of cards to be made, which is the caller's then. What it refers to was found by
/// [`Hub::card_references`]; nothing of that is ever removed.
#[derive(Clone, Debug)]
pub struct NewCardGroup {
    /// Who asks.
    pub caller: MorCaller,
    /// All that its cards will have in common.
    pub terms: CardGroupTerms,
}

/// What a new group may refer to, where it was named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct References {
    /// A tariff.
    pub tariff: Option<TariffId>,
    /// A routing.
    pub lcr: Option<LcrId>,
    /// A location.
    pub location: Option<LocationId>,
    /// A tax.
    pub tax: Option<TaxId>,
    /// A currency.
    pub currency: Option<CurrencyCode>,
}

/// What of it is there, and seen by the caller. What was not named is the default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardReferences {
    /// The tariff; by default the one with the lowest id.
    pub tariff: Option<TariffId>,
    /// The routing; by default the one with the lowest id.
    pub lcr: Option<LcrId>,
    /// The location; by default the one with the lowest id.
    pub location: Option<LocationId>,
    /// The tax; none by default.
    pub tax: Option<TaxId>,
    /// The currency, if it is active; by default the system's.
    pub currency: Option<CurrencyCode>,
}

impl Request for NewCardGroup {
    type Outcome = CardGroupId;

    fn into_command(self, way: Way<CardGroupId>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, new: &Self, now: Timestamp| {
            record::cards::new_group(tx, new.caller.user(), &new.terms, now).map(Ok)
        })
    }
}

impl Hub {
    /// What of the things that a new group would refer to the caller sees.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn card_references(
        &self,
        caller: &MorCaller,
        named: References,
    ) -> Result<CardReferences, Failure> {
        let caller = *caller;
        self.read(move |tx| find(tx, &caller, &named)).await
    }

    /// The groups that the caller sees, in the order in which they were made, at most
    /// [`MOST_SHOWN`](super::MOST_SHOWN); with an id, that one alone.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn card_groups(
        &self,
        caller: &MorCaller,
        only: Option<CardGroupId>,
    ) -> Result<Arc<[CardGroupLine]>, Failure> {
        let seen = self.look_up(|lanes| &lanes.card_groups, (*caller, only)).await?;
        Ok(seen.unwrap_or_default())
    }
}

fn find(
    tx: &mut Tx<'_>,
    caller: &MorCaller,
    named: &References,
) -> Result<CardReferences, StoreError> {
    let tariff = seen_or_lowest(tx, caller, MorKind::Tariff, named.tariff.map(TariffId::get))?;
    let lcr = seen_or_lowest(tx, caller, MorKind::Lcr, named.lcr.map(LcrId::get))?;
    let location = named.location.map(LocationId::get);
    let location = seen_or_lowest(tx, caller, MorKind::Location, location)?;
    let tax = match named.tax {
        Some(tax) if mor_items::sees(tx, MorKind::Tax, tax.get(), caller)? => Some(tax),
        _ => None,
    };
    let currency = match named.currency {
        Some(code) => load::currencies::currency(tx, code)?
            .filter(|currency| currency.terms.active)
            .map(|currency| currency.code),
        None => Some(load::currencies::system(tx)?),
    };
    Ok(CardReferences {
        tariff: tariff.and_then(TariffId::new),
        lcr: lcr.and_then(LcrId::new),
        location: location.and_then(LocationId::new),
        tax,
        currency,
    })
}

fn seen_or_lowest(
    tx: &mut Tx<'_>,
    caller: &MorCaller,
    kind: MorKind,
    named: Option<i64>,
) -> Result<Option<i64>, StoreError> {
    match named {
        Some(id) => Ok(mor_items::sees(tx, kind, id, caller)?.then_some(id)),
        None => mor_items::lowest(tx, kind, caller),
    }
}
