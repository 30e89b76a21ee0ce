//! Cards that calls are made with.

use std::collections::HashMap;
use std::sync::Arc;

use diesel::sql_types::{BigInt, Nullable};
use leaseline_core::Timestamp;
use leaseline_core::call::{CallingCard, CardClaim};
use leaseline_core::card::CardLife;
use leaseline_core::ids::{CardId, LedgerId, RateDeckId};
use leaseline_core::money::Credits;
use leaseline_core::timestamp::Utc;

use super::cards::{GroupRow, GroupSql, group};
use crate::error::StoreError;
use crate::row::{instant, known};
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// The cards of those claims that are true.
pub fn claimed(
    tx: &mut Tx<'_>,
    claims: &[CardClaim],
) -> Result<HashMap<CardClaim, CallingCard>, StoreError> {
    let (mut pins, mut phones) = (Vec::new(), Vec::new());
    for claim in claims {
        match claim {
            CardClaim::Pin { number, pin } => pins.push((claim, &**number, &**pin)),
            CardClaim::CallerId(phone) => phones.push((claim, &**phone)),
            CardClaim::HeldOff => {}
        }
    }
    let rows = Rows::new("place, number, pin")
        .integers((0..).take(pins.len()))
        .texts(pins.iter().map(|(_, number, _)| *number))
        .texts(pins.iter().map(|(_, _, pin)| *pin));
    let mut cards = HashMap::new();
    for (place, card) in load(tx, BY_PIN, rows)? {
        let (claim, ..) = known(pins.get(place), TABLE)?;
        cards.insert((*claim).clone(), card);
    }
    let rows = Rows::new("place, phone")
        .integers((0..).take(phones.len()))
        .texts(phones.iter().map(|(_, phone)| *phone));
    for (place, card) in load(tx, BY_PHONE, rows)? {
        let (claim, _) = known(phones.get(place), TABLE)?;
        // Of several that a telephone is recognised for, the one that was made first.
        cards.entry((*claim).clone()).or_insert(card);
    }
    Ok(cards)
}

/// These cards.
pub fn cards(tx: &mut Tx<'_>, ids: &[CardId]) -> Result<HashMap<CardId, CallingCard>, StoreError> {
    let rows = Rows::new("place, id")
        .integers((0..).take(ids.len()))
        .integers(ids.iter().map(|id| id.get()));
    Ok(load(tx, BY_ID, rows)?.into_iter().map(|(_, card)| (card.card, card)).collect())
}

/// At most so many cards with ledgers whose days are no longer paid, the ones that wait longest
/// first.
pub fn unpaid(
    tx: &mut Tx<'_>,
    limit: u32,
    now: Timestamp,
) -> Result<Vec<(CardId, LedgerId)>, StoreError> {
    let rows: Vec<(i64, i64)> = Statement::<(BigInt, BigInt)>::new(UNPAID)
        .integer(now.micros())
        .integer(i64::from(limit))
        .load(tx.connection)?;
    let ids = |(card, ledger)| {
        Ok((known(CardId::new(card), TABLE)?, known(LedgerId::new(ledger), TABLE)?))
    };
    rows.into_iter().map(ids).collect()
}

const UNPAID: &str = "
    SELECT c.id, c.ledger_id FROM cards c WHERE c.daily_charge_paid_till < {}
    ORDER BY c.daily_charge_paid_till, c.id LIMIT {}";

type CardSql = (
    BigInt,
    BigInt,
    BigInt,
    Nullable<BigInt>,
    Nullable<BigInt>,
    BigInt,
    Nullable<BigInt>,
    GroupSql,
);
/// place, card, ledger, first use, paid till, least balance, deck, group.
type CardRow = (i64, i64, i64, Option<i64>, Option<i64>, i64, Option<i64>, GroupRow);

fn load(
    tx: &mut Tx<'_>,
    text: &'static str,
    rows: Rows<'_>,
) -> Result<Vec<(usize, CallingCard)>, StoreError> {
    let rows: Vec<CardRow> = Statement::<CardSql>::new(text).over(rows).load(tx.connection)?;
    rows.into_iter().map(card).collect()
}

fn card(
    (place, id, ledger, first_use, paid_till, least, deck, of_group): CardRow,
) -> Result<(usize, CallingCard), StoreError> {
    let card = CallingCard {
        card: known(CardId::new(id), TABLE)?,
        ledger: known(LedgerId::new(ledger), TABLE)?,
        life: CardLife {
            first_use: instant(first_use),
            daily_charge_paid_till: instant(paid_till),
        },
        least_balance: Credits::new(least),
        terms: group(of_group)?.group.terms,
        deck: deck.map(|id| known(RateDeckId::new(id), "rate_decks")).transpose()?,
        zone: Arc::new(Utc),
    };
    Ok((known(usize::try_from(place).ok(), TABLE)?, card))
}

const TABLE: &str = "cards";

// A macro because a statement's text is one literal.
macro_rules! cards_by {
    ($condition:literal) => {
        concat!(
            "
    SELECT v.place, c.id, c.ledger_id, c.first_use, c.daily_charge_paid_till, c.min_balance, d.id,
           g.id, g.owner_id, g.name, g.description,
           g.use_external_function, g.allow_loss_calls, g.tell_cents, g.solo_pinless,
           g.disable_voucher, g.callerid_leave, g.tell_balance_in_currency,
           g.disable_topup_from_cards_with_cid,
           g.date_from, g.date_till, g.valid_after_first_use,
           g.tariff_id, g.lcr_id, g.location_id, g.tax_id, x.percent,
           g.currency, g.price_with_tax, g.setup_fee, g.daily_charge,
           g.ghost_min_perc, g.ghost_balance_perc, g.number_length, g.pin_length, CAST(0 AS BIGINT)
    FROM v JOIN cards c ON ",
            $condition,
            "
    JOIN card_groups g ON g.id = c.group_id
    LEFT JOIN taxes x ON x.id = g.tax_id
    LEFT JOIN tariffs t ON t.id = g.tariff_id
    LEFT JOIN rate_decks d ON d.name = t.rate_deck
    ORDER BY c.id"
        )
    };
}

const BY_PIN: &str = cards_by!("c.number = v.number AND c.pin = v.pin");
const BY_PHONE: &str = cards_by!("c.caller_id = v.phone");
const BY_ID: &str = cards_by!("c.id = v.id");
