//! What cards cost by themselves: the set-up fee when the first call connects, and the days since.

use std::collections::HashMap;

use leaseline_core::Timestamp;
use leaseline_core::call::CallingCard;
use leaseline_core::ids::{CardId, SourceId};
use leaseline_core::ledger::{EntryKind, LedgerEntry, Posting};
use leaseline_core::money::Credits;
use leaseline_store::record::cards::CardUsed;
use leaseline_store::{StoreError, Tx, load, record};

use super::distinct;
use crate::calls::CallLedgers;

/// A call with a card that connected.
pub(super) struct CardUse {
    /// Which card.
    pub(super) card: CardId,
    /// When it connected.
    pub(super) at: Timestamp,
    /// What its fees are booked for.
    pub(super) source: SourceId,
}

/// Charges cards, whose ledgers are held, for what is due by these uses of them.
pub(super) fn charge(
    tx: &mut Tx<'_>,
    uses: &[CardUse],
    ledgers: &mut CallLedgers,
    now: Timestamp,
) -> Result<(), StoreError> {
    if uses.is_empty() {
        return Ok(());
    }
    let ids: Vec<CardId> = distinct(uses.iter().map(|it| it.card));
    let mut cards = load::calling_cards::cards(tx, &ids)?;
    let due = uses.iter().filter_map(|it| fees(it, &mut cards, ledgers, now));
    let entries: Vec<LedgerEntry> = due.collect();
    record::ledgers::entries(tx, &entries)?;
    let used: Vec<_> =
        cards.values().map(|card| CardUsed { card: card.card, life: card.life }).collect();
    record::cards::used(tx, &used)
}

fn fees(
    of: &CardUse,
    cards: &mut HashMap<CardId, CallingCard>,
    ledgers: &mut CallLedgers,
    now: Timestamp,
) -> Option<LedgerEntry> {
    let card = cards.get_mut(&of.card)?;
    let (life, fees) = card.connected(of.at.min(now), now)?;
    card.life = life;
    if fees == Credits::ZERO {
        return None;
    }
    let posting = Posting {
        amount: fees.checked_neg()?,
        kind: EntryKind::Card,
        source: of.source,
        reference: None,
        at: now,
    };
    ledgers.post(card.ledger, posting)
}
