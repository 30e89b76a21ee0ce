//! From parameters to requests of the hub. Parameters are judged in the order of the method's
//! table, and the first bad one answers.

use leaseline_core::Timestamp;
use leaseline_core::card::{
    CardFlags, CardGroupTerms, CardLabel, CardLength, CardName, CardNumber, CardValidity,
    MOST_SOLD_AT_ONCE, Pin,
};
use leaseline_core::currency::CurrencyCode;
use leaseline_core::ids::{CardGroupId, LcrId, LocationId, MorUserId, TariffId, TaxId};
use leaseline_core::money::Credits;
use leaseline_core::mor_user::MorCaller;
use leaseline_hub::cards::{
    CardFilter, CardReferences, CreateCards, NewCardGroup, References, SellCards,
};

use crate::intake::Parameters;
use crate::parameter::{amount, flag, instant, integer, optional, text};
use crate::reply::Said;

const LONGEST_DESCRIPTION: usize = 1_000;

/// The longest name of a batch or a language, and the longest address of a buyer, in characters.
const LONGEST_LABEL: usize = 255;

/// What a group is to refer to, as far as it can be understood.
pub(crate) fn references(sent: &Parameters) -> References {
    let id = |name: &str| sent.text(name).and_then(|text| integer(&text));
    References {
        tariff: id("tariff_id").and_then(TariffId::new),
        lcr: id("lcr_id").and_then(LcrId::new),
        location: id("location_id").and_then(LocationId::new),
        tax: id("tax_id").and_then(TaxId::new),
        currency: sent.text("currency").and_then(|code| CurrencyCode::parse(&code)),
    }
}

/// `found` is what there is of its [`references`].
pub(crate) fn group(
    caller: MorCaller,
    sent: &Parameters,
    found: &CardReferences,
    now: Timestamp,
) -> Result<NewCardGroup, Said> {
    let name = sent.text("name").and_then(|name| CardName::parse(&name));
    let name = name.ok_or(Said("Card Group must have name"))?;
    let flags = flags(sent)?;
    let (from, till) = validity(sent, now)?;
    // What was named, but cannot be understood, is not there either.
    let there = |name: &str, understood: bool| sent.text(name).is_none() || understood;
    let named = references(sent);
    let tariff = found.tariff.filter(|_| there("tariff_id", named.tariff.is_some()));
    let tariff = tariff.ok_or(Said("Tariff was not found"))?;
    let lcr = found.lcr.filter(|_| there("lcr_id", named.lcr.is_some()));
    let lcr = lcr.ok_or(Said("LCR was not found"))?;
    let location = found.location.filter(|_| there("location_id", named.location.is_some()));
    let location = location.ok_or(Said("Location was not found"))?;
    let tax = match (sent.text("tax_id"), found.tax) {
        (Some(_), None) => return Err(Said("Tax was not found")),
        (_, tax) => tax,
    };
    let currency = found.currency.filter(|_| there("currency", named.currency.is_some()));
    let currency = currency.ok_or(Said("Currency was not found"))?;
    let price = optional(sent, "price_with_vat", amount, "Invalid Price with TAX")?;
    let setup_fee = optional(sent, "setup_fee", amount, "Setup fee is incorrect format")?;
    let daily = optional(sent, "daily_charge", amount, "Daily charge is incorrect format")?;
    let min_perc = optional(sent, "ghost_min_perc", integer, "Ghost min perc is incorrect format")?;
    let balance_perc =
        optional(sent, "ghost_balance_perc", integer, "Ghost balance perc is incorrect format")?;
    let number_length = length(sent, "number_length", "Number length is incorrect format")?;
    let pin_length = length(sent, "pin_length", "Pin length is incorrect format")?;
    let days = optional(
        sent,
        "valid_after_first_use",
        integer,
        "Valid after first use is incorrect format",
    )?;
    let description =
        optional(sent, "description", text(LONGEST_DESCRIPTION), "Description is too long")?;
    let terms = CardGroupTerms {
        name,
        description: description.unwrap_or_default(),
        flags,
        validity: CardValidity { from, till, days_after_first_use: days.unwrap_or(0) },
        tariff,
        lcr,
        location,
        tax,
        currency,
        price_with_tax: price.unwrap_or(Credits::ZERO),
        setup_fee: setup_fee.unwrap_or(Credits::ZERO),
        daily_charge: daily.unwrap_or(Credits::ZERO),
        ghost_min_perc: min_perc.unwrap_or(100),
        ghost_balance_perc: balance_perc.unwrap_or(100),
        number_length: number_length.or_else(|| CardLength::new(10)).expect("1 to 20"),
        pin_length: pin_length.or_else(|| CardLength::new(4)).expect("1 to 20"),
    };
    Ok(NewCardGroup { caller, terms })
}

fn flags(sent: &Parameters) -> Result<CardFlags, Said> {
    let flag = |name, wrong| Ok(optional(sent, name, flag, wrong)?.unwrap_or(false));
    Ok(CardFlags {
        use_external_function: flag(
            "use_external_function",
            "Use external function is incorrect format",
        )?,
        allow_loss_calls: flag("allow_loss_calls", "Allow loss calls is incorrect format")?,
        tell_cents: flag("tell_cents", "Tell cents is incorrect format")?,
        solo_pinless: flag("solo_pinless", "Solo pinless is incorrect format")?,
        disable_voucher: flag("disable_voucher", "Disable voucher is incorrect format")?,
        callerid_leave: flag("callerid_leave", "CallerID leave is incorrect format")?,
        tell_balance_in_currency: flag(
            "tell_balance_in_currency",
            "Tell balance in currency is incorrect format",
        )?,
        disable_topup_from_cards_with_cid: flag(
            "disable_topup_from_cards_with_cid",
            "Disable topup from cards with CID is incorrect format",
        )?,
    })
}

/// The default beginning is the present second, so that a group may end within it.
fn validity(sent: &Parameters, now: Timestamp) -> Result<(Timestamp, Option<Timestamp>), Said> {
    let from = optional(sent, "date_from", instant, "Invalid date from")?;
    let till = optional(sent, "date_till", instant, "Invalid date till")?;
    let from = from.or_else(|| Timestamp::from_seconds(now.seconds())).unwrap_or(now);
    match till {
        Some(till) if from > till => Err(Said("Date from is greater than date till")),
        till => Ok((from, till)),
    }
}

fn length(sent: &Parameters, name: &str, wrong: &'static str) -> Result<Option<CardLength>, Said> {
    optional(sent, name, |text| integer(text).and_then(CardLength::new), wrong)
}

/// The one group to be shown, if one was named.
pub(crate) fn only_group(sent: &Parameters) -> Result<Option<CardGroupId>, Said> {
    let id = |text: &str| integer(text).and_then(CardGroupId::new);
    optional(sent, "cc_group_id", id, "Wrong calling cards group ID")
}

pub(crate) fn cards(caller: MorCaller, sent: &Parameters) -> Result<CreateCards, Said> {
    let id = |text: &str| integer(text).and_then(CardGroupId::new);
    let unknown = "Calling cards group was not found";
    let group = optional(sent, "card_group_id", id, unknown)?.ok_or(Said(unknown))?;
    let number = |name: &str| sent.text(name).and_then(|text| CardNumber::parse(&text));
    let numbers = number("cards_from").zip(number("cards_till"));
    let batch_number =
        optional(sent, "batch_number", text(LONGEST_LABEL), "Batch number is incorrect format")?;
    let min_balance = optional(sent, "min_balance", amount, "Min balance is incorrect format")?;
    let distributor = |text: &str| integer(text).and_then(MorUserId::new);
    let distributor =
        optional(sent, "distributor_id", distributor, "Distributor is incorrect format")?;
    let language = optional(sent, "language", text(LONGEST_LABEL), "Language is incorrect format")?;
    let min_balance = min_balance.unwrap_or(Credits::ZERO);
    let label = CardLabel { batch_number, min_balance, distributor, language };
    Ok(CreateCards { caller, group, numbers, label })
}

/// A filter that cannot be understood finds nothing.
pub(crate) fn filter(sent: &Parameters) -> Result<CardFilter, Said> {
    const NONE: &str = "Cards were not found";
    let own = |text: &str| Some(text.to_owned());
    Ok(CardFilter {
        number: optional(sent, "number", CardNumber::parse, NONE)?,
        name: optional(sent, "name", own, NONE)?,
        pin: optional(sent, "pin", Pin::parse, NONE)?,
        batch_number: optional(sent, "batch_number", own, NONE)?,
        least_balance: optional(sent, "min_balance", signed_amount, NONE)?,
        most_balance: optional(sent, "max_balance", signed_amount, NONE)?,
        caller_id: optional(sent, "callerid", own, NONE)?,
        language: optional(sent, "language", own, NONE)?,
        sold: optional(sent, "sold", sold, NONE)?.flatten(),
    })
}

fn signed_amount(text: &str) -> Option<Credits> {
    match text.strip_prefix('-') {
        Some(text) => amount(text)?.checked_neg(),
        None => amount(text),
    }
}

fn sold(text: &str) -> Option<Option<bool>> {
    match text {
        "yes" => Some(Some(true)),
        "no" => Some(Some(false)),
        "all" => Some(None),
        _ => None,
    }
}

pub(crate) fn sale(caller: MorCaller, sent: &Parameters) -> Result<SellCards, Said> {
    let id = |text: &str| integer(text).and_then(CardGroupId::new);
    let unknown = "Cardgroup was not found";
    let group = optional(sent, "id", id, unknown)?.ok_or(Said(unknown))?;
    let quantity = |text: &str| {
        let quantity = u32::try_from(integer(text)?).ok()?;
        (1..=MOST_SOLD_AT_ONCE).contains(&quantity).then_some(quantity)
    };
    let quantity = optional(sent, "quantity", quantity, "Quantity is incorrect format")?;
    let to = optional(sent, "email", text(LONGEST_LABEL), "Email is incorrect format")?;
    let told_in = optional(sent, "currency", CurrencyCode::parse, "Currency was not found")?;
    Ok(SellCards { caller, group, quantity: quantity.unwrap_or(1), to, told_in })
}

/// Whose balance is asked for.
pub(crate) fn user(sent: &Parameters) -> Result<MorUserId, Said> {
    let unknown = "User was not found";
    let id = |text: &str| integer(text).and_then(MorUserId::new);
    optional(sent, "user_id", id, unknown)?.ok_or(Said(unknown))
}
