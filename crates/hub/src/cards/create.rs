//! Making cards: their numbers follow one another, their PINs are drawn.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use leaseline_core::card::{
    CardLabel, CardLength, CardNumber, CardRange, CardRefusal, Pin, permit_cards,
};
use leaseline_core::ids::{CardGroupId, LedgerId, SourceId};
use leaseline_core::ledger::{EntryKind, LedgerEntry, LedgerHead, Posting};
use leaseline_core::money::Credits;
use leaseline_core::mor_user::MorCaller;
use leaseline_core::{Refusal, Timestamp};
use leaseline_store::record::cards::{MOST_AT_ONCE, NewCard};
use leaseline_store::{StoreError, Tx, load, record};

use crate::digits::Digits;
use crate::failure::Failure;
use crate::hub::Hub;
use crate::idempotency::{Idempotency, Settled};
use crate::ids::Ids;
use crate::inbox::Command;
use crate::request::{Decision, Request, Way};

/// So long the maker of many cards waits for them.
const MAKERS_PATIENCE: Duration = Duration::from_secs(60);

/// Cards to be made, all of them or none.
#[derive(Clone, Debug)]
pub struct CreateCards {
    /// Who asks.
    pub caller: MorCaller,
    /// Of which group.
    pub group: CardGroupId,
    /// The first and the last number; `None` when what was sent are none.
    pub numbers: Option<(CardNumber, CardNumber)>,
    /// What is said of all of them.
    pub label: CardLabel,
}

/// All that is needed to make the same cards again after a rollback, but for their PINs.
struct Order {
    cards: CreateCards,
    sources: Vec<SourceId>,
    digits: Arc<dyn Digits>,
}

/// Cards that were made. The outcome is how many.
struct Make(CreateCards, Arc<dyn Digits>);

impl Hub {
    /// Makes cards, once for all requests with the same key.
    ///
    /// # Errors
    /// [`CardRefusal::GroupUnknown`], [`CardRefusal::RangeInvalid`], then
    /// [`CardRefusal::NumberExists`]; [`Failure`] when the store does not answer.
    pub async fn create_cards(
        &self,
        cards: CreateCards,
        key: Option<Idempotency<usize>>,
    ) -> Result<Settled<usize>, Failure> {
        let make = Make(cards, Arc::clone(self.digits()));
        self.submit_within(MAKERS_PATIENCE, make, key).await
    }
}

impl Request for Make {
    type Outcome = usize;

    fn into_command(self, way: Way<usize>, ids: &dyn Ids) -> Command {
        let Self(cards, digits) = self;
        let sources = (0..most(&cards)).map(|_| SourceId::new(ids.next())).collect();
        way.errand(Order { cards, sources, digits }, make_cards)
    }
}

/// How many cards are made at most: as many as numbers, if those are of the group's length.
fn most(cards: &CreateCards) -> u32 {
    let range = cards.numbers.as_ref().and_then(|(first, last)| {
        let length = i64::try_from(first.as_str().len()).ok().and_then(CardLength::new)?;
        CardRange::new(first, last, length).ok()
    });
    range.map_or(0, |range| range.count())
}

fn make_cards(tx: &mut Tx<'_>, order: &Order, now: Timestamp) -> Decision<usize> {
    let asked = &order.cards;
    let Some(found) = load::cards::group_for_change(tx, &asked.caller, asked.group)? else {
        return Ok(Err(CardRefusal::GroupUnknown.into()));
    };
    let terms = &found.group.terms;
    let bounds = asked.numbers.as_ref().ok_or(CardRefusal::RangeInvalid);
    let range = bounds.and_then(|(first, last)| CardRange::new(first, last, terms.number_length));
    let permitted = range.and_then(|range| {
        permit_cards(found.cards, range.count(), terms.pin_length)?;
        Ok(range)
    });
    let numbers: Vec<_> = match permitted {
        Ok(range) => range.numbers().collect(),
        Err(refusal) => return Ok(Err(refusal.into())),
    };
    let making = Making {
        group: asked.group,
        pin_length: terms.pin_length,
        balance: found.group.new_balance(),
        label: &asked.label,
        digits: &*order.digits,
        now,
    };
    let mut sources = order.sources.chunks(MOST_AT_ONCE);
    for numbers in numbers.chunks(MOST_AT_ONCE) {
        if let Err(refusal) = making.chunk(tx, numbers, sources.next().unwrap_or_default())? {
            return Ok(Err(refusal));
        }
    }
    Ok(Ok(numbers.len()))
}

/// What all cards of an order have in common.
struct Making<'a> {
    group: CardGroupId,
    pin_length: CardLength,
    balance: Credits,
    label: &'a CardLabel,
    digits: &'a dyn Digits,
    now: Timestamp,
}

impl Making<'_> {
    fn chunk(&self, tx: &mut Tx<'_>, numbers: &[CardNumber], sources: &[SourceId]) -> Decision<()> {
        let ledgers = record::cards::new_ledgers(tx, numbers.len())?;
        match self.openings(&ledgers, sources) {
            Ok(entries) => record::ledgers::entries(tx, &entries)?,
            Err(refusal) => return Ok(Err(refusal)),
        }
        let pins = self.pins(tx, numbers.len())?;
        let cards = ledgers.into_iter().zip(numbers).zip(pins);
        let cards: Vec<_> = cards
            .map(|((ledger, number), pin)| NewCard { ledger, number: number.clone(), pin })
            .collect();
        let made = record::cards::new_cards(tx, self.group, &cards, self.label, self.now)?;
        let all = made == cards.len();
        Ok(if all { Ok(()) } else { Err(CardRefusal::NumberExists.into()) })
    }

    /// The first entry of each ledger; nothing is booked where there is nothing.
    fn openings(
        &self,
        ledgers: &[LedgerId],
        sources: &[SourceId],
    ) -> Result<Vec<LedgerEntry>, Refusal> {
        if self.balance == Credits::ZERO {
            return Ok(Vec::new());
        }
        let opening = |(ledger, source): (&LedgerId, &SourceId)| {
            LedgerHead::empty(*ledger).post(Posting {
                amount: self.balance,
                kind: EntryKind::Opening,
                source: *source,
                reference: None,
                at: self.now,
            })
        };
        ledgers.iter().zip(sources).map(opening).collect()
    }

    /// So many PINs that no card of the group has, in the order in which they were drawn. At most
    /// one in five is in use, so that this comes to an end.
    fn pins(&self, tx: &mut Tx<'_>, count: usize) -> Result<Vec<Pin>, StoreError> {
        let mut pins = Vec::with_capacity(count);
        let mut seen = HashSet::with_capacity(count);
        while pins.len() < count {
            let mut drawn = Vec::new();
            while pins.len() + drawn.len() < count {
                drawn.extend(Some(self.pin()).filter(|pin| seen.insert(pin.clone())));
            }
            let taken = load::cards::taken_pins(tx, self.group, &drawn)?;
            pins.extend(drawn.into_iter().filter(|pin| !taken.contains(pin)));
        }
        Ok(pins)
    }

    fn pin(&self) -> Pin {
        let mut digits = vec![0; usize::from(self.pin_length.get())];
        self.digits.fill(&mut digits);
        let text: String = digits.iter().map(|digit| char::from(b'0' + digit % 10)).collect();
        Pin::parse(&text).expect("digits, as many as a PIN may have")
    }
}
