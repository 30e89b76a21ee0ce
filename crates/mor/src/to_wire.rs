//! From outcomes to XML, byte for byte as the API's clients know it.

use leaseline_core::Timestamp;
use leaseline_core::card::{Card, CardNumber, SoldCard};
use leaseline_core::ids::MorUserId;
use leaseline_core::money::Credits;
use leaseline_core::timestamp::{Utc, Zone};
use leaseline_hub::cards::CardGroupLine;

use crate::xml::Element;

use Element::Branch;

pub(crate) fn error(text: &str) -> String {
    status(Element::leaf("error", text))
}

pub(crate) fn group_created() -> String {
    status(Element::leaf("success", "Card Group was successfully created"))
}

pub(crate) fn cards_created() -> String {
    status(Element::leaf("success", "Cards were successfully created"))
}

fn status(element: Element) -> String {
    page(Branch("status", vec![element]))
}

fn page(element: Element) -> String {
    Branch("page", vec![element]).document()
}

pub(crate) fn version() -> String {
    page(Element::leaf("version", env!("CARGO_PKG_VERSION")))
}

pub(crate) fn balance(balance: Credits) -> String {
    page(Element::leaf("balance", balance.in_dollars()))
}

pub(crate) fn groups(lines: &[CardGroupLine]) -> String {
    page(Branch("cc_groups", lines.iter().map(group).collect()))
}

fn group(CardGroupLine { group, cards }: &CardGroupLine) -> Element {
    let terms = &group.terms;
    let lengths = format!("{}/{}", terms.number_length.get(), terms.pin_length.get());
    Branch(
        "cc_group",
        vec![
            Element::leaf("group_id", group.id),
            Element::leaf("group_name", terms.name.as_str()),
            Element::leaf("group_description", &terms.description),
            Element::leaf("group_number_pin_length", lengths),
            Element::leaf("group_tariff", terms.tariff),
            Element::leaf("group_lcr", terms.lcr),
            Element::leaf("group_price", terms.price_with_tax.in_dollars()),
            Element::leaf("group_price_without_tax", group.new_balance().in_dollars()),
            Element::leaf("group_cards_count", cards),
            Element::leaf("group_currency", terms.currency),
        ],
    )
}

pub(crate) fn cards(cards: &[Card]) -> String {
    page(Branch("cards", cards.iter().map(card).collect()))
}

fn card(card: &Card) -> Element {
    let label = &card.label;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let distributor = label.distributor.as_ref().map(MorUserId::to_string);
    let sold = if card.sold_at.is_some() { "yes" } else { "no" };
    Branch(
        "card",
        vec![
            Element::leaf("card_id", card.id),
            Element::leaf("card_number", card.number.as_str()),
            Element::leaf("card_name", text(&card.name)),
            Element::leaf("card_pin", card.pin.expose()),
            Element::leaf("card_batch_number", text(&label.batch_number)),
            Element::leaf("card_callerid", text(&card.caller_id)),
            Element::leaf("card_balance", card.balance.in_dollars()),
            Element::leaf("card_minimal_balance", label.min_balance.in_dollars()),
            Element::leaf("card_first_use", time(card.life.first_use)),
            Element::leaf("card_daily_charge_paid_till", time(card.life.daily_charge_paid_till)),
            Element::leaf("card_sold", sold),
            Element::leaf("card_language", text(&label.language)),
            Element::leaf("card_distributor", distributor.unwrap_or_default()),
            Element::leaf("card_currency", card.currency),
        ],
    )
}

/// `2026-11-25 09:30:00`, in UTC; empty where nothing happened yet.
fn time(at: Option<Timestamp>) -> String {
    let Some(local) = at.and_then(|at| Utc.local(at)) else { return String::new() };
    let (hour, minute, second) = local.as_hms();
    format!(
        "{:04}-{:02}-{:02} {hour:02}:{minute:02}:{second:02}",
        local.year(),
        u8::from(local.month()),
        local.day()
    )
}

pub(crate) fn sold(cards: &[SoldCard]) -> String {
    page(Branch("cards", cards.iter().map(sold_card).collect()))
}

fn sold_card(card: &SoldCard) -> Element {
    Branch(
        "card",
        vec![
            Element::leaf("pin", card.pin.expose()),
            Element::leaf("number", CardNumber::as_str(&card.number)),
            Element::leaf("balance_without_vat", card.balance.in_dollars()),
            Element::leaf("currency", card.currency),
        ],
    )
}
