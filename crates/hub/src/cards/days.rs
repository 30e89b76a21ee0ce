//! Days of cards, charged as they begin, called or not: in chunks, each an ordinary request between
//! others, however long nobody looked.

use leaseline_core::Timestamp;
use leaseline_core::call::CallingCard;
use leaseline_core::ids::SourceId;
use leaseline_core::ledger::{EntryKind, LedgerEntry, Posting};
use leaseline_core::money::Credits;
use leaseline_store::record::cards::CardUsed;
use leaseline_store::{StoreError, Tx, load, record};

use crate::calls::CallLedgers;
use crate::ids::Ids;
use crate::inbox::Command;
use crate::request::{Request, Way};

/// So many cards are charged in one transaction.
const AT_A_TIME: u32 = 500;

/// The cards whose days are no longer paid, a bounded number of them. The outcome is how many were
/// charged; zero is the last one.
#[derive(Clone, Copy, Debug)]
pub struct ChargeCardDays;

impl Request for ChargeCardDays {
    type Outcome = usize;

    fn into_command(self, way: Way<usize>, ids: &dyn Ids) -> Command {
        let sources: Vec<_> = (0..AT_A_TIME).map(|_| SourceId::new(ids.next())).collect();
        way.errand(sources, |tx: &mut Tx<'_>, sources: &Vec<SourceId>, now: Timestamp| {
            charge(tx, sources, now).map(Ok)
        })
    }
}

/// What another process charged meanwhile is seen once the ledgers are held.
fn charge(tx: &mut Tx<'_>, sources: &[SourceId], now: Timestamp) -> Result<usize, StoreError> {
    let unpaid = load::calling_cards::unpaid(tx, AT_A_TIME, now)?;
    let (cards, mut ledgers): (Vec<_>, Vec<_>) = unpaid.into_iter().unzip();
    ledgers.sort_unstable();
    let mut ledgers = CallLedgers::open(tx, &ledgers, now)?;
    let mut cards: Vec<_> = load::calling_cards::cards(tx, &cards)?.into_values().collect();
    cards.sort_unstable_by_key(|card| card.card);
    let due = cards.iter_mut().zip(sources);
    let entries: Vec<_> =
        due.filter_map(|(card, source)| debit(card, *source, &mut ledgers, now)).collect();
    record::ledgers::entries(tx, &entries)?;
    let used = |card: &CallingCard| CardUsed { card: card.card, life: card.life };
    record::cards::used(tx, &cards.iter().map(used).collect::<Vec<_>>())?;
    ledgers.close(tx)?;
    Ok(entries.len())
}

/// The days are paid even where a ledger cannot take them, so that nobody waits for ever behind it.
fn debit(
    card: &mut CallingCard,
    source: SourceId,
    ledgers: &mut CallLedgers,
    now: Timestamp,
) -> Option<LedgerEntry> {
    let (life, fees) = card.connected(card.life.first_use?, now)?;
    card.life = life;
    if fees == Credits::ZERO {
        return None;
    }
    let amount = fees.checked_neg()?;
    let kind = EntryKind::Card;
    ledgers.post(card.ledger, Posting { amount, kind, source, reference: None, at: now })
}
