//! Groups of cards, and cards, made and sold.

use diesel::sql_types::BigInt;
use leaseline_core::Timestamp;
use leaseline_core::card::{CardGroupTerms, CardLabel, CardLife, CardNumber, Pin};
use leaseline_core::ids::{CardGroupId, CardId, LedgerId, MorUserId, TaxId};

use crate::error::StoreError;
use crate::row::known;
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// So many cards go into one statement: SQLite takes no more than 32,766 values, and an entry of a
/// ledger has eight.
pub const MOST_AT_ONCE: usize = 2_048;

/// A card that was used: when for the first time, and until when its days are paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardUsed {
    /// Which.
    pub card: CardId,
    /// Its use so far.
    pub life: CardLife,
}

/// Writes down the use of cards whose ledgers are held.
pub fn used(tx: &mut Tx<'_>, used: &[CardUsed]) -> Result<(), StoreError> {
    let rows = Rows::new("id, first_use, paid_till")
        .integers(used.iter().map(|used| used.card.get()))
        .optional_integers(used.iter().map(|used| used.life.first_use.map(Timestamp::micros)))
        .optional_integers(
            used.iter().map(|used| used.life.daily_charge_paid_till.map(Timestamp::micros)),
        );
    Statement::<()>::new(USED).over(rows).execute(tx.connection)?;
    Ok(())
}

const USED: &str = "
    UPDATE cards SET first_use = v.first_use, daily_charge_paid_till = v.paid_till
    FROM v WHERE cards.id = v.id";

/// A card to be made: its ledger, number and PIN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCard {
    /// Where its money is.
    pub ledger: LedgerId,
    /// Its number.
    pub number: CardNumber,
    /// Its PIN.
    pub pin: Pin,
}

/// To whom cards are sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sale<'a> {
    /// Who sells.
    pub by: MorUserId,
    /// What the buyer is written to at, if he said so.
    pub to: Option<&'a str>,
    /// When.
    pub at: Timestamp,
}

/// Makes a group.
pub fn new_group(
    tx: &mut Tx<'_>,
    owner: MorUserId,
    terms: &CardGroupTerms,
    now: Timestamp,
) -> Result<CardGroupId, StoreError> {
    let flags = terms.flags;
    let row = Rows::new(GROUP_COLUMNS)
        .integers([owner.get()])
        .integers([now.micros()])
        .texts([terms.name.as_str()])
        .texts([terms.description.as_str()])
        .integers([flags.use_external_function.into()])
        .integers([flags.allow_loss_calls.into()])
        .integers([flags.tell_cents.into()])
        .integers([flags.solo_pinless.into()])
        .integers([flags.disable_voucher.into()])
        .integers([flags.callerid_leave.into()])
        .integers([flags.tell_balance_in_currency.into()])
        .integers([flags.disable_topup_from_cards_with_cid.into()])
        .integers([terms.validity.from.micros()])
        .optional_integers([terms.validity.till.map(Timestamp::micros)])
        .integers([terms.validity.days_after_first_use])
        .integers([terms.tariff.get()])
        .integers([terms.lcr.get()])
        .integers([terms.location.get()])
        .optional_integers([terms.tax.map(TaxId::get)])
        .texts([terms.currency.as_str()])
        .integers([terms.price_with_tax.get()])
        .integers([terms.setup_fee.get()])
        .integers([terms.daily_charge.get()])
        .integers([terms.ghost_min_perc])
        .integers([terms.ghost_balance_perc])
        .integers([terms.number_length.get().into()])
        .integers([terms.pin_length.get().into()]);
    let ids: Vec<i64> = Statement::<BigInt>::new(INSERT_GROUP).over(row).load(tx.connection)?;
    known(ids.first().copied().and_then(CardGroupId::new), "card_groups")
}

/// Makes so many ledgers without entries, at most [`MOST_AT_ONCE`].
pub fn new_ledgers(tx: &mut Tx<'_>, count: usize) -> Result<Vec<LedgerId>, StoreError> {
    let rows = Rows::new("place").integers((0..).take(count));
    let ids: Vec<i64> = Statement::<BigInt>::new(INSERT_LEDGERS).over(rows).load(tx.connection)?;
    ids.into_iter().map(|id| known(LedgerId::new(id), "ledgers")).collect()
}

/// Makes cards of a group, at most [`MOST_AT_ONCE`], and says how many: a card whose number there
/// is already is not made.
pub fn new_cards(
    tx: &mut Tx<'_>,
    group: CardGroupId,
    cards: &[NewCard],
    label: &CardLabel,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let each = || cards.iter();
    let rows = Rows::new("ledger_id, number, pin, batch_number, language, distributor_id")
        .integers(each().map(|card| card.ledger.get()))
        .texts(each().map(|card| card.number.as_str()))
        .texts(each().map(|card| card.pin.expose()))
        .optional_texts(each().map(|_| label.batch_number.as_deref()))
        .optional_texts(each().map(|_| label.language.as_deref()))
        .optional_integers(each().map(|_| label.distributor.map(MorUserId::get)));
    let insert = Statement::<()>::new(INSERT_CARDS).over(rows);
    let insert = insert.integer(group.get()).integer(label.min_balance.get());
    Ok(insert.integer(now.micros()).execute(tx.connection)?)
}

/// Marks cards as sold.
pub fn sold(tx: &mut Tx<'_>, cards: &[CardId], sale: Sale<'_>) -> Result<(), StoreError> {
    let rows = Rows::new("id, sold_to")
        .integers(cards.iter().map(|id| id.get()))
        .optional_texts(cards.iter().map(|_| sale.to));
    let sell = Statement::<()>::new(SELL).integer(sale.at.micros()).integer(sale.by.get());
    sell.over(rows).execute(tx.connection)?;
    Ok(())
}

const GROUP_COLUMNS: &str = "
    owner_id, created_at, name, description,
    use_external_function, allow_loss_calls, tell_cents, solo_pinless, disable_voucher,
    callerid_leave, tell_balance_in_currency, disable_topup_from_cards_with_cid,
    date_from, date_till, valid_after_first_use,
    tariff_id, lcr_id, location_id, tax_id, currency,
    price_with_tax, setup_fee, daily_charge, ghost_min_perc, ghost_balance_perc,
    number_length, pin_length";

const INSERT_GROUP: &str = "
    INSERT INTO card_groups
      (owner_id, created_at, name, description,
       use_external_function, allow_loss_calls, tell_cents, solo_pinless, disable_voucher,
       callerid_leave, tell_balance_in_currency, disable_topup_from_cards_with_cid,
       date_from, date_till, valid_after_first_use,
       tariff_id, lcr_id, location_id, tax_id, currency,
       price_with_tax, setup_fee, daily_charge, ghost_min_perc, ghost_balance_perc,
       number_length, pin_length)
    SELECT owner_id, created_at, name, description,
           use_external_function, allow_loss_calls, tell_cents, solo_pinless, disable_voucher,
           callerid_leave, tell_balance_in_currency, disable_topup_from_cards_with_cid,
           date_from, date_till, valid_after_first_use,
           tariff_id, lcr_id, location_id, tax_id, currency,
           price_with_tax, setup_fee, daily_charge, ghost_min_perc, ghost_balance_perc,
           number_length, pin_length
    FROM v WHERE owner_id IS NOT NULL RETURNING id";

const INSERT_LEDGERS: &str = "
    INSERT INTO ledgers (last_seq, balance) SELECT 0, 0 FROM v WHERE place IS NOT NULL
    RETURNING id";

const INSERT_CARDS: &str = "
    INSERT INTO cards (group_id, min_balance, created_at,
                       ledger_id, number, pin, batch_number, language, distributor_id)
    SELECT {}, {}, {}, ledger_id, number, pin, batch_number, language, distributor_id
    FROM v WHERE ledger_id IS NOT NULL
    ON CONFLICT (number) DO NOTHING";

const SELL: &str = "
    UPDATE cards SET sold_at = {}, sold_by = {}, sold_to = v.sold_to
    FROM v WHERE cards.id = v.id AND cards.sold_at IS NULL";
