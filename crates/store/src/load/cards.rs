//! Groups of cards, and cards.

use std::collections::HashSet;

use diesel::sql_types::{BigInt, Nullable, SmallInt, Text};
use leaseline_core::Timestamp;
use leaseline_core::card::{
    Card, CardFlags, CardGroup, CardGroupTerms, CardLabel, CardLength, CardLife, CardName,
    CardNumber, CardValidity, FreeCard, Pin,
};
use leaseline_core::currency::CurrencyCode;
use leaseline_core::ids::{CardGroupId, CardId, LcrId, LocationId, MorUserId, TariffId, TaxId};
use leaseline_core::money::Credits;
use leaseline_core::mor_user::MorCaller;
use leaseline_core::tax::TaxRate;

use super::mor_items::EVERYTHING;
use crate::dialect::Lock;
use crate::error::StoreError;
use crate::row::{instant, known};
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// A group, and how many cards it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardGroupLine {
    /// The group.
    pub group: CardGroup,
    /// How many cards it has.
    pub cards: i64,
}

/// Which cards are asked for: what is `None` does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CardFilter {
    /// With this number.
    pub number: Option<CardNumber>,
    /// With this name.
    pub name: Option<String>,
    /// With this PIN.
    pub pin: Option<Pin>,
    /// Of this batch.
    pub batch_number: Option<String>,
    /// With at least this on it.
    pub least_balance: Option<Credits>,
    /// With at most this on it.
    pub most_balance: Option<Credits>,
    /// Whose holder is recognised by this telephone.
    pub caller_id: Option<String>,
    /// With this language.
    pub language: Option<String>,
    /// Sold, or not.
    pub sold: Option<bool>,
}

/// At most so many of the groups that the caller sees (or the one with this id, if it does), in
/// the order of their ids.
pub fn groups(
    tx: &mut Tx<'_>,
    caller: &MorCaller,
    only: Option<CardGroupId>,
    limit: u32,
) -> Result<Vec<CardGroupLine>, StoreError> {
    let viewer = viewer(caller);
    let only = only.map_or(EVERYTHING, CardGroupId::get);
    let asked = [viewer, viewer, only, only, i64::from(limit)];
    let asked = asked.into_iter().fold(Statement::<GroupSql>::new(GROUPS), Statement::integer);
    let rows: Vec<GroupRow> = asked.load(tx.connection)?;
    rows.into_iter().map(group).collect()
}

/// The group with this id, if the caller sees it, held against others who make or sell cards of
/// it until the transaction ends.
pub fn group_for_change(
    tx: &mut Tx<'_>,
    caller: &MorCaller,
    id: CardGroupId,
) -> Result<Option<CardGroupLine>, StoreError> {
    tx.connection.dialect().lock(Lock::CardGroups, &[id.get()])?;
    Ok(groups(tx, caller, Some(id), 1)?.into_iter().next())
}

/// Those of these PINs that cards of the group have.
pub fn taken_pins(
    tx: &mut Tx<'_>,
    group: CardGroupId,
    pins: &[Pin],
) -> Result<HashSet<Pin>, StoreError> {
    let rows = Rows::new("pin").texts(pins.iter().map(Pin::expose));
    let taken = Statement::<Text>::new(TAKEN_PINS).over(rows).integer(group.get());
    let taken: Vec<String> = taken.load(tx.connection)?;
    taken.iter().map(|pin| known(Pin::parse(pin), CARDS)).collect()
}

/// At most so many unsold cards of a group that is held, those that were made first.
pub fn free(tx: &mut Tx<'_>, group: CardGroupId, most: u32) -> Result<Vec<FreeCard>, StoreError> {
    let free = Statement::<(BigInt, Text, Text, BigInt)>::new(FREE);
    let free = free.integer(group.get()).integer(i64::from(most));
    let rows: Vec<(i64, String, String, i64)> = free.load(tx.connection)?;
    let read = |(id, number, pin, balance): (i64, String, String, i64)| {
        Ok(FreeCard {
            id: known(CardId::new(id), CARDS)?,
            number: known(CardNumber::parse(&number), CARDS)?,
            pin: known(Pin::parse(&pin), CARDS)?,
            balance: Credits::new(balance),
        })
    };
    rows.into_iter().map(read).collect()
}

/// At most so many of the cards that the caller sees, in the order of their ids.
pub fn cards(
    tx: &mut Tx<'_>,
    caller: &MorCaller,
    filter: &CardFilter,
    limit: u32,
) -> Result<Vec<Card>, StoreError> {
    let sold = match filter.sold {
        None => 0,
        Some(true) => 1,
        Some(false) => 2,
    };
    let asked = Rows::new(
        "number, name, pin, batch_number, caller_id, language, least, most, sold, viewer",
    )
    .optional_texts([filter.number.as_ref().map(CardNumber::as_str)])
    .optional_texts([filter.name.as_deref()])
    .optional_texts([filter.pin.as_ref().map(Pin::expose)])
    .optional_texts([filter.batch_number.as_deref()])
    .optional_texts([filter.caller_id.as_deref()])
    .optional_texts([filter.language.as_deref()])
    .integers([filter.least_balance.map_or(i64::MIN, Credits::get)])
    .integers([filter.most_balance.map_or(i64::MAX, Credits::get)])
    .integers([sold])
    .integers([viewer(caller)]);
    let text = if filter.number.is_some() { CARD_BY_NUMBER } else { CARDS_FILTERED };
    let rows: Vec<CardRow> = Statement::<CardSql>::new(text)
        .over(asked)
        .integer(i64::from(limit))
        .load(tx.connection)?;
    rows.into_iter().map(card).collect()
}

/// At most so many cards of a group after one (or from the first on), in the order of their ids.
pub fn cards_of(
    tx: &mut Tx<'_>,
    group: CardGroupId,
    after: Option<CardId>,
    limit: u32,
) -> Result<Vec<Card>, StoreError> {
    let rows: Vec<CardRow> = Statement::<CardSql>::new(CARDS_OF_GROUP)
        .integer(group.get())
        .integer(after.map_or(0, CardId::get))
        .integer(i64::from(limit))
        .load(tx.connection)?;
    rows.into_iter().map(card).collect()
}

fn viewer(caller: &MorCaller) -> i64 {
    caller.only_owner().map_or(EVERYTHING, MorUserId::get)
}

const CARD_GROUPS: &str = "card_groups";
const CARDS: &str = "cards";

type FlagsSql = (SmallInt, SmallInt, SmallInt, SmallInt, SmallInt, SmallInt, SmallInt, SmallInt);
type FlagsRow = (i16, i16, i16, i16, i16, i16, i16, i16);
type ValiditySql = (BigInt, Nullable<BigInt>, BigInt);
type ReferencesSql = (BigInt, BigInt, BigInt, Nullable<BigInt>, Nullable<BigInt>);
type ReferencesRow = (i64, i64, i64, Option<i64>, Option<i64>);
type AmountsSql = (Text, BigInt, BigInt, BigInt);
type SizesSql = (BigInt, BigInt, BigInt, BigInt);
pub(super) type GroupSql = (
    (BigInt, BigInt, Text, Text),
    FlagsSql,
    ValiditySql,
    ReferencesSql,
    AmountsSql,
    SizesSql,
    BigInt,
);
pub(super) type GroupRow = (
    (i64, i64, String, String),
    FlagsRow,
    (i64, Option<i64>, i64),
    ReferencesRow,
    (String, i64, i64, i64),
    (i64, i64, i64, i64),
    i64,
);

pub(super) fn group(
    (named, flags, validity, references, amounts, sizes, cards): GroupRow,
) -> Result<CardGroupLine, StoreError> {
    let (id, owner, name, description) = named;
    let (from, till, days_after_first_use) = validity;
    let (tariff, lcr, location, tax, percent) = references;
    let (currency, price, setup_fee, daily_charge) = amounts;
    let (ghost_min_perc, ghost_balance_perc, number_length, pin_length) = sizes;
    let terms = CardGroupTerms {
        name: known(CardName::parse(&name), CARD_GROUPS)?,
        description,
        flags: self::flags(flags),
        validity: CardValidity {
            from: Timestamp::from_micros(from),
            till: instant(till),
            days_after_first_use,
        },
        tariff: known(TariffId::new(tariff), CARD_GROUPS)?,
        lcr: known(LcrId::new(lcr), CARD_GROUPS)?,
        location: known(LocationId::new(location), CARD_GROUPS)?,
        tax: tax.map(|id| known(TaxId::new(id), CARD_GROUPS)).transpose()?,
        currency: known(CurrencyCode::parse(&currency), CARD_GROUPS)?,
        price_with_tax: Credits::new(price),
        setup_fee: Credits::new(setup_fee),
        daily_charge: Credits::new(daily_charge),
        ghost_min_perc,
        ghost_balance_perc,
        number_length: known(CardLength::new(number_length), CARD_GROUPS)?,
        pin_length: known(CardLength::new(pin_length), CARD_GROUPS)?,
    };
    let group = CardGroup {
        id: known(CardGroupId::new(id), CARD_GROUPS)?,
        owner: known(MorUserId::new(owner), CARD_GROUPS)?,
        terms,
        tax_rate: percent.map(|units| known(TaxRate::from_units(units), "taxes")).transpose()?,
    };
    Ok(CardGroupLine { group, cards })
}

const fn flags(
    (external, loss, cents, solo, voucher, leave, currency, cid): FlagsRow,
) -> CardFlags {
    CardFlags {
        use_external_function: external != 0,
        allow_loss_calls: loss != 0,
        tell_cents: cents != 0,
        solo_pinless: solo != 0,
        disable_voucher: voucher != 0,
        callerid_leave: leave != 0,
        tell_balance_in_currency: currency != 0,
        disable_topup_from_cards_with_cid: cid != 0,
    }
}

const GROUPS: &str = "
    SELECT g.id, g.owner_id, g.name, g.description,
           g.use_external_function, g.allow_loss_calls, g.tell_cents, g.solo_pinless,
           g.disable_voucher, g.callerid_leave, g.tell_balance_in_currency,
           g.disable_topup_from_cards_with_cid,
           g.date_from, g.date_till, g.valid_after_first_use,
           g.tariff_id, g.lcr_id, g.location_id, g.tax_id, t.percent,
           g.currency, g.price_with_tax, g.setup_fee, g.daily_charge,
           g.ghost_min_perc, g.ghost_balance_perc, g.number_length, g.pin_length,
           (SELECT count(*) FROM cards c WHERE c.group_id = g.id)
    FROM card_groups g LEFT JOIN taxes t ON t.id = g.tax_id
    WHERE ({} = 0 OR g.owner_id = {}) AND ({} = 0 OR g.id = {})
    ORDER BY g.id LIMIT {}";

const TAKEN_PINS: &str = "SELECT c.pin FROM v JOIN cards c ON c.group_id = {} AND c.pin = v.pin";

const FREE: &str = "
    SELECT c.id, c.number, c.pin, l.balance FROM cards c JOIN ledgers l ON l.id = c.ledger_id
    WHERE c.group_id = {} AND c.sold_at IS NULL ORDER BY c.id LIMIT {}";

type LabelSql = (Nullable<Text>, BigInt, Nullable<BigInt>, Nullable<Text>);
type LabelRow = (Option<String>, i64, Option<i64>, Option<String>);
type CardSql = (
    (BigInt, BigInt, Text, Text),
    LabelSql,
    (Nullable<Text>, Nullable<Text>),
    (BigInt, Text),
    (Nullable<BigInt>, Nullable<BigInt>, Nullable<BigInt>),
);
type CardRow = (
    (i64, i64, String, String),
    LabelRow,
    (Option<String>, Option<String>),
    (i64, String),
    (Option<i64>, Option<i64>, Option<i64>),
);

fn card((named, label, holder, money, times): CardRow) -> Result<Card, StoreError> {
    let (id, group, number, pin) = named;
    let (batch_number, min_balance, distributor, language) = label;
    let (name, caller_id) = holder;
    let (balance, currency) = money;
    let (first_use, paid_till, sold_at) = times;
    Ok(Card {
        id: known(CardId::new(id), CARDS)?,
        group: known(CardGroupId::new(group), CARDS)?,
        number: known(CardNumber::parse(&number), CARDS)?,
        pin: known(Pin::parse(&pin), CARDS)?,
        label: CardLabel {
            batch_number,
            min_balance: Credits::new(min_balance),
            distributor: distributor.map(|id| known(MorUserId::new(id), CARDS)).transpose()?,
            language,
        },
        name,
        caller_id,
        balance: Credits::new(balance),
        currency: known(CurrencyCode::parse(&currency), CARD_GROUPS)?,
        life: CardLife {
            first_use: instant(first_use),
            daily_charge_paid_till: instant(paid_till),
        },
        sold_at: instant(sold_at),
    })
}

// Macros because a statement's text is one literal. The number has a text of its own, which goes
// along its index.
macro_rules! select_cards {
    () => {
        "
    SELECT c.id, c.group_id, c.number, c.pin,
           c.batch_number, c.min_balance, c.distributor_id, c.language,
           c.name, c.caller_id, l.balance, g.currency,
           c.first_use, c.daily_charge_paid_till, c.sold_at
    "
    };
}

macro_rules! cards_where {
    ($number:literal) => {
        concat!(
            select_cards!(),
            "FROM v JOIN cards c ON ",
            $number,
            "
    JOIN card_groups g ON g.id = c.group_id JOIN ledgers l ON l.id = c.ledger_id
    WHERE (v.viewer = 0 OR g.owner_id = v.viewer)
      AND (v.name IS NULL OR c.name = v.name)
      AND (v.pin IS NULL OR c.pin = v.pin)
      AND (v.batch_number IS NULL OR c.batch_number = v.batch_number)
      AND (v.caller_id IS NULL OR c.caller_id = v.caller_id)
      AND (v.language IS NULL OR c.language = v.language)
      AND l.balance BETWEEN v.least AND v.most
      AND (v.sold = 0 OR v.sold = CASE WHEN c.sold_at IS NULL THEN 2 ELSE 1 END)
    ORDER BY c.id LIMIT {}"
        )
    };
}

const CARDS_OF_GROUP: &str = concat!(
    select_cards!(),
    "FROM cards c JOIN card_groups g ON g.id = c.group_id JOIN ledgers l ON l.id = c.ledger_id
    WHERE c.group_id = {} AND c.id > {} ORDER BY c.id LIMIT {}"
);

const CARDS_FILTERED: &str = cards_where!("v.number IS NULL");
const CARD_BY_NUMBER: &str = cards_where!("c.number = v.number");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Planner;

    #[test]
    fn a_groups_cards_are_found_in_their_order() {
        let asked = Statement::<CardSql>::new(CARDS_OF_GROUP).integer(1).integer(0).integer(50);
        let plan = Planner::new().plan(&asked);
        assert!(plan.goes_along("INDEX cards_of_group (group_id=? AND id>?)"), "{plan:#?}");
        assert!(!plan.goes_along("TEMP B-TREE"), "{plan:#?}");
    }
}
