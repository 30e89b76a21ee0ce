//! From outcomes to XML, byte for byte as the API's clients know it.

use leaseline_core::Timestamp;
use leaseline_core::card::{Card, SoldCard};
use leaseline_core::ids::MorUserId;
use leaseline_core::money::Credits;
use leaseline_core::timestamp::{Utc, Zone, local_text};
use leaseline_hub::cards::CardGroupLine;

use crate::xml::Xml;

pub(crate) fn error(text: &str) -> String {
    status("error", text)
}

pub(crate) fn group_created() -> String {
    status("success", "Card Group was successfully created")
}

pub(crate) fn cards_created() -> String {
    status("success", "Cards were successfully created")
}

fn status(what: &'static str, text: &str) -> String {
    Xml::document("page", |page| page.branch("status", |status| status.leaf(what, text)))
}

pub(crate) fn version() -> String {
    Xml::document("page", |page| page.leaf("version", env!("CARGO_PKG_VERSION")))
}

pub(crate) fn balance(balance: Credits) -> String {
    Xml::document("page", |page| page.leaf("balance", balance.in_dollars()))
}

/// A page with an element of this name in which each of the things has one of its own.
fn list<T>(
    name: &'static str,
    each: &'static str,
    things: &[T],
    write: impl Fn(&mut Xml, &T),
) -> String {
    Xml::list_document(things.len(), "page", |page| {
        page.branch(name, |list| {
            things.iter().for_each(|thing| list.branch(each, |element| write(element, thing)));
        });
    })
}

pub(crate) fn groups(lines: &[CardGroupLine]) -> String {
    list("cc_groups", "cc_group", lines, group)
}

fn group(xml: &mut Xml, CardGroupLine { group, cards }: &CardGroupLine) {
    let terms = &group.terms;
    xml.leaf("group_id", group.id.get());
    xml.leaf("group_name", terms.name.as_str());
    xml.leaf("group_description", terms.description.as_str());
    xml.leaf("group_number_pin_length", (terms.number_length, "/", terms.pin_length));
    xml.leaf("group_tariff", terms.tariff.get());
    xml.leaf("group_lcr", terms.lcr.get());
    xml.leaf("group_price", terms.price_with_tax.in_dollars());
    xml.leaf("group_price_without_tax", group.new_balance().in_dollars());
    xml.leaf("group_cards_count", *cards);
    xml.leaf("group_currency", terms.currency.as_str());
}

pub(crate) fn cards(cards: &[Card]) -> String {
    list("cards", "card", cards, card)
}

fn card(xml: &mut Xml, card: &Card) {
    let label = &card.label;
    xml.leaf("card_id", card.id.get());
    xml.leaf("card_number", card.number.as_str());
    xml.leaf("card_name", card.name.as_deref());
    xml.leaf("card_pin", card.pin.expose());
    xml.leaf("card_batch_number", label.batch_number.as_deref());
    xml.leaf("card_callerid", card.caller_id.as_deref());
    xml.leaf("card_balance", card.balance.in_dollars());
    xml.leaf("card_minimal_balance", label.min_balance.in_dollars());
    xml.leaf("card_first_use", time(card.life.first_use).as_deref());
    xml.leaf("card_daily_charge_paid_till", time(card.life.daily_charge_paid_till).as_deref());
    xml.leaf("card_sold", if card.sold_at.is_some() { "yes" } else { "no" });
    xml.leaf("card_language", label.language.as_deref());
    xml.leaf("card_distributor", label.distributor.map(MorUserId::get));
    xml.leaf("card_currency", card.currency.as_str());
}

/// In UTC.
fn time(at: Option<Timestamp>) -> Option<String> {
    at.and_then(|at| Utc.local(at)).map(local_text)
}

pub(crate) fn sold(cards: &[SoldCard]) -> String {
    list("cards", "card", cards, |xml, card| {
        xml.leaf("pin", card.pin.expose());
        xml.leaf("number", card.number.as_str());
        xml.leaf("balance_without_vat", card.balance.in_dollars());
        xml.leaf("currency", card.currency.as_str());
    })
}
