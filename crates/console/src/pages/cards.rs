//! MOR's groups of calling cards, and a card by its number.

use actix_web::web::Path;
use leaseline_core::audit::AuditAction;
use leaseline_core::card::{Card, CardNumber};
use leaseline_core::currency::CurrencyCode;
use leaseline_core::ids::{CardGroupId, CardId};
use leaseline_core::money::Credits;
use leaseline_core::mor_user::MorCaller;
use leaseline_core::staff::Duty;
use leaseline_hub::cards::{CardFilter, CardGroupLine};
use maud::{Markup, html};

use super::Answer;
use crate::PATH;
use crate::change::Change;
use crate::layout::{Field, Kind, Nav, alert, facts, page, pager, post, refused_page};
use crate::mask::Mask;
use crate::sheet::{Cell, Column, Empty, Sheet, file};
use crate::shown::{at, at_or, grouped};
use crate::trouble::Trouble;
use crate::visit::Visit;

const TITLE: &str = "Card groups";

pub(crate) async fn list(visit: Visit) -> Answer {
    visit.needs(Duty::Look)?;
    let groups = visit.hub().card_groups(&MorCaller::onlooker(), None).await?;
    let sheet = sheet(&groups);
    if let Some(file) = file(&visit, &[&sheet]) {
        return Ok(file);
    }
    let number = visit.asked("number").unwrap_or_default();
    let card = find(&visit, number).await?;
    let body = html! {
        (look_up(number, &card))
        @if let Found::Card(card) = &card { (detail(&visit, card, Mask::Masked)) }
        h2 { "Groups" }
        (sheet.table(&visit))
    };
    let title = match &card {
        Found::Card(card) => card_title(card),
        Found::NotAsked | Found::Nothing => TITLE.to_owned(),
    };
    Ok(page(&visit, Nav::Cards, &title, body))
}

fn card_title(card: &Card) -> String {
    format!("Card {}", card.number.as_str())
}

/// A group's terms and its cards.
pub(crate) async fn group(visit: Visit, id: Path<String>) -> Answer {
    visit.needs(Duty::Look)?;
    let id = id.parse().ok().and_then(CardGroupId::new).ok_or(Trouble::NotFound)?;
    let found = visit.hub().card_groups(&MorCaller::onlooker(), Some(id)).await?;
    let line = found.first().ok_or(Trouble::NotFound)?;
    let after = visit.asked("after").and_then(|id| CardId::new(id.parse().ok()?));
    let cards = visit.hub().cards_of_group(id, after, visit.rows()).await?;
    let next = visit.last_of_many(&cards).map(|card| card.id.to_string());
    let sheet = card_sheet(&cards);
    if let Some(file) = file(&visit, &[&sheet]) {
        return Ok(file);
    }
    let body = html! {
        (terms(line))
        h2 { "Cards" }
        (sheet.table(&visit))
        (pager(&visit, "after", next))
    };
    Ok(page(&visit, Nav::Cards, line.group.terms.name.as_str(), body))
}

fn terms(line: &CardGroupLine) -> Markup {
    let terms = &line.group.terms;
    let price = |amount: Credits| html! { (amount.in_dollars()) " " (terms.currency.as_str()) };
    facts([
        ("Group", html! { (line.group.id) }),
        ("Cards", html! { (grouped(line.cards)) }),
        ("Price", price(terms.price_with_tax)),
        ("Once, at the first call", price(terms.setup_fee)),
        ("Each day", price(terms.daily_charge)),
        ("Good from", at(terms.validity.from)),
        ("Good till", at_or(terms.validity.till, "no end")),
        ("Days after the first call", html! { (terms.validity.days_after_first_use) }),
    ])
}

/// The way to a card's own view leads by its number; its PIN stands nowhere in the list.
fn card_sheet(cards: &[Card]) -> Sheet {
    let columns = vec![
        Column::Text("Card"),
        Column::Text("PIN"),
        Column::Text("Name"),
        Column::Text("Recognised by"),
        Column::Number("Balance"),
        Column::Text("First call"),
        Column::Text("Sold"),
    ];
    let empty = Empty {
        what: "No cards.",
        why: "The group has none, or none after this place.",
        next: html! { "The method that makes them is " code { "calling_cards_create" } "." },
    };
    let row = |card: &Card| {
        let number = card.number.as_str();
        let caller = card.caller_id.as_deref().map(|phone| Mask::Masked.text(phone));
        vec![
            Cell::link(&format!("{PATH}/cards?number={number}"), number),
            Cell::text(HIDDEN),
            Cell::text_or_void(card.name.as_deref()),
            Cell::text_or_void(caller),
            amount(&card.currency, card.balance),
            Cell::at_or(card.life.first_use, "none yet"),
            Cell::at_or(card.sold_at, "not sold"),
        ]
    };
    Sheet::new("Cards", columns, empty).rows(cards.iter().map(row))
}

/// An amount of a group: dollars are shown as everywhere, other money by its name.
fn amount(currency: &CurrencyCode, amount: Credits) -> Cell {
    if *currency == CurrencyCode::USD {
        return Cell::money(amount);
    }
    let shown = html! { (amount.in_dollars()) " " (currency.as_str()) };
    Cell::new(html! { span data-value=(amount.get()) { (shown) } }, amount.get().to_string())
}

/// In the place of a PIN, whatever its length.
const HIDDEN: &str = "••••";

/// What came of a look-up.
enum Found {
    NotAsked,
    Nothing,
    Card(Box<Card>),
}

async fn find(visit: &Visit, number: &str) -> Result<Found, Trouble> {
    if number.is_empty() {
        return Ok(Found::NotAsked);
    }
    let Some(number) = CardNumber::parse(number) else { return Ok(Found::Nothing) };
    let filter = CardFilter { number: Some(number), ..CardFilter::default() };
    let found = visit.hub().cards(&MorCaller::onlooker(), filter).await?;
    Ok(found.into_iter().next().map_or(Found::Nothing, |card| Found::Card(Box::new(card))))
}

fn look_up(number: &str, found: &Found) -> Markup {
    let wrong = matches!(found, Found::Nothing).then_some("There is no card with this number.");
    html! {
        form.filter role="search" aria-label="A card" action={ (PATH) "/cards" } {
            (Field::text("number", "Card number", number).kind(Kind::Digits).wrong(wrong).html())
            button { "Look it up" }
        }
    }
}

fn detail(visit: &Visit, card: &Card, mask: Mask) -> Markup {
    let pin = match mask {
        Mask::Masked => HIDDEN.to_owned(),
        Mask::Revealed => card.pin.expose().to_owned(),
    };
    let caller = card.caller_id.as_deref().map(|phone| mask.text(phone));
    html! {
        (facts([
            ("Group", html! { a href={ (PATH) "/cards/" (card.group) } { (card.group) } }),
            ("PIN", html! { (pin) }),
            ("Balance", html! { (card.balance.in_dollars()) " " (card.currency.as_str()) }),
            ("Sold", at_or(card.sold_at, "not sold")),
            ("Recognised by", html! { (caller.as_deref().unwrap_or("no telephone")) }),
        ]))
        @if mask == Mask::Masked && visit.may(Duty::Reveal) {
            (post(visit, &format!("{PATH}/cards"), html! {
                input type="hidden" name="number" value=(card.number.as_str());
                (Field::text("reason", "Reason", "").hint("The PIN is shown, and the audit log says so.").html())
                button { "Show the PIN" }
            }))
        }
    }
}

pub(crate) async fn reveal(change: Change) -> Answer {
    let visit = &change.visit;
    visit.needs(Duty::Reveal)?;
    let Found::Card(card) = find(visit, change.field("number")).await? else {
        return Err(Trouble::NotFound);
    };
    let reason = change.field("reason");
    if reason.is_empty() {
        let body =
            html! { (alert("Say why you need to see it.")) (detail(visit, &card, Mask::Masked)) };
        return Ok(refused_page(visit, Nav::Cards, &card_title(&card), body));
    }
    visit.audit(AuditAction::Reveal, &format!("card {}", card.id), reason).await?;
    Ok(page(visit, Nav::Cards, &card_title(&card), detail(visit, &card, Mask::Revealed)))
}

fn sheet(groups: &[CardGroupLine]) -> Sheet {
    let columns = vec![
        Column::Text("Group"),
        Column::Text("Name"),
        Column::Number("Cards"),
        Column::Text("Currency"),
        Column::Number("Price"),
        Column::Text("Good from"),
        Column::Text("Good till"),
    ];
    let empty = Empty {
        what: "No groups of cards.",
        why: "Groups are made over MOR’s interface.",
        next: html! { "The method is " code { "cc_group_create" } "." },
    };
    let row = |line: &CardGroupLine| {
        let terms = &line.group.terms;
        vec![
            Cell::number(line.group.id.get()),
            Cell::link(&format!("{PATH}/cards/{}", line.group.id), terms.name.as_str()),
            Cell::new(html! { (grouped(line.cards)) }, line.cards.to_string()),
            Cell::text(terms.currency.as_str()),
            amount(&terms.currency, terms.price_with_tax),
            Cell::at(terms.validity.from),
            Cell::at_or(terms.validity.till, "no end"),
        ]
    };
    Sheet::new(TITLE, columns, empty).rows(groups.iter().map(row))
}
