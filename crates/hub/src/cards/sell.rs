//! Selling cards.

use leaseline_core::Timestamp;
use leaseline_core::card::{CardRefusal, SoldCard, sell_cards};
use leaseline_core::currency::{Currency, CurrencyCode, CurrencyTerms};
use leaseline_core::ids::CardGroupId;
use leaseline_core::mor_user::MorCaller;
use leaseline_store::record::cards::Sale;
use leaseline_store::{Tx, load, record};

use crate::ids::Ids;
use crate::inbox::Command;
use crate::request::{Decision, Request, Way};

/// Cards of a group to be sold, all of them or none. The outcome are the cards, those first that
/// were made first.
#[derive(Clone, Debug)]
pub struct SellCards {
    /// Who sells.
    pub caller: MorCaller,
    /// Of which group.
    pub group: CardGroupId,
    /// How many, at most [`MOST_SOLD_AT_ONCE`](leaseline_core::card::MOST_SOLD_AT_ONCE).
    pub quantity: u32,
    /// What the buyer is written to at, if he said so.
    pub to: Option<String>,
    /// In which currency the buyer is told what is on them; none is the group's.
    pub told_in: Option<CurrencyCode>,
}

impl Request for SellCards {
    type Outcome = Vec<SoldCard>;

    fn into_command(self, way: Way<Vec<SoldCard>>, _: &dyn Ids) -> Command {
        way.errand(self, sell)
    }
}

/// Whoever sells holds the group, so that two never see the same card free.
fn sell(tx: &mut Tx<'_>, asked: &SellCards, now: Timestamp) -> Decision<Vec<SoldCard>> {
    let Some(found) = load::cards::group_for_change(tx, &asked.caller, asked.group)? else {
        return Ok(Err(CardRefusal::GroupUnknown.into()));
    };
    let code = found.group.terms.currency;
    let groups = load::currencies::currency(tx, code)?;
    let groups = groups.unwrap_or(Currency { code, terms: CurrencyTerms::NEW });
    let told_in = match asked.told_in.filter(|told| *told != code) {
        Some(other) => load::currencies::currency(tx, other)?,
        // Its cards are sold to the end, also when nothing new may be in their currency.
        None => Some(Currency { terms: CurrencyTerms { active: true, ..groups.terms }, ..groups }),
    };
    let free = load::cards::free(tx, asked.group, asked.quantity)?;
    let sold = sell_cards(free, asked.quantity, groups, told_in);
    if let Ok(sold) = &sold {
        let ids: Vec<_> = sold.iter().map(|card| card.card).collect();
        let sale = Sale { by: asked.caller.user(), to: asked.to.as_deref(), at: now };
        record::cards::sold(tx, &ids, sale)?;
    }
    Ok(sold)
}
